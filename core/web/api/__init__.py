"""The JSON interface for programs: the same verbs as the pages, under ``/api/v1``."""

"""Signed keys, tiers, and which feature is on.

Nothing here stops mail: what a licence switches off is a check or a page, never the mail server.
"""

"""Tests of `core.store`."""

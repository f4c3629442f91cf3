"""Tests of how packages are made."""

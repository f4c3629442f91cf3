"""Tests of the Plesk package."""

"""Plesk: what is true of that panel and of no other (facts/plesk.md)."""

"""Signed keys, tiers, and which feature is on."""

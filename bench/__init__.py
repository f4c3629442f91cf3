"""Measurements: ratios in one run on one machine. Never a timed assertion."""

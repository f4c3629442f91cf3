"""Tests of the scripts alone that carry pages through DirectAdmin, and of its events."""

"""Tests of DirectAdmin's panel, on a double of it."""

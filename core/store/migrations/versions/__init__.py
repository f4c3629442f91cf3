"""One file for each step, in order of its number; a released step never changes."""

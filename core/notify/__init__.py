"""Tells people what has happened: now mail to the administrator."""

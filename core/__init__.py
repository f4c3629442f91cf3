"""Mailward's engine: everything that is true of every panel.

Knows no panel by name; the packages beside it each describe one.
"""

__version__ = "0.1.0"

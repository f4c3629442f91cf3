"""What can go wrong in a way that the reader of the message can act on."""

from __future__ import annotations


class DemoError(Exception):
    """The demo cannot run, or cannot go on; the text says why and what to do."""


class Interrupted(BaseException):
    """Somebody asked the demo to end. No error, and not to be caught by what catches errors."""

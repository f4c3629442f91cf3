"""Standard output and standard error as every verb wants them."""

from __future__ import annotations

import sys


def take_anything() -> None:
    """Let both take any letter, whatever the terminal's encoding is."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")

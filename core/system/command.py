"""How this very program is run, for whoever has to run it again: units, child processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

VARIABLE = "MAILWARD_COMMAND"
"""Set by the launcher of a package, which hides which Python and which folders there are."""


def own_command() -> tuple[str, ...]:
    """The words that run the command ``mailward`` as it was run this time.

    The launcher's own path where there is one; otherwise the Python and the script or module that
    were named.
    """
    launcher = os.environ.get(VARIABLE, "")
    if launcher.startswith("/"):
        return (launcher,)
    words = tuple(sys.orig_argv)
    arguments = len(sys.argv) - 1
    prefix = words[: len(words) - arguments] if arguments else words
    if "-m" in prefix:
        return (sys.executable, *prefix[1:])
    script = Path(sys.argv[0])
    if script.name == "mailward" and script.exists():
        return (str(script.resolve()),)
    return (sys.executable, "-m", "core")

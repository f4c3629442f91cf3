"""The command ``mailward`` of a server with DirectAdmin."""

from __future__ import annotations

import sys

from core.main import run
from directadmin.panel import DirectAdmin


def main() -> int:
    """Run it; what the installed command calls."""
    return run(DirectAdmin())


if __name__ == "__main__":
    sys.exit(main())

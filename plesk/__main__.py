"""The command ``mailward`` of a server with Plesk."""

from __future__ import annotations

import sys

from core.main import run
from plesk.panel import Plesk


def main() -> int:
    """Run it; what the installed command calls."""
    return run(Plesk())


if __name__ == "__main__":
    sys.exit(main())

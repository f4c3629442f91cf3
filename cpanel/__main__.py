"""The command ``mailward`` of a server with cPanel."""

from __future__ import annotations

import sys

from core.main import run
from cpanel.panel import Cpanel


def main() -> int:
    """Run it; what the installed command calls."""
    return run(Cpanel())


if __name__ == "__main__":
    sys.exit(main())

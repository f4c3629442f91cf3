"""The command ``mailward`` of a server without a panel."""

from __future__ import annotations

import sys

from core.main import run
from core.standalone import Standalone


def main() -> int:
    """Run it; the console script's entry point."""
    return run(Standalone())


if __name__ == "__main__":
    sys.exit(main())

"""``./dev bench [NAME]``: runs measurements and prints them as a Markdown table."""

from __future__ import annotations

import argparse
import sys

from bench import logs, maillog, pages, quality, speed, store_calls

MEASUREMENTS = {
    "logs": logs.main,
    "maillog": maillog.main,
    "pages": pages.main,
    "quality": quality.main,
    "speed": speed.main,
    "store": store_calls.main,
}


def main() -> int:
    """Run one measurement, or all."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(MEASUREMENTS), help="only this one")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (3)")
    parser.add_argument(
        "--seconds",
        type=float,
        default=1.2,
        help="speed: seconds of each load on the daemon in a round, in slices (1.2); "
        "with less than three in all rounds everything is short",
    )
    options = parser.parse_args()
    names = [options.name] if options.name else sorted(MEASUREMENTS)
    for name in names:
        MEASUREMENTS[name](options.rounds, options.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())

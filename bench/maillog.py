"""How many lines of a mail log are read in a second of one processor, for every dialect.

The least of the rounds counts: other work on the machine only ever adds.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC

from bench.maillog_lines import BEGIN, LOGS, lines
from core.maillog.calendar import Calendar
from core.maillog.dialects import DIALECTS, Parse, detect
from core.maillog.mails import Mails

COUNT = 200_000
"""Lines of a log."""


def main(rounds: int, _: float) -> None:
    """Measure and print."""
    print(f"Lines in a second of one processor; {COUNT} lines of each log.\n")
    print("| log | recognised | says something | mixed | of no interest | with mails joined |")
    print("|---|---|--:|--:|--:|--:|")
    for name, log in LOGS.items():
        _measure(name, log.dialect, lines(log, COUNT), max(rounds, 2))


def _measure(name: str, dialect: str, log: Sequence[bytes], rounds: int) -> None:
    parse = _parser(dialect)
    silent = [line for line in log if parse(line) is None]
    mixed = min(_seconds(dialect, log) for _ in range(rounds))
    of_none = min(_seconds(dialect, silent) for _ in range(rounds))
    joined = min(_joined(dialect, log) for _ in range(rounds))
    print(
        f"| {name} | {detect(log) or 'no'} | {1 - len(silent) / len(log):.0%}"
        f" | {len(log) / mixed:,.0f} | {len(silent) / of_none:,.0f} | {len(log) / joined:,.0f} |"
    )


def _parser(dialect: str) -> Parse:
    return DIALECTS[dialect].make(Calendar(BEGIN + 86_400.0, UTC))


def _seconds(dialect: str, log: Sequence[bytes]) -> float:
    parse = _parser(dialect)
    begin = time.process_time()
    for line in log:
        parse(line)
    return time.process_time() - begin


def _joined(dialect: str, log: Sequence[bytes]) -> float:
    parse, mails = _parser(dialect), Mails()
    begin = time.process_time()
    for line in log:
        record = parse(line)
        if record is not None:
            mails.add(record)
    return time.process_time() - begin

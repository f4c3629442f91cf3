"""``stats``: counts, broken down, as a table with bars."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import click
import msgspec

from core.cli.parameters import as_json, kinds, limit, since, until
from core.cli.session import Session, pass_session
from core.cli.terminal import emit, remark, say, table
from core.desk.moment import iso, local
from core.net.countries import name
from core.store.statistics import Group, StatisticsFilter, Total
from core.words import Verdict

GROUPS: dict[str, Group] = {
    "hour": "hour",
    "day": "day",
    "country": "country",
    "service": "service",
    "reason": "reason",
    "domain": "domain",
    "stage": "stage",
}

BAR = 30
"""Columns of the longest bar."""


class Line(dict[Verdict, int]):
    """Counts of one line, by verdict."""

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.values())

    @property
    def refused(self) -> int:
        """Refused, for good or for now."""
        return self.get(Verdict.DENY, 0) + self.get(Verdict.DEFER, 0)


@click.command()
@click.option(
    "--by",
    type=click.Choice(list(GROUPS)),
    default="reason",
    show_default=True,
    help="What the counts are broken down by.",
)
@since("24h")
@until
@kinds
@limit(40)
@as_json
@pass_session
def stats(session: Session, /, by: str, limit: int, as_json: bool, **asked: Any) -> None:
    """Count verdicts.

    Counts are kept by the hour (by the day where countries and domains meet), so the period is
    rounded outwards. One session may count once at each stage: name one with --stage to count
    logins.
    """
    asked["domains"] = [domain.lower() for domain in asked["domains"]] or None
    asked["until"] = asked["until"] or time.time() + 1
    wanted = msgspec.convert(asked, StatisticsFilter)
    totals: list[Total] = []
    with session.desk(make=False) as desk:
        if desk.has_store:
            totals = desk.store.statistics.totals(wanted, (GROUPS[by], "verdict"))
    lines = _lines(totals, by)
    if as_json:
        emit(_document(lines, by, wanted))
    elif lines:
        _show(lines, by, limit)
    else:
        say(f"Nothing was counted since {local(wanted.since)}.")


def _lines(totals: Iterable[Total], by: str) -> list[tuple[str | int, Line]]:
    """In time's order, or the most first."""
    found: dict[str | int, Line] = {}
    for total in totals:
        key, verdict = total.key
        line = found.setdefault(key, Line())
        line[Verdict(str(verdict))] = line.get(Verdict(str(verdict)), 0) + total.count
    if by in ("hour", "day"):
        return sorted(found.items())
    return sorted(found.items(), key=lambda pair: (-pair[1].total, str(pair[0])))


def _document(
    lines: list[tuple[str | int, Line]], by: str, wanted: StatisticsFilter
) -> dict[str, Any]:
    return {
        "by": by,
        "since": wanted.since,
        "until": wanted.until,
        "lines": [
            {by: key, "total": line.total}
            | {str(verdict): line.get(verdict, 0) for verdict in Verdict}
            for key, line in lines
        ],
    }


def _show(lines: list[tuple[str | int, Line]], by: str, limit: int) -> None:
    shown = lines[-limit:] if by in ("hour", "day") else lines[:limit]
    most = max(line.total for _, line in shown)
    rows = [
        (_key(key, by), line.get(Verdict.ALLOW, 0), line.refused, line.total, _bar(line, most))
        for key, line in shown
    ]
    sums = [sum(part) for part in zip(*((row[1], row[2], row[3]) for row in rows), strict=True)]
    table(
        (by, "allowed", "refused", "all", "# refused, - allowed"),
        [*rows, ("all shown", *sums, "")],
        right=("allowed", "refused", "all"),
        fold=(by,),
    )
    if len(lines) > limit:
        remark(f"There are {len(lines) - limit} more; see --limit.")


def _key(key: str | int, by: str) -> str:
    if isinstance(key, int):
        return iso(key)[:10] if by == "day" else local(key)[:16]
    if by == "country":
        return f"{key} {name(key)}" if key else "not known"
    return str(key) or "none"


def _bar(line: Line, most: int) -> str:
    """As long as the line's share of the longest; what is there at all shows."""
    refused = _columns(line.refused, most)
    return "#" * refused + "-" * _columns(line.total - line.refused, most)


def _columns(count: int, most: int) -> int:
    return max(1, round(BAR * count / most)) if count else 0

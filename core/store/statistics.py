"""Counts per hour and per day, kept after the events themselves are gone.

The days are those of UTC and only make long periods quick; a reader who wants the days of another
time zone asks for hours. Countries of a single domain are counted by day, everything else by hour
too. `core.store.counts` writes what is read here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from core.store.counts import DAY, HOUR
from core.store.database import Database
from core.store.kinds import Kind, KindFilter, Kinds
from core.store.piece import Line, Wish, pieces

Group = Literal[
    "hour", "day", "domain", "country", "stage", "service", "verdict", "reason", "check", "would"
]
"""What totals can be broken down by."""


class StatisticsFilter(KindFilter, frozen=True, kw_only=True):
    """What totals count.

    Attributes:
        since: from this second on; the hour that it lies in counts whole.
        until: before this second; likewise.
        countries: the only ones; empty for all.
        domains: the only domains; None for the whole server, empty for nothing.
    """

    since: float
    until: float
    countries: frozenset[str] = frozenset()
    domains: frozenset[str] | None = None


class Total(Struct, frozen=True, gc=False):
    """One line of totals.

    Attributes:
        key: the values of what was asked to group by, in that order; hours and days are the
            second at which they begin.
        count: verdicts.
        recipients: accepted recipients.
    """

    key: tuple[str | int, ...]
    count: int
    recipients: int


class Statistics:
    """The counts of one database."""

    def __init__(self, database: Database, kinds: Kinds) -> None:
        self._database = database
        self._kinds = kinds

    def totals(self, wanted: StatisticsFilter, group_by: Sequence[Group] = ()) -> list[Total]:
        """Sums of what the filter takes, broken down.

        Where both domains and countries matter, the days of UTC that the period touches count
        whole.

        Returns:
            Lines in the order of their keys; one with an empty key when nothing was asked to
            group by; none where nothing was counted.

        Raises:
            ValueError: hours were asked for where only days are counted.
            StoreError: the store cannot be read.
        """
        sums: dict[tuple[str | int, ...], list[int]] = {}
        with self._database.reading() as connection:
            known = self._kinds.known(connection)
            taken = {number: kind for number, kind in known.items() if wanted.takes(kind)}
            kinds = list(taken) if len(taken) < len(known) else None
            wish = Wish(frozenset(group_by), kinds, wanted.domains, wanted.countries)
            first, end = int(wanted.since // HOUR), -int(-wanted.until // HOUR)
            for piece in pieces(first, end, wish):
                for line in piece.lines(connection, wish):
                    if not line.tally:  # its days lie outside the period
                        continue
                    kind = taken[line.kind]
                    key = tuple([_part(group, line, kind) for group in group_by])
                    found = sums.setdefault(key, [0, 0])
                    found[0] += line.tally
                    found[1] += line.recipients
        return [Total(key, *sums[key]) for key in sorted(sums)]


def _part(group: Group, line: Line, kind: Kind) -> str | int:
    if group == "hour":
        return line.hour * HOUR
    if group == "day":
        return line.day * DAY * HOUR
    if group == "domain":
        return line.domain
    if group == "country":
        return line.country
    return str(getattr(kind, group))

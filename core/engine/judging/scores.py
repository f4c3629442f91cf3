"""What was tried from each place: points that fade, and sketches of what they were given for.

A place gets points for something that it had not tried before, so the order of tries does not
matter, and repeating one changes nothing.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from core.engine.judging.fingerprint import bit, size
from core.engine.judging.table import Table

MOMENT: Final = 60
"""Seconds within which repeating a try means nothing: attack programs do, with another mechanism
(PLAIN, LOGIN). Later it is a program that has an old password."""

STALE: Final = 0.5
"""What remains of an account's points once it turns out to be tried again and again."""

_BORN, _LAST, _POINTS, _ACCOUNTS, _OTHERS, _STALE, _OFFENCES, _TRIES, _MOMENT, _NOW = range(10)
_HOUR: Final = 3600


class Tally(Struct, frozen=True, gc=False):
    """What is known of a place.

    Attributes:
        points: what weighs against it now.
        accounts: different accounts that it tried, about.
        others: of an address, different pairs of account and password; of a network, different
            addresses; of a system, different networks; about.
        tries: how often it tried.
        born, last: since when it is counted, and its last try; seconds since 1970.
        offences: how often it was refused already.
    """

    points: float
    accounts: int
    others: int
    tries: int
    born: float
    last: float
    offences: int


class Scores:
    """Points by place.

    Args:
        limit: places at most, see `Table`.
        salt: see `Table`.

    Attributes:
        fading: seconds after which points count half.
    """

    __slots__ = ("_table", "fading")

    def __init__(self, limit: int, salt: int) -> None:
        self._table = Table("IIfQQQBIIQ", limit, salt)
        self.fading = 86_400.0

    @property
    def octets(self) -> int:
        """What it takes of memory."""
        return self._table.octets

    def __len__(self) -> int:
        return len(self._table)

    def _faded(self, row: int, at: float) -> float:
        columns = self._table.columns
        passed = max(0.0, at - columns[_LAST][row])
        return float(columns[_POINTS][row] * 0.5 ** (passed / self.fading))

    def _visit(self, place: int, at: float) -> int:
        """The row of a place, brought up to that time."""
        row = self._table.place(place)
        columns = self._table.columns
        columns[_POINTS][row] = self._faded(row, at)
        columns[_LAST][row] = max(columns[_LAST][row], int(at))
        if at - columns[_BORN][row] > self.fading:
            # What comes again and again is known by now; the rest is forgotten with its points.
            columns[_ACCOUNTS][row] &= columns[_STALE][row]
            if columns[_OTHERS][row].bit_count() > 48 or not columns[_STALE][row]:
                columns[_OTHERS][row] = 0
            columns[_BORN][row] = int(at)
            columns[_TRIES][row] = 0
        columns[_TRIES][row] += 1
        return row

    def _give(self, row: int, points: float) -> float:
        columns = self._table.columns
        new = max(0.0, columns[_POINTS][row] + points)
        columns[_POINTS][row] = new
        # Patience counts, too: whoever is near the mark outlasts crowds that tried once.
        self._table.rank[row] = int(columns[_LAST][row] + min(new, 240) * _HOUR)
        return float(new)

    def tried(
        self, place: int, account: int, attempt: int, weight: float, further: float, at: float
    ) -> float:
        """Note an address's failed try; returns its points.

        Args:
            place: the address.
            account: fingerprint of the account.
            attempt: fingerprint of the account with the password, 0 when nobody knows it.
            weight: points for the first try of the account.
            further: points for each further password of it.
            at: when, seconds since 1970.
        """
        row = self._visit(place, at)
        columns = self._table.columns
        mark, pair = bit(account), bit(attempt) if attempt else 0
        points = 0.0
        if at - columns[_MOMENT][row] >= MOMENT:
            columns[_MOMENT][row], columns[_NOW][row] = int(at), 0
        if not columns[_ACCOUNTS][row] & mark:
            columns[_ACCOUNTS][row] |= mark
            points = weight
        elif pair & ~columns[_OTHERS][row]:
            points = further
        elif not (columns[_NOW][row] | columns[_STALE][row]) & mark:
            columns[_STALE][row] |= mark
            points = -STALE * weight if pair else 0.0
        columns[_OTHERS][row] |= pair
        columns[_NOW][row] |= mark
        return self._give(row, points)

    def spread(self, place: int, account: int, member: int, weight: float, at: float) -> float:
        """Note a failed try of one of a network's addresses; returns the network's points.

        Args:
            place: the network.
            account: fingerprint of the account.
            member: the address.
            weight: points for an account that nobody of the network has tried; an address that
                has not tried yet is worth one at most.
            at: when, seconds since 1970.
        """
        row = self._visit(place, at)
        columns = self._table.columns
        points = 0.0
        for column, mark, worth in (
            (_ACCOUNTS, bit(account), weight),
            (_OTHERS, bit(member), min(weight, 1.0)),
        ):
            if not columns[column][row] & mark:
                columns[column][row] |= mark
                points += worth
        return self._give(row, points)

    def succeeded(self, place: int, account: int, weight: float, at: float) -> None:
        """Take back what a place got for an account whose password it knows after all."""
        row = self._table.find(place)
        if row < 0:
            return
        columns = self._table.columns
        mark = bit(account)
        if not columns[_ACCOUNTS][row] & mark:
            return
        columns[_ACCOUNTS][row] &= ~mark
        columns[_POINTS][row] = self._faded(row, at)
        columns[_LAST][row] = max(columns[_LAST][row], int(at))
        if columns[_ACCOUNTS][row]:
            self._give(row, -weight)
        else:  # somebody who had forgotten it, and tried nobody else's
            columns[_OTHERS][row] = 0
            self._give(row, -columns[_POINTS][row])

    def offended(self, place: int, at: float, times: int = 0) -> int:
        """Note that a place is refused from now on, with no points left; returns how often it was.

        Args:
            place: the place.
            at: when, seconds since 1970.
            times: how often at least, for what the store remembers.
        """
        row = self._table.place(place)
        columns = self._table.columns
        columns[_OFFENCES][row] = min(255, max(columns[_OFFENCES][row] + (not times), times))
        for column in (_ACCOUNTS, _OTHERS, _STALE, _TRIES, _MOMENT, _NOW):
            columns[column][row] = 0
        columns[_POINTS][row] = 0.0
        columns[_BORN][row] = columns[_LAST][row] = int(at)
        # It is remembered longer than crowds of addresses that tried once.
        self._table.rank[row] = int(at) + 240 * _HOUR
        return int(columns[_OFFENCES][row])

    def tally(self, place: int, at: float) -> Tally | None:
        """What is known of a place at that time, None when nothing is."""
        row = self._table.find(place)
        if row < 0:
            return None
        known = [column[row] for column in self._table.columns]
        return Tally(
            points=self._faded(row, at),
            accounts=size(known[_ACCOUNTS]),
            others=size(known[_OTHERS]),
            tries=known[_TRIES],
            born=known[_BORN],
            last=known[_LAST],
            offences=known[_OFFENCES],
        )

    def forget(self, place: int) -> bool:
        """Forget a place; False when nothing was known of it."""
        return self._table.forget(place)

    def within(self, first: int, last: int) -> list[int]:
        """The places from one number to another, of which something is known."""
        return [place for place in self._table.keys if place and first <= place <= last]

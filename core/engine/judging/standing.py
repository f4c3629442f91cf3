"""The attackers that are refused now, found by address in under a microsecond."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from core.engine.judging.entry import Entry
from core.engine.judging.place import Places, prefix_of, read

MOST: Final = 50_000
"""Attackers at once, some 400 octets each. Past it those go that would end first."""


class Standing:
    """Attackers by place."""

    __slots__ = ("_by_place", "_next", "most")

    def __init__(self, most: int = MOST) -> None:
        self._by_place: dict[int, Entry] = {}
        self._next = float("inf")
        self.most = most

    def __bool__(self) -> bool:
        return bool(self._by_place)

    def __len__(self) -> int:
        return len(self._by_place)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._by_place.values())

    def add(self, place: int, entry: Entry) -> None:
        """Let an attacker stand, instead of the one that stood there."""
        if len(self._by_place) >= self.most and place not in self._by_place:
            self._make_room()
        self._by_place[place] = entry
        self._next = min(self._next, entry.until)

    def _make_room(self) -> None:
        ordered = sorted(self._by_place.items(), key=lambda item: item[1].until)
        self._by_place = dict(ordered[max(1, self.most // 10) :])

    def get(self, place: int) -> Entry | None:
        """The attacker at exactly that place."""
        return self._by_place.get(place)

    def find(self, where: Places) -> Iterator[Entry]:
        """All that cover an address, the narrowest first."""
        get = self._by_place.get
        for place in where:
            entry = get(place)
            if entry is not None:
                yield entry

    def covered(self, place: int) -> list[Entry]:
        """Those at a place and inside it."""
        around = prefix_of(place)
        found = []
        for other, entry in self._by_place.items():
            inner = prefix_of(other)
            inside = around is not None and inner is not None and around.covers(inner)
            if other == place or inside:
                found.append(entry)
        return found

    def remove(self, entry: Entry) -> bool:
        """Let it stand no longer; False when it did not."""
        return self._by_place.pop(read(entry.place), None) is not None

    def expire(self, wall: float) -> list[Entry]:
        """Let go of what has ended by that time (seconds since 1970)."""
        if wall < self._next:
            return []
        ended = [entry for entry in self._by_place.values() if entry.until <= wall]
        for entry in ended:
            self.remove(entry)
        self._next = min((entry.until for entry in self._by_place.values()), default=float("inf"))
        return ended

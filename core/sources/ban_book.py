"""Networks that somebody told until when they attack, ready to be looked into, and on the disk.

Single addresses, nearly all of them, stand in a dictionary, so that one more costs nothing; wider
networks in a set that is built anew when one changes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from core.net.prefixes import BITS, Prefix, PrefixSet
from core.sources import directory as places
from core.sources.acceptance import SHORTEST, covering, is_special
from core.sources.crowdsec import Ban, Place
from core.sources.facts import AddressFacts, NetworkHit
from core.words import NetworkKind

MOST: Final = 250_000
"""Entries that are taken at most: some 60 MB."""


class _Row(Struct, frozen=True, array_like=True):
    place: str
    until: float
    why: str


class BanBook:
    """The bans of one source.

    Args:
        name, label: as evidence calls it.
        clock: seconds since 1970.

    Attributes:
        left_out: entries that were not taken: too wide, no public address, covering our own side
            or exempt addresses, or more than there is room for.
    """

    def __init__(self, name: str, label: str, clock: Callable[[], float] = time.time) -> None:
        self.name = name
        self.label = label
        self.left_out = 0
        self._clock = clock
        self._all: dict[Place, Ban] = {}
        self._single: dict[tuple[int, int], Ban] = {}
        self._wide: PrefixSet[Ban] = PrefixSet({})
        self._systems: dict[int, Ban] = {}

    def __len__(self) -> int:
        return len(self._all)

    def hits(self, facts: AddressFacts) -> tuple[NetworkHit, ...]:
        """The entry that covers an address, if one does that has not ended."""
        now = self._clock()
        ban = self._single.get((facts.version, facts.value))
        if ban is not None and ban.until > now:
            return (self._hit(facts.address, ban),)
        found = self._wide.find(facts.version, facts.value)
        if found is not None and found[1].until > now:
            return (self._hit(*found),)
        ban = self._systems.get(facts.asn)
        return (self._hit(f"AS{facts.asn}", ban),) if ban is not None and ban.until > now else ()

    def _hit(self, entry: str, ban: Ban) -> NetworkHit:
        label = f"{self.label}: {ban.why}" if ban.why else self.label
        return NetworkHit(NetworkKind.ATTACKER, label, entry, self.name)

    def with_changes(
        self,
        new: Mapping[Place, Ban],
        gone: Iterable[Place] = (),
        never: Iterable[str] = (),
        *,
        whole: bool = False,
    ) -> BanBook:
        """Another book with what has changed; this one stays as it is. May run in a thread.

        Args:
            new: what is banned now.
            gone: what is banned no more.
            never: own and exempt addresses, that no entry may cover.
            whole: `new` is everything there is.
        """
        book = BanBook(self.name, self.label, self._clock)
        now = self._clock()
        kept = {} if whole else {p: ban for p, ban in self._all.items() if ban.until > now}
        for place in gone:
            kept.pop(place, None)
        kept.update(new)
        book._take(kept, list(never))
        return book

    def _take(self, bans: dict[Place, Ban], never: list[str]) -> None:
        prefixes = [place for place in bans if isinstance(place, Prefix)]
        wrong = {prefix for prefix in prefixes if _is_wrong(prefix)}
        wrong.update(covering(set(prefixes) - wrong, never))
        sound = ((place, ban) for place, ban in bans.items() if place not in wrong)
        # Those that last longest, where there is no room for all.
        chosen = sorted(sound, key=lambda entry: entry[1].until, reverse=True)[:MOST]
        self.left_out = len(bans) - len(chosen)
        self._all = dict(chosen)
        wide: dict[Prefix, Ban] = {}
        for place, ban in chosen:
            if not isinstance(place, Prefix):
                self._systems[place] = ban
            elif place.length == BITS[place.version]:
                self._single[place.version, place.value] = ban
            else:
                wide[place] = ban
        self._wide = PrefixSet(wide)

    def save(self, path: Path) -> None:
        """Keep it for the time after a restart.

        Raises:
            OSError: it could not be written.
        """
        rows = [_Row(_text(place), ban.until, ban.why) for place, ban in self._all.items()]
        places.write(path, msgspec.json.encode(rows), keep=False)

    def restored(self, path: Path, never: Iterable[str] = ()) -> BanBook:
        """The book as it was kept, without what has ended; as this one, where that cannot be."""
        try:
            rows = msgspec.json.decode(path.read_bytes(), type=list[_Row])
            now = self._clock()
            bans = {_place(r.place): Ban(r.until, r.why) for r in rows if r.until > now}
        except (OSError, ValueError, RecursionError, msgspec.DecodeError):
            return self
        return self.with_changes(bans, never=never, whole=True)


def _is_wrong(prefix: Prefix) -> bool:
    return prefix.length < SHORTEST[prefix.version] or is_special(prefix)


def _text(place: Place) -> str:
    return str(place) if isinstance(place, Prefix) else f"AS{place}"


def _place(text: str) -> Place:
    return int(text[2:]) if text.startswith("AS") else Prefix.parse(text)

"""What kind of network an address belongs to: clouds, relays of big providers, attackers.

Three things are joined: the list of hosting companies' autonomous systems that comes with
Mailward, the ranges that providers and Spamhaus publish, and the few ranges from which Google and
Microsoft log in for people. The last are asked before the clouds that surround them, because a
mail program's server is not a rented server (facts/data_sources.md 2.5).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from core.errors import DataError
from core.net.prefixes import Prefix, PrefixSet
from core.sources import ranges
from core.sources.facts import NetworkHit
from core.sources.feeds.registry import FEEDS, FeedDescription
from core.words import NetworkKind

_DATA: Final = Path(__file__).parent.parent / "data"
_DAY: Final = 24 * 3600

HOSTING: Final = "hosting"
"""What the list that comes with Mailward is called in evidence and status."""


class _Label(NamedTuple):
    """What a hit says besides the entry: NetworkHit's kind, label and source."""

    kind: NetworkKind
    label: str
    source: str


_Hits = tuple[NetworkHit, ...]
_Slot = NetworkKind | tuple[NetworkKind, str]
_Labels = dict[_Slot, _Label]


def _slot(kind: NetworkKind, source: str) -> _Slot:
    """What an address has one entry of: each kind; of attackers, each list.

    A list of attackers may only be watched, and must not hide another that refuses.
    """
    return (kind, source) if kind is NetworkKind.ATTACKER else kind


class Networks:
    """Everything known about networks, flattened for looking up. Never changes once built.

    Attributes:
        used: the ranges that are in use, by feed.
        problems: why a feed is not in use, by feed.
        hosting_count: number of autonomous systems in the list that comes with Mailward.
    """

    def __init__(self) -> None:
        """Know what comes with Mailward; ``load`` adds what has been fetched."""
        self.used: dict[str, ranges.Ranges] = {}
        self.problems: dict[str, str] = {}
        hosting = hosting_systems()
        self.hosting_count = len(hosting)
        self._systems = {
            number: (NetworkHit(NetworkKind.CLOUD, label, f"AS{number}", HOSTING),)
            for number, label in hosting.items()
        }
        self._prefixes: PrefixSet[_Label | _Hits] = PrefixSet({})

    @classmethod
    def load(cls, directory: Path, now: float) -> Networks:
        """Read what lies in the data directory. Never raises: what is unusable is a problem.

        Args:
            directory: the data directory.
            now: seconds since 1970; a list of attackers that is too old is not used.
        """
        networks = cls()
        labels: dict[Prefix, _Labels] = {}
        for name, description in FEEDS.items():
            try:
                found = ranges.load(directory, name)
                if found is not None:
                    networks._add(description, found, now, labels)
            except (DataError, ValueError) as error:
                networks.problems[name] = str(error)
        for prefix, label in _built_in_relays(networks.used):
            labels.setdefault(prefix, {}).setdefault(_slot(label.kind, label.source), label)
        networks._prefixes = PrefixSet(_join(labels))
        return networks

    def _add(
        self,
        description: FeedDescription,
        found: ranges.Ranges,
        now: float,
        labels: dict[Prefix, _Labels],
    ) -> None:
        problem = staleness(description, found, now)
        if problem:
            raise DataError(f"not used: {problem}")
        prefixes = [Prefix.parse(text) for text in found.prefixes]
        label = _Label(description.kind, description.label, description.name)
        slot = _slot(label.kind, label.source)
        for prefix in prefixes:
            labels.setdefault(prefix, {}).setdefault(slot, label)
        for number in found.asns:
            hit = NetworkHit(label.kind, label.label, f"AS{number}", label.source)
            self._systems[number] = (*self._systems.get(number, ()), hit)
        self.used[description.name] = found

    def hits(self, version: int, value: int, asn: int) -> _Hits:
        """Return the entries that cover an address: the narrowest ones, then its system's.

        Of each kind there is one; of attackers, one of each list.

        Args:
            version: 4 or 6.
            value: the address as an integer.
            asn: number of its autonomous system, 0 when it is not known.
        """
        found = self._prefixes.find(version, value)
        of_system = self._systems.get(asn, ())
        if found is None:
            return of_system
        entry, label = found
        if isinstance(label, _Label):
            hits: _Hits = (NetworkHit(label.kind, label.label, entry, label.source),)
        else:
            hits = label
        return _without_relayed_clouds(hits + of_system) if of_system else hits


def _join(labels: dict[Prefix, _Labels]) -> dict[Prefix, _Label | _Hits]:
    """Let each prefix also say what the wider prefixes around it say, so that one search is enough.

    Prefixes nest or do not meet at all. Sorted, each one comes after all that contain it, so those
    that are still open form a stack. The usual prefix has nobody around it and keeps its label.
    """
    joined: dict[Prefix, _Label | _Hits] = {}
    opened: list[tuple[Prefix, dict[_Slot, NetworkHit]]] = []
    for prefix in sorted(labels):
        while opened and not opened[-1][0].covers(prefix):
            opened.pop()
        own = labels[prefix]
        hits = dict(opened[-1][1]) if opened else {}
        for slot, label in own.items():
            hits[slot] = NetworkHit(label.kind, label.label, str(prefix), label.source)
        opened.append((prefix, hits))
        if len(hits) == 1:
            (joined[prefix],) = own.values()
        else:
            joined[prefix] = _without_relayed_clouds(tuple(hits.values()))
    return joined


def _without_relayed_clouds(hits: _Hits) -> _Hits:
    """Drop the clouds where a relay is named; relays come first."""
    relays = tuple(hit for hit in hits if hit.kind is NetworkKind.RELAY)
    if not relays:
        return hits
    others = (NetworkKind.RELAY, NetworkKind.CLOUD)
    return relays + tuple(hit for hit in hits if hit.kind not in others)


def _built_in_relays(used: Iterable[str]) -> Iterator[tuple[Prefix, _Label]]:
    """The relays that come with Mailward, but for those that a feed has brought up to date."""
    document = tomllib.loads((_DATA / "relays.toml").read_text(encoding="utf-8"))
    for name in sorted(document.keys() - set(used)):
        label = _Label(NetworkKind.RELAY, document[name]["label"], name)
        for text in document[name]["prefixes"]:
            yield Prefix.parse(text), label


def staleness(description: FeedDescription, found: ranges.Ranges, now: float) -> str:
    """Return why ranges are too old to be used; "" when they are not."""
    days = (now - found.changed) / _DAY
    if description.stale_days and days > description.stale_days:
        return f"it has not changed for {days:.0f} days"
    return ""


def hosting_systems() -> dict[int, str]:
    """Read the list of hosting companies: AS number and the company's name."""
    document = tomllib.loads((_DATA / "hosting.toml").read_text(encoding="utf-8"))
    return {
        number: label
        for group in document.values()
        for label, numbers in group.items()
        for number in numbers
    }

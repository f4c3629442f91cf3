"""What is never entered as an attacker, whatever it does: our own, and what is exempt."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from core.engine.judging.place import prefix_of, system_of
from core.net.prefixes import Prefix, PrefixSet
from core.sources.facts import AddressFacts
from core.words import NetworkKind


class Shield:
    """Protected addresses, networks and systems.

    Args:
        prefixes: the server's own addresses, and all that are exempt, whatever for.
        systems: exempt systems.
        around: systems in which protected addresses lie.
    """

    __slots__ = ("_around", "_prefixes", "_starts", "_systems")

    def __init__(
        self,
        prefixes: Iterable[Prefix] = (),
        systems: Iterable[int] = (),
        around: Iterable[int] = (),
    ) -> None:
        known = sorted(set(prefixes))
        self._starts = [(prefix.version, prefix.value) for prefix in known]
        self._prefixes = PrefixSet.build((str(prefix), None) for prefix in known)
        self._systems = frozenset(systems)
        self._around = frozenset(around) | self._systems

    def spares(self, facts: AddressFacts) -> bool:
        """Whether an address is protected; relays of big providers carry everybody."""
        return (
            facts.asn in self._systems
            or any(hit.kind is NetworkKind.RELAY for hit in facts.hits)
            or self._prefixes.find(facts.version, facts.value) is not None
        )

    def touches(self, place: int) -> bool:
        """Whether a place (`core.engine.judging.place`) holds anything protected, or lies in it."""
        prefix = prefix_of(place)
        if prefix is None:
            return system_of(place) in self._around
        if self._prefixes.find(prefix.version, prefix.value) is not None:
            return True
        first = bisect_left(self._starts, (prefix.version, prefix.value))
        if first == len(self._starts):
            return False
        version, value = self._starts[first]
        return version == prefix.version and value <= prefix.last

"""Prefixes, and large sets of them that tell in under a microsecond which one covers an address.

A set is flattened once, when it is built, into sorted boundaries; looking up is one binary search
(facts: arrays with ``bisect`` need no dependency, a few MB, and beat a scan by four orders of
magnitude). It is never changed afterwards, so threads may share it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from operator import itemgetter
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

from core.net.addresses import parse, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from ipaddress import IPv4Network, IPv6Network

T = TypeVar("T")

BITS: Final = {4: 32, 6: 128}
"""Length of an address of each version, in bits."""


class Prefix(NamedTuple):
    """A block of addresses.

    Attributes:
        version: 4 or 6.
        value: its first address as an integer.
        length: number of leading bits that all its addresses share.
    """

    version: int
    value: int
    length: int

    @classmethod
    def parse(cls, text: str) -> Prefix:
        """Read ``192.0.2.0/24``, ``2001:db8::/32`` or a single address.

        Host bits are cleared; a prefix of IPv4-mapped IPv6 becomes the IPv4 prefix it stands for.

        Raises:
            ValueError: the text is no prefix; the message quotes it.
        """
        head, slash, tail = text.strip().partition("/")
        address = parse(head)
        if address is None:
            raise ValueError(f"{text!r} is not an address or a prefix")
        version, value, _ = address
        offset = 96 if version == 4 and ":" in head else 0
        length = BITS[version]
        if slash:
            if not (tail.isascii() and tail.isdecimal() and len(tail) <= 3):
                raise ValueError(f"{text!r} has no valid prefix length")
            length = int(tail) - offset
        if length < 0 <= length + offset:  # wider than all IPv4-mapped addresses
            version, value, length = 6, (0xFFFF << 32) | value, length + offset
        if length > BITS[version]:
            raise ValueError(f"{text!r} has no valid prefix length")
        host_bits = BITS[version] - length
        return cls(version, value >> host_bits << host_bits, length)

    @property
    def last(self) -> int:
        """Its last address as an integer."""
        return self.value | ((1 << (BITS[self.version] - self.length)) - 1)

    def covers(self, other: Prefix) -> bool:
        """Tell whether all addresses of the other prefix lie in this one."""
        return (
            self.version == other.version and self.value <= other.value <= other.last <= self.last
        )

    def __str__(self) -> str:
        return f"{text_of(self.version, self.value)}/{self.length}"


class _Family(Generic[T]):
    """One address family: sorted boundaries, and who owns the addresses from each to the next.

    Machine words keep a hundred thousand IPv4 prefixes at 2 MB; IPv6 does not fit them, but its
    prefixes are a tenth as many.
    """

    __slots__ = ("labels", "lengths", "owners", "starts", "values")

    def __init__(self, version: int, entries: list[tuple[Prefix, T]]) -> None:
        """Take entries of one version, sorted, without duplicates."""
        ranges = _flatten([prefix for prefix, _ in entries], 1 << BITS[version])
        self.starts = _integers(version, [start for start, _ in ranges])
        self.owners = array("I", [owner for _, owner in ranges])
        self.values = _integers(version, [prefix.value for prefix, _ in entries])
        self.lengths = array("B", [prefix.length for prefix, _ in entries])
        self.labels = [label for _, label in entries]


def _integers(version: int, values: list[int]) -> Sequence[int]:
    return array("I", values) if version == 4 else values


def _flatten(prefixes: list[Prefix], end_of_space: int) -> list[tuple[int, int]]:
    """Cut nested prefixes into disjoint ranges, in which the narrowest owns its addresses.

    Sorted by first address, then by length, each prefix comes after all that contain it, so those
    still open form a stack.

    Returns:
        first address -> owner, where owner is the prefix's position plus 1, and 0 owns the gaps.
    """
    owner_from = {0: 0}
    opened: list[tuple[int, int]] = []

    def close(before: int) -> None:
        """Give the addresses after every prefix that ends before this one back to its parent."""
        while opened and opened[-1][0] < before:
            last, _ = opened.pop()
            owner_from[last + 1] = opened[-1][1] if opened else 0

    for owner, prefix in enumerate(prefixes, start=1):
        close(before=prefix.value)
        owner_from[prefix.value] = owner
        opened.append((prefix.last, owner))
    close(before=end_of_space)
    owner_from.pop(end_of_space, None)
    return list(owner_from.items())


class PrefixSet(Generic[T]):
    """Prefixes of both families, each with a label of the caller's choice."""

    __slots__ = ("_v4", "_v6")

    def __init__(self, entries: dict[Prefix, T]) -> None:
        """Use ``build``, which also reads text."""
        ordered = sorted(entries.items(), key=itemgetter(0))
        self._v4 = _Family(4, [entry for entry in ordered if entry[0].version == 4])
        self._v6 = _Family(6, [entry for entry in ordered if entry[0].version == 6])

    @classmethod
    def build(cls, entries: Iterable[tuple[str | IPv4Network | IPv6Network, T]]) -> PrefixSet[T]:
        """Build a set; of equal prefixes the first one stays.

        Args:
            entries: prefix (text as ``Prefix.parse`` takes it) and label.

        Raises:
            ValueError: a text is no prefix.
        """
        chosen: dict[Prefix, T] = {}
        for prefix, label in entries:
            chosen.setdefault(Prefix.parse(str(prefix)), label)
        return cls(chosen)

    def find(self, version: int, value: int) -> tuple[str, T] | None:
        """Return the narrowest prefix that covers the address, and its label; None without one.

        Args:
            version: 4 or 6; anything else is covered by nothing.
            value: the address as an integer. IPv4-mapped IPv6 must be unwrapped already.
        """
        if version == 4:
            family = self._v4
        elif version == 6:
            family = self._v6
        else:
            return None
        owner = family.owners[bisect_right(family.starts, value) - 1] - 1
        if owner < 0:
            return None
        prefix = f"{text_of(version, family.values[owner])}/{family.lengths[owner]}"
        return prefix, family.labels[owner]

    def __len__(self) -> int:
        return len(self._v4.labels) + len(self._v6.labels)

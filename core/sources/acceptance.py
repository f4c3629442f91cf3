"""Which entries of a feed may be believed, and when a feed is refused as a whole.

One place for the rules that all feeds share (facts/data_sources.md 2.1 and 3.4): a list that was
cut short, replaced by an error page or poisoned must neither refuse the world nor forget its
attackers. Refusing raises; the last good copy then stays.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from core.errors import DataError
from core.net.prefixes import Prefix
from core.sources.feeds.feed import Feed

SHORTEST: Final = {4: 8, 6: 16}
"""No provider holds more than this; a shorter prefix is a mistake that covers half the world."""

SMALLEST_SHARE: Final = 0.5
LARGEST_SHARE: Final = 2.0
"""Between two fetches no list halves or doubles; if it does, something is wrong with it."""

_GLOBAL_V6: Final = Prefix.parse("2000::/3")
_SPECIAL: Final = tuple(
    Prefix.parse(text)
    for text in (
        # IANA IPv4 Special-Purpose Address Registry, multicast, and the rest of class E
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        # IANA IPv6 Special-Purpose Address Registry, as far as it lies in global unicast
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)


class Accepted(Struct, frozen=True):
    """What is left of a feed.

    Attributes:
        prefixes: canonical, each once, sorted.
        asns: AS numbers, and who they are.
        note: what was left out; "" when nothing was.
    """

    prefixes: tuple[str, ...]
    asns: dict[int, str]
    note: str


def accept(feed: Feed, last_count: int = 0, never: Iterable[str] = ()) -> Accepted:
    """Judge a feed.

    Args:
        feed: what was parsed.
        last_count: how many entries were accepted the last time; 0 skips the comparison.
        never: addresses and prefixes that no entry may cover, such as the server's own.

    Raises:
        DataError: the feed is refused; the text says why.
    """
    for prefix in feed.prefixes:
        if prefix.length < SHORTEST[prefix.version]:
            raise DataError(f"{prefix} is too wide to be true")
    public = {prefix for prefix in feed.prefixes if not is_special(prefix)}
    kept = public - set(covering(public, never))
    count = len(kept) + len(feed.asns)
    if not count:
        raise DataError("nothing usable is in it")
    if last_count and not SMALLEST_SHARE <= count / last_count <= LARGEST_SHARE:
        raise DataError(f"it holds {count} entries, the last accepted one held {last_count}")
    special = len(set(feed.prefixes)) - len(public)
    notes = (
        f"{special} special-purpose prefixes left out" if special else "",
        f"{len(public) - len(kept)} that cover own or exempt addresses left out"
        if len(kept) < len(public)
        else "",
    )
    texts = tuple(str(prefix) for prefix in sorted(kept))
    return Accepted(texts, feed.asns, "; ".join(filter(None, notes)))


def is_special(prefix: Prefix) -> bool:
    """Tell whether a prefix lies in space that nobody's customers connect from."""
    if prefix.version == 6 and not _GLOBAL_V6.covers(prefix):
        return True
    return any(special.covers(prefix) for special in _SPECIAL)


def covering(prefixes: Iterable[Prefix], never: Iterable[str]) -> list[Prefix]:
    """Return the prefixes that cover one that must not be covered.

    Args:
        prefixes: those in question.
        never: addresses and prefixes, as `Prefix.parse` takes them.
    """
    # Comparing each with each would take a minute where thousands are exempt. What a prefix covers
    # begins in it, so the candidates stand together once they are sorted.
    forbidden = sorted({Prefix.parse(text) for text in never})
    return [
        prefix
        for prefix in prefixes
        if any(prefix.covers(inside) for inside in _beginning_in(prefix, forbidden))
    ]


def _beginning_in(prefix: Prefix, ordered: list[Prefix]) -> list[Prefix]:
    start = bisect_left(ordered, (prefix.version, prefix.value))
    return ordered[start : bisect_right(ordered, (prefix.version, prefix.last, 129))]

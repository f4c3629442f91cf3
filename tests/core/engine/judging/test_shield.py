"""What is protected is never entered, nor anything that holds it."""

from __future__ import annotations

import pytest

from core.engine.judging.place import read
from core.engine.judging.shield import Shield
from core.net.prefixes import Prefix
from core.words import NetworkKind
from tests.core.engine.asking import facts

SHIELD = Shield(
    [Prefix.parse(text) for text in ("203.0.113.7", "198.51.96.0/20", "2001:db8:1:2::/64")],
    [64500],
    [64499],
)


@pytest.mark.parametrize(
    ("place", "touched"),
    [
        ("203.0.113.7", True),
        ("203.0.113.8", False),
        ("203.0.113.0/24", True),
        ("203.0.112.0/24", False),
        ("198.51.100.0/24", True),
        ("198.51.100.9", True),
        ("198.51.112.0/24", False),
        ("2001:db8:1:2::/64", True),
        ("2001:db8:1:3::/64", False),
        ("2001:db8:1::/48", True),
        ("AS64500", True),
        ("AS64499", True),
        ("AS64501", False),
    ],
)
def test_a_place_is_touched_by_what_is_in_it_and_around_it(place: str, touched: bool) -> None:
    assert SHIELD.touches(read(place)) is touched


@pytest.mark.parametrize(
    ("address", "asn", "kinds", "spared"),
    [
        ("203.0.113.7", 1, (), True),
        ("203.0.113.8", 1, (), False),
        ("203.0.113.8", 64500, (), True),
        ("203.0.113.8", 64499, (), False),
        ("203.0.113.8", 1, (NetworkKind.RELAY,), True),
        ("203.0.113.8", 1, (NetworkKind.CLOUD,), False),
    ],
)
def test_an_address_is_spared(
    address: str, asn: int, kinds: tuple[NetworkKind, ...], spared: bool
) -> None:
    """A19: exempt addresses and systems, and relays that carry everybody."""
    assert SHIELD.spares(facts(address, asn=asn, kinds=kinds)) is spared


def test_nothing_is_protected_by_an_empty_one() -> None:
    assert not Shield().touches(read("203.0.113.0/24"))

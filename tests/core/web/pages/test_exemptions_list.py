"""The list that a visitor sees: order, damage, counts."""

from __future__ import annotations

from typing import Any

from core.settings.scope import Scope
from core.web.pages.exemptions_list import Listing, Stored, Wish

NOW = 1_000_000.0


def _entry(entry: str, expires: float = 0) -> dict[str, Any]:
    return {"entry": entry, "comment": "", "expires": expires}


STORED: Stored = {
    ("mailbox", "z@a.example"): {"exempt.addresses": [_entry("10.0.0.5")]},
    ("domain", "b.example"): {"exempt.addresses": [_entry("10.0.0.4", NOW + 60)]},
    ("server", ""): {
        "exempt.addresses": [_entry("10.0.0.1"), {"entry": 7}, "x", _entry("10.0.0.2", 5)],
        "exempt.send": [_entry("a@a.example", NOW)],
        "exempt.accounts": {"damaged": "x"},
    },
    ("domain", "a.example"): {"exempt.addresses": [_entry("10.0.0.3")]},
}


def _found(listing: Listing, wish: Wish) -> list[str]:
    return [listing.row(wish.list, each).entry.entry for each in listing.find(wish)]


def test_server_first_then_domains_each_newest_first() -> None:
    """What another version or a damage left is passed over."""
    listing = Listing(STORED, lambda _: True, NOW)
    expected = ["10.0.0.2", "10.0.0.1", "10.0.0.3", "10.0.0.5", "10.0.0.4"]
    assert _found(listing, Wish("addresses")) == expected
    assert _found(listing, Wish("accounts")) == []
    assert (listing.count("addresses"), listing.count_over()) == (5, 2)


def test_only_what_is_seen() -> None:
    """E22"""
    listing = Listing(STORED, lambda scope: scope == Scope("domain", "b.example"), NOW)
    assert _found(listing, Wish("addresses")) == ["10.0.0.4"]
    assert (listing.count("send"), listing.count_over()) == (0, 0)


def test_soon_and_over() -> None:
    listing = Listing(STORED, lambda _: True, NOW)
    assert _found(listing, Wish("addresses", state="soon")) == ["10.0.0.4"]
    assert _found(listing, Wish("addresses", state="over")) == ["10.0.0.2"]
    rows = [listing.row("addresses", each) for each in listing.find(Wish("addresses"))]
    assert [row.is_over for row in rows] == [True, False, False, False, False]
    assert [row.is_soon for row in rows] == [False, False, False, False, True]

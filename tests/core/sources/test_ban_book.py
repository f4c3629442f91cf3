"""Bans that end, and that cover nobody who must not be covered."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.net.addresses import parse
from core.net.prefixes import Prefix
from core.sources import ban_book
from core.sources.ban_book import BanBook
from core.sources.crowdsec import Ban, Place
from core.sources.facts import AddressFacts


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def place(text: str) -> Place:
    return int(text[2:]) if text.startswith("AS") else Prefix.parse(text)


def book(clock: Clock, **seconds: float) -> BanBook:
    return BanBook("crowdsec", "CrowdSec", clock)


def filled(clock: Clock, *texts: str, never: tuple[str, ...] = ()) -> BanBook:
    bans = {place(text): Ban(clock.now + 3600, "why") for text in texts}
    return book(clock).with_changes(bans, never=never, whole=True)


def entry(of: BanBook, text: str, asn: int = 0) -> str:
    address = parse(text)
    assert address is not None
    hits = of.hits(AddressFacts(address.text, address.version, address.value, asn=asn))
    return hits[0].entry if hits else ""


@pytest.mark.parametrize(
    ("banned", "address", "found"),
    [
        ("8.8.8.8", "8.8.8.8", "8.8.8.8"),
        ("8.8.8.8", "8.8.8.9", ""),
        ("8.8.8.0/24", "8.8.8.9", "8.8.8.0/24"),
        ("2600::7", "2600::7", "2600::7"),
        ("2600::/64", "2600::9", "2600::/64"),
        ("AS64500", "8.8.8.8", "AS64500"),
    ],
)
def test_an_entry_covers_what_it_says(banned: str, address: str, found: str) -> None:
    """C1."""
    assert entry(filled(Clock(), banned), address, 64500) == found


def test_evidence_says_why() -> None:
    (hit,) = filled(Clock(), "8.8.8.8").hits(AddressFacts("8.8.8.8", 4, 0x08080808))
    assert (hit.source, hit.label) == ("crowdsec", "CrowdSec: why")


@pytest.mark.parametrize("banned", ["8.8.8.8", "8.8.8.0/24", "AS64500"])
def test_a_ban_ends_by_itself(banned: str) -> None:
    clock = Clock()
    found = filled(clock, banned)
    clock.now += 3600
    assert entry(found, "8.8.8.8", 64500) == ""


def test_changes_are_laid_over_what_was_known() -> None:
    clock = Clock()
    first = filled(clock, "8.8.8.8", "9.9.9.9")
    more = {place("4.4.4.4"): Ban(clock.now + 60, "")}
    second = first.with_changes(more, [place("9.9.9.9")])
    assert [bool(entry(second, a)) for a in ("8.8.8.8", "9.9.9.9", "4.4.4.4")] == [
        *(True, False, True)
    ]
    assert entry(first, "9.9.9.9")
    assert len(second.with_changes(more, whole=True)) == 1


@pytest.mark.parametrize(
    "banned",
    ["0.0.0.0/0", "8.0.0.0/7", "::/0", "10.0.0.0/8", "127.0.0.1", "192.168.1.7", "fe80::1"],
)
def test_half_the_world_and_private_addresses_are_left_out(banned: str) -> None:
    found = filled(Clock(), banned, "8.8.8.8")
    assert len(found) == 1
    assert found.left_out == 1


@pytest.mark.parametrize("never", ["8.8.8.8", "8.8.8.0/25"])
def test_entries_that_cover_our_own_side_are_left_out(never: str) -> None:
    """Facts 3.4."""
    found = filled(Clock(), "8.8.8.0/24", "9.9.9.9", never=(never,))
    assert entry(found, "8.8.8.8") == ""
    assert entry(found, "9.9.9.9")


def test_there_is_room_for_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ban_book, "MOST", 2)
    clock = Clock()
    bans = {place(f"8.8.8.{n}"): Ban(clock.now + n, "") for n in range(1, 5)}
    found = book(clock).with_changes(bans, whole=True)
    assert (len(found), found.left_out) == (2, 2)
    assert entry(found, "8.8.8.4")


def test_it_survives_a_restart_without_what_has_ended(tmp_path: Path) -> None:
    clock = Clock()
    bans = {
        place("8.8.8.8"): Ban(clock.now + 60, "short"),
        place("9.9.9.0/24"): Ban(clock.now + 600, "long"),
        64500: Ban(clock.now + 600, ""),
    }
    book(clock).with_changes(bans, whole=True).save(tmp_path / "bans.json")
    clock.now += 60
    found = book(clock).restored(tmp_path / "bans.json")
    assert len(found) == 2
    assert entry(found, "9.9.9.9") == "9.9.9.0/24"
    assert entry(found, "8.8.8.8", 64500) == "AS64500"


@pytest.mark.parametrize("content", [None, b"", b"{}", b'[["x", 9e12, ""]]', b"[" * 9999])
def test_a_file_that_cannot_be_read_bans_nobody(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "bans.json"
    if content is not None:
        path.write_bytes(content)
    assert len(book(Clock()).restored(path)) == 0

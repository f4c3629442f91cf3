"""Reading a database from end to end, and surviving the ones that kill their reader."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from core.errors import DataError
from core.sources.walk import CANARIES, Report, walk, walk_apart
from tests.databases import write_asn, write_country, write_plausible


def test_everything_in_it_is_counted(tmp_path: Path) -> None:
    path = write_country(
        tmp_path / "c.mmdb",
        {"8.8.8.0/24": "US", "203.0.113.0/24": "RU", "2001:db8::/32": "RU", "192.0.2.0/24": "EU"},
        build_epoch=1_700_000_000,
    )
    report = walk("country", path)
    assert (report.problem, report.build_epoch) == ("", 1_700_000_000)
    assert (report.entries, report.values) == (4, 2)
    assert report.unknown == tuple(canary for canary in CANARIES if canary != "8.8.8.8")


def test_systems_are_counted_by_number(tmp_path: Path) -> None:
    path = write_asn(tmp_path / "a.mmdb", {"8.8.8.0/24": (15169, "G"), "8.8.4.0/24": (15169, "H")})
    report = walk("asn", path)
    assert (report.entries, report.values) == (2, 1)


def test_in_a_process_of_its_own_it_finds_the_same(tmp_path: Path) -> None:
    path = write_plausible(tmp_path / "c.mmdb", "country", 1_700_000_000)
    report = walk_apart("country", path)
    assert report == walk("country", path)
    assert report.values == 250
    assert report.unknown == ()


@pytest.mark.parametrize("content", [None, b"", b"nonsense", b"\xab\xcd\xefMaxMind.com"])
def test_a_file_that_is_no_database_is_a_problem(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "c.mmdb"
    if content is not None:
        path.write_bytes(content)
    assert walk_apart("country", path).problem


def test_damage_that_kills_the_reader_is_an_error_here(tmp_path: Path) -> None:
    """Facts 1.7. Some of these files end the process that reads them; none may end this one."""
    sound = write_country(
        tmp_path / "sound.mmdb", {"203.0.113.0/24": "RU", "2001:db8::/32": "BR"}, "nested"
    ).read_bytes()
    # The records lie between the tree and the metadata; self-references there recurse for ever.
    start, end = sound.index(b"\0" * 16) + 16, sound.rindex(b"\xab\xcd\xefMaxMind.com")
    chance = random.Random(7)
    outcomes: list[Report | str] = []
    for number in range(25):
        damaged = bytearray(sound)
        for _ in range(4):
            damaged[chance.randrange(start, end)] = chance.choice((0x20, 0x28, 0x30, 0xE0, 0x21))
        path = tmp_path / f"{number}.mmdb"
        path.write_bytes(damaged)
        try:
            outcomes.append(walk_apart("country", path))
        except DataError as error:
            outcomes.append(str(error))
    assert len(outcomes) == 25
    assert any(isinstance(outcome, str) or outcome.problem for outcome in outcomes)


def test_a_tree_that_leads_in_circles_ends(tmp_path: Path) -> None:
    """Every record of the first node points back to it: as many networks as there are addresses."""
    path = write_country(tmp_path / "c.mmdb", {"203.0.113.0/24": "RU"})
    content = bytearray(path.read_bytes())
    content[0:3] = (1).to_bytes(3, "big")
    content[3:6] = (1).to_bytes(3, "big")
    content[6:9] = (0).to_bytes(3, "big")
    content[9:12] = (0).to_bytes(3, "big")
    path.unlink()
    path.write_bytes(content)
    try:
        problem = walk_apart("country", path).problem
    except DataError as error:
        problem = str(error)
    assert "damaged" in problem

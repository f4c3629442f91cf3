"""Databases: every layout is understood, and no damage makes a look-up fail."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.sources.reader import Database, autonomous_system, country_code
from tests.databases import AsnLayout, CountryLayout, write_asn, write_country, write_records

COUNTRIES = {"203.0.113.0/24": "RU", "198.51.100.0/24": "DE", "2001:db8::/32": "BR"}
SYSTEMS = {"198.51.100.0/24": (24940, "Hetzner Online"), "2001:db8:1::/48": (4200000001, "Big")}


@pytest.mark.parametrize("layout", get_args(CountryLayout))
def test_country_in_every_layout(tmp_path: Path, layout: CountryLayout) -> None:
    """Features A15 and E17: GeoLite2, DB-IP, IPinfo and flat files, IPv4 and IPv6."""
    database = Database(write_country(tmp_path / "country.mmdb", COUNTRIES, layout))
    assert database.problem == ""
    assert database.country(4, "203.0.113.7") == "RU"
    assert database.country(4, "198.51.100.255") == "DE"
    assert database.country(6, "2001:db8::1") == "BR"
    assert database.country(4, "192.0.2.1") == ""
    assert database.country(6, "2001:db9::1") == ""


@pytest.mark.parametrize("layout", get_args(AsnLayout))
def test_autonomous_system_in_every_layout(tmp_path: Path, layout: AsnLayout) -> None:
    database = Database(write_asn(tmp_path / "asn.mmdb", SYSTEMS, layout))
    assert database.autonomous_system(4, "198.51.100.1") == (24940, "Hetzner Online")
    assert database.autonomous_system(6, "2001:db8:1::1") == (4200000001, "Big")
    assert database.autonomous_system(4, "203.0.113.7") == (0, "")


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"country_code": "DE"}, "DE"),
        ({"country_code": "DE", "country": "Germany"}, "DE"),
        ({"country": "DE"}, "DE"),
        ({"country": "Germany"}, ""),
        ({"country": {"iso_code": "DE"}, "registered_country": {"iso_code": "US"}}, "DE"),
        ({"registered_country": {"iso_code": "US"}}, "US"),
        ({"country": {"geoname_id": 1}, "registered_country": {"iso_code": "US"}}, "US"),
        ({"continent": {"code": "EU"}}, ""),
        ({"country_code": "EU"}, ""),
        ({"country_code": "ZZ"}, ""),
        ({"country_code": "de"}, ""),
        ({"country_code": "XK"}, "XK"),
        ({"country_code": ["DE"]}, ""),
        ({"country": {"iso_code": {"DE": 1}}}, ""),
        ({"country": 7}, ""),
        ({}, ""),
        (None, ""),
        ("DE", ""),
        (["DE"], ""),
        (7, ""),
    ],
)
def test_country_code(record: Any, code: str) -> None:
    assert country_code(record) == code


@pytest.mark.parametrize(
    ("record", "system"),
    [
        ({"autonomous_system_number": 1, "autonomous_system_organization": "A"}, (1, "A")),
        ({"autonomous_system_number": 1}, (1, "")),
        ({"asn": "AS13335", "as_name": "Cloudflare"}, (13335, "Cloudflare")),
        ({"asn": "13335"}, (13335, "")),
        ({"asn": 13335, "as_name": 7}, (13335, "")),
        ({"asn": "AS"}, (0, "")),
        ({"asn": "AS1.5", "as_name": "A"}, (0, "")),
        ({"asn": ["AS1"]}, (0, "")),
        ({"autonomous_system_number": -1}, (0, "")),
        ({"autonomous_system_number": 1 << 32}, (0, "")),
        ({"as_name": "A"}, (0, "")),
        ({}, (0, "")),
        (None, (0, "")),
        ("AS1", (0, "")),
    ],
)
def test_autonomous_system(record: Any, system: tuple[int, str]) -> None:
    assert autonomous_system(record) == system


def test_a_missing_file_has_no_opinion(tmp_path: Path) -> None:
    """Feature A25."""
    database = Database(tmp_path / "country.mmdb")
    assert database.country(4, "203.0.113.7") == ""
    assert database.autonomous_system(4, "203.0.113.7") == (0, "")
    assert database.problem == "country.mmdb is missing"
    assert not database.is_open


@pytest.mark.parametrize(
    "content",
    [b"", b"no database", b"\xab\xcd\xefMaxMind.com", b"\xab\xcd\xefMaxMind.com" + b"\xff" * 99],
)
def test_a_file_that_is_no_database_has_no_opinion(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "country.mmdb"
    path.write_bytes(content)
    database = Database(path)
    assert database.country(4, "203.0.113.7") == ""
    assert database.problem.startswith("country.mmdb cannot be read: ")


def test_a_folder_in_place_of_the_file_has_no_opinion(tmp_path: Path) -> None:
    (tmp_path / "country.mmdb").mkdir()
    assert "country.mmdb cannot be read" in Database(tmp_path / "country.mmdb").problem


def test_a_truncated_file_has_no_opinion(tmp_path: Path) -> None:
    path = write_country(tmp_path / "country.mmdb", COUNTRIES)
    path.write_bytes(path.read_bytes()[:-40])
    database = Database(path)
    assert database.country(4, "203.0.113.7") == ""
    assert database.problem


def test_an_ipv4_only_file_has_no_opinion_about_ipv6(tmp_path: Path) -> None:
    """Feature A15."""
    database = Database(
        write_country(tmp_path / "country.mmdb", {"203.0.113.0/24": "RU"}, ip_version=4)
    )
    assert database.country(4, "203.0.113.7") == "RU"
    assert database.country(6, "2001:db8::1") == ""
    assert database.problem == "country.mmdb knows IPv4 only"


def test_damage_in_the_tree_is_noticed_when_it_is_met(tmp_path: Path) -> None:
    """Facts 1.7: such a file opens well."""
    path = write_country(tmp_path / "country.mmdb", COUNTRIES)
    content = bytearray(path.read_bytes())
    content[:600] = b"\xff" * 600
    path.write_bytes(content)
    database = Database(path)
    assert database.is_open
    assert database.problem == ""
    assert database.country(4, "203.0.113.7") == ""
    assert database.problem.startswith("country.mmdb is damaged: ")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_no_damage_makes_a_look_up_fail(tmp_path: Path, data: st.DataObject) -> None:
    """Feature A25: whatever the bytes, an answer or no opinion."""
    path = tmp_path / "country.mmdb"
    if not (tmp_path / "sound.mmdb").exists():
        write_country(tmp_path / "sound.mmdb", COUNTRIES, "nested")
    content = bytearray((tmp_path / "sound.mmdb").read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.unlink(missing_ok=True)
    path.write_bytes(content)
    database = Database(path)
    for version, text in ((4, "203.0.113.7"), (4, "192.0.2.1"), (6, "2001:db8::1"), (6, "::2")):
        assert isinstance(database.country(version, text), str)
        assert isinstance(database.autonomous_system(version, text), tuple)
    database.close()


def test_records_of_another_kind_are_no_opinion(tmp_path: Path) -> None:
    database = Database(write_records(tmp_path / "x.mmdb", {"203.0.113.0/24": ["RU", 7]}))
    assert database.country(4, "203.0.113.7") == ""
    assert database.autonomous_system(4, "203.0.113.7") == (0, "")


def test_a_closed_database_has_no_opinion_and_no_problem(tmp_path: Path) -> None:
    database = Database(write_country(tmp_path / "country.mmdb", COUNTRIES))
    database.close()
    database.close()
    assert database.country(4, "203.0.113.7") == ""
    assert database.problem == ""


def test_a_replaced_file_goes_on_answering_for_whoever_has_it_open(tmp_path: Path) -> None:
    """Facts 1.7: the old reader serves the old file until it is closed."""
    path = write_country(tmp_path / "country.mmdb", COUNTRIES)
    old = Database(path)
    newer = write_country(tmp_path / "newer.mmdb", {"203.0.113.0/24": "FR"})
    newer.replace(path)
    assert old.country(4, "203.0.113.7") == "RU"
    assert Database(path).country(4, "203.0.113.7") == "FR"


def test_build_time_and_size_are_known(tmp_path: Path) -> None:
    database = Database(write_country(tmp_path / "c.mmdb", COUNTRIES, build_epoch=1_700_000_000))
    assert database.build_epoch == 1_700_000_000
    assert database.node_count > 24


@pytest.mark.parametrize("spoil", ["cut off", "overwritten", "removed"])
def test_what_happens_to_the_file_later_does_not_matter(tmp_path: Path, spoil: str) -> None:
    """``cp`` over it writes in place; a process that had it mapped would be killed (SIGBUS)."""
    path = write_country(tmp_path / "country.mmdb", {"203.0.113.0/24": "RU"})
    database = Database(path, hashlib.sha256(path.read_bytes()).hexdigest())
    if spoil == "cut off":
        os.truncate(path, 0)
    elif spoil == "overwritten":
        path.write_bytes(os.urandom(path.stat().st_size))
    else:
        path.unlink()
    assert database.country(4, "203.0.113.7") == "RU"
    assert database.country(4, "192.0.2.7") == ""
    assert database.problem == ""
    database.close()


def test_where_no_copy_can_be_made_the_file_itself_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside Linux, or where the kernel forbids it."""

    def forbidden(_: str) -> int:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "memfd_create", forbidden)
    path = write_country(tmp_path / "country.mmdb", {"203.0.113.0/24": "RU"})
    database = Database(path)
    assert database.country(4, "203.0.113.7") == "RU"
    database.close()

"""The seeds that are committed, and how they are made."""

from __future__ import annotations

import hashlib
import json
import lzma
from pathlib import Path

import pytest

from core.data import build_countries, build_places, build_seed, build_world
from core.sources.reader import Database
from core.sources.seed import SEEDS, plant
from core.sources.sources import Sources
from tests.databases import write_country

TABLES = [
    b'8.8.8.0,8.8.8.255,15169,"Google, LLC"\n9.9.9.1,9.9.9.2,19281,Quad9\n',
    b"2001:db8::,2001:db8:1:ffff:ffff:ffff:ffff:ffff,64500,Example\n",
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Build from tiny packages into a folder of the test's."""
    country = write_country(tmp_path / "made", {"8.8.8.0/24": "US"}).read_bytes()

    def members(package: object, wanted: tuple[str, ...]) -> list[bytes]:
        return [country] if package is build_seed.COUNTRY else TABLES

    (tmp_path / "seed").mkdir()
    monkeypatch.setattr(build_seed, "HERE", tmp_path)
    monkeypatch.setattr(build_seed, "read_members", members)
    monkeypatch.setattr(build_countries, "build", lambda _: None)
    monkeypatch.setattr(build_world, "build", lambda _: None)
    monkeypatch.setattr(build_places, "build", lambda _: None)
    return tmp_path


def test_ranges_become_a_database_of_their_day(here: Path) -> None:
    build_seed.main()
    assert plant(here / "data", here / "seed") == ("country", "asn")
    sources = Sources.open(here / "data")
    assert sources.look("8.8.8.8").country == "US"
    assert (sources.look("8.8.8.8").asn, sources.look("8.8.8.8").as_name) == (15169, "Google, LLC")
    assert [sources.look(f"9.9.9.{last}").asn for last in range(4)] == [0, 19281, 19281, 0]
    assert sources.look("2001:db8:1::1").asn == 64500
    assert sources.look("2001:db8:2::1").asn == 0
    statuses = {status.name: status for status in sources.status()}
    assert statuses["asn"].vintage == build_seed.ASN_DAY
    assert statuses["asn"].entries == 4


def test_the_same_packages_give_the_same_bytes(here: Path) -> None:
    results = []
    for _ in range(2):
        build_seed.main()
        results.append({path.name: path.read_bytes() for path in (here / "seed").iterdir()})
    assert results[0] == results[1]


@pytest.mark.parametrize("name", ["country", "asn"])
def test_the_committed_seeds_are_what_their_description_says(name: str, tmp_path: Path) -> None:
    described = json.loads((SEEDS / "seed.json").read_text())[name]
    content = lzma.decompress((SEEDS / f"{name}.mmdb.xz").read_bytes())
    assert hashlib.sha256(content).hexdigest() == described["sha256"]
    (tmp_path / "x.mmdb").write_bytes(content)
    assert Database(tmp_path / "x.mmdb").problem == ""
    day = {"country": build_seed.COUNTRY_DAY, "asn": build_seed.ASN_DAY}[name]
    assert described["vintage"] == day


def test_notice_names_every_origin() -> None:
    """CC BY 4.0 asks for attribution."""
    notice = (SEEDS.parent.parent.parent / "NOTICE").read_text(encoding="utf-8")
    for package in (build_seed.COUNTRY, build_seed.ASN, build_countries.CLDR):
        assert f"{package.name} {package.version}" in notice
    for origin in (
        "https://db-ip.com",
        "routeviews.org",
        "nro.net",
        "CC BY 4.0",
        "UNICODE LICENSE",
    ):
        assert origin in notice

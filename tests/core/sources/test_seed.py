"""The databases that come with Mailward."""

from __future__ import annotations

import hashlib
import json
import lzma
import time
from pathlib import Path

import pytest

from core.errors import DataError
from core.sources import directory as places
from core.sources import receipt as receipts
from core.sources import seed
from core.sources.receipt import Receipt
from core.sources.sources import Sources
from tests.databases import write_asn, write_country


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """A folder with two tiny seeds of 2026-06-01."""
    folder = tmp_path / "seeds"
    country = write_country(folder / "made-country", {"203.0.113.0/24": "RU"})
    asn = write_asn(folder / "made-asn", {"203.0.113.0/24": (64500, "Example")})
    described = {}
    for name, path in (("country", country), ("asn", asn)):
        content = path.read_bytes()
        (folder / f"{name}.mmdb.xz").write_bytes(lzma.compress(content))
        digest = hashlib.sha256(content).hexdigest()
        described[name] = {"vintage": "2026-06-01", "entries": 1, "sha256": digest}
    (folder / "seed.json").write_text(json.dumps(described))
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory that does not exist yet."""
    return tmp_path / "data"


def test_a_fresh_installation_gets_both(data: Path, seeds: Path) -> None:
    """Feature A5: it protects without any configuration."""
    assert seed.plant(data, seeds) == ("country", "asn")
    facts = Sources.open(data).look("203.0.113.7")
    assert (facts.country, facts.asn, facts.as_name) == ("RU", 64500, "Example")
    receipt = receipts.load(data, "country")
    assert receipt is not None
    assert (receipt.provider, receipt.vintage, receipt.entries) == ("seed", "2026-06-01", 1)


def test_planting_again_changes_nothing(data: Path, seeds: Path) -> None:
    seed.plant(data, seeds)
    before = places.database_path(data, "country").stat().st_ino
    assert seed.plant(data, seeds) == ()
    assert places.database_path(data, "country").stat().st_ino == before


def test_downloaded_data_is_never_overwritten(data: Path, seeds: Path) -> None:
    """Not even when it is older: an administrator may have his reasons."""
    write_country(data / "country.mmdb", {"203.0.113.0/24": "FR"})
    receipts.save(data, "country", Receipt("dbip", "2020-01-01"))
    assert seed.plant(data, seeds) == ("asn",)
    assert Sources.open(data).look("203.0.113.7").country == "FR"


def test_a_file_of_the_administrators_is_never_overwritten(data: Path, seeds: Path) -> None:
    write_country(data / "country.mmdb", {"203.0.113.0/24": "FR"})
    places.receipt_path(data, "country").unlink()
    assert seed.plant(data, seeds) == ("asn",)


def test_an_older_seed_gives_way_to_a_newer_one(data: Path, seeds: Path) -> None:
    """As after an upgrade of a server that was never let to download."""
    write_country(data / "country.mmdb", {"203.0.113.0/24": "FR"})
    receipts.save(data, "country", Receipt("seed", "2025-01-01"))
    assert seed.plant(data, seeds) == ("country", "asn")
    assert Sources.open(data).look("203.0.113.7").country == "RU"


def test_a_damaged_database_gives_way_to_the_seed(data: Path, seeds: Path) -> None:
    data.mkdir()
    (data / "country.mmdb").write_bytes(b"nonsense")
    assert seed.plant(data, seeds) == ("country", "asn")
    assert (data / "country.mmdb.1").read_bytes() == b"nonsense"


def test_while_an_update_is_at_work_only_gaps_are_filled(data: Path, seeds: Path) -> None:
    data.mkdir()
    (data / "country.mmdb").write_bytes(b"nonsense")
    with places.locked(data):
        assert seed.plant(data, seeds) == ("asn",)
    assert (data / "country.mmdb").read_bytes() == b"nonsense"


def test_a_package_without_seeds_starts_without_data(data: Path, tmp_path: Path) -> None:
    """Facts 1.6: never block on missing data."""
    assert seed.plant(data, tmp_path / "none") == ()


@pytest.mark.parametrize("damage", [b"", b"nonsense", lzma.compress(b"other content")])
def test_a_damaged_seed_is_an_error_and_leaves_nothing(
    data: Path, seeds: Path, damage: bytes
) -> None:
    (seeds / "country.mmdb.xz").write_bytes(damage)
    with pytest.raises(DataError, match=r"country\.mmdb\.xz is damaged"):
        seed.plant(data, seeds)
    assert [path.name for path in data.iterdir()] == []


def test_a_damaged_description_is_an_error(data: Path, seeds: Path) -> None:
    (seeds / "seed.json").write_text("[]")
    with pytest.raises(DataError, match="seed databases cannot be read"):
        seed.plant(data, seeds)


def test_a_directory_that_cannot_be_written_is_an_error(tmp_path: Path, seeds: Path) -> None:
    (tmp_path / "data").write_bytes(b"a file")
    with pytest.raises(DataError, match="cannot be put in place"):
        seed.plant(tmp_path / "data", seeds)


def test_the_real_seeds_unpack_fast_and_answer(data: Path) -> None:
    """Feature E17. The budget is one second on a quiet machine; three leave room for a busy one."""
    began = time.process_time()
    assert seed.plant(data) == ("country", "asn")
    assert time.process_time() - began < 3
    sources = Sources.open(data)
    google, hetzner = sources.look("8.8.8.8"), sources.look("2a01:4f8::1")
    assert (google.country, google.asn, google.as_name) == ("US", 15169, "Google LLC")
    assert (hetzner.country, hetzner.asn) == ("DE", 24940)
    assert [hit.label for hit in hetzner.hits] == ["Hetzner"]
    status = {status.name: status for status in sources.status()}
    assert status["country"].entries > 1_000_000
    assert status["asn"].entries > 500_000
    assert status["country"].link == "https://db-ip.com"

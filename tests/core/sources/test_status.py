"""The state of each source, in words."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.sources.networks import Networks
from core.sources.reader import Database
from core.sources.receipt import Receipt
from core.sources.status import ORIGINS, of_database, of_networks
from tests.databases import write_country, write_ranges

DAY = 24 * 3600
NOW = 1_800_000_000


def made(tmp_path: Path, days: int) -> Database:
    epoch = NOW - days * DAY
    return Database(write_country(tmp_path / "c", {"203.0.113.0/24": "RU"}, build_epoch=epoch))


def test_a_fresh_database_has_no_problem(tmp_path: Path) -> None:
    receipt = Receipt("dbip", "2027-01-01", NOW - 500, NOW - 100, entries=7)
    status = of_database("country", made(tmp_path, 10), receipt, NOW)
    assert (status.vintage, status.entries, status.age) == ("2027-01-01", 7, 100)
    assert status.problem == ""
    assert (status.terms, status.link) == ("CC BY 4.0", "https://db-ip.com")


@pytest.mark.parametrize(("days", "problem"), [(59, ""), (61, "its data is 61 days old")])
def test_an_old_database_is_a_problem(tmp_path: Path, days: int, problem: str) -> None:
    """Feature E17: age alarm."""
    status = of_database("country", made(tmp_path, days), Receipt("seed", "x"), NOW)
    assert status.problem == problem
    assert status.age is None


def test_a_file_without_receipt_is_the_administrators(tmp_path: Path) -> None:
    status = of_database("country", made(tmp_path, 1), None, NOW)
    assert status.vintage == "2027-01-14"
    assert status.credit == "the administrator's own file"


def test_a_missing_database_says_so(tmp_path: Path) -> None:
    status = of_database("asn", Database(tmp_path / "asn.mmdb"), None, NOW)
    assert (status.problem, status.age, status.entries) == ("asn.mmdb is missing", None, 0)


def test_every_provider_is_credited() -> None:
    """Facts 1.5: their licences ask for it."""
    for provider in ("seed", "dbip", "maxmind", "ipinfo"):
        for name in ("country", "asn"):
            origin = ORIGINS[name, provider]
            assert origin.credit
            assert origin.terms
            assert origin.link.startswith("https://")


def test_feeds_say_what_is_in_use_and_what_is_wrong(tmp_path: Path) -> None:
    """Feature E18."""
    now = time.time()
    write_ranges(tmp_path, "aws", ("203.0.113.0/24",), vintage="2026-11-19", age=3600)
    write_ranges(tmp_path, "spamhaus_drop", ("198.51.100.0/24",), age=20 * DAY)
    (tmp_path / "ranges" / "azure.json").write_bytes(b"nonsense")
    statuses = {status.name: status for status in of_networks(Networks.load(tmp_path, now), now)}
    assert statuses.keys() == {"hosting", "aws", "spamhaus_drop", "azure"}
    aws = statuses["aws"]
    assert (aws.vintage, aws.entries, aws.problem) == ("2026-11-19", 1, "")
    assert aws.age == pytest.approx(3600, abs=60)
    assert statuses["spamhaus_drop"].problem == "not used: it has not changed for 20 days"
    assert "azure.json cannot be read" in statuses["azure"].problem


def test_a_list_that_grows_stale_while_in_use_says_so(tmp_path: Path) -> None:
    """It is left out when the sources are opened the next time."""
    now = time.time()
    write_ranges(tmp_path, "spamhaus_drop", ("198.51.100.0/24",))
    networks = Networks.load(tmp_path, now)
    (_, status) = of_networks(networks, now + 30 * DAY)
    assert status.problem == "it has not changed for 30 days"

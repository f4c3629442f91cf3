"""The whole update: one after the other, and none stops another."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

import msgspec
import pytest
import responses

from core.errors import DataError
from core.sources import directory as places
from core.sources import ranges, spf
from core.sources.feeds.feed import Feed
from core.sources.feeds.registry import FEEDS, RECOMMENDED
from core.sources.progress import UpdateResult
from core.sources.providers import Providers
from core.sources.sources import Sources
from core.sources.updater import rollback, update
from tests.databases import write_plausible, write_ranges

LINODE = FEEDS["linode"].addresses[0]
TOR = FEEDS["tor_exits"].addresses[0]


class Watcher:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def plan(self, names: tuple[str, ...]) -> None:
        self.told.append(" ".join(names))

    def begin(self, name: str, total: int | None) -> None:
        self.told.append(f"begin {name}")

    def advance(self, name: str, size: int) -> None:
        pass

    def end(self, result: UpdateResult) -> None:
        self.told.append(f"{result.outcome} {result.name}")


def outcomes(results: list[UpdateResult]) -> dict[str, str]:
    return {result.name: result.outcome for result in results}


def test_everything_is_brought_up_to_date(
    tmp_path: Path, web: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Features E17 and E18: databases and feeds, by the provider that needs no account."""
    now = int(time.time())
    month = time.strftime("%Y-%m", time.gmtime(now))
    for name in ("country", "asn"):
        content = write_plausible(tmp_path / "made", name, now).read_bytes()
        url = f"https://download.db-ip.com/free/dbip-{name}-lite-{month}.mmdb.gz"
        web.get(url, gzip.compress(content))
    web.get(LINODE, "203.1.1.0/24,US\n")
    monkeypatch.setattr(spf, "txt_records", lambda _: ["v=spf1 ip4:74.125.0.0/16 ~all"])
    watcher = Watcher()
    data = tmp_path / "data"
    providers = Providers(feeds=("linode", "google_spf"))
    results = update(data, providers, progress=watcher)
    names = ["country", "asn", "linode", "google_spf"]
    assert outcomes(results) == dict.fromkeys(names, "updated")
    assert watcher.told[0] == " ".join(names)
    assert watcher.told[1:3] == ["begin country", "updated country"]
    facts = Sources.open(data).look("203.1.1.7")
    assert [hit.source for hit in facts.hits] == ["linode"]
    assert Sources.open(data).look("8.8.8.8").as_name == "Google"


def test_one_that_fails_never_stops_the_others(
    tmp_path: Path, web: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing answers but one list; and one parser has a fault of its own."""
    web.get(LINODE, "203.1.1.0/24,US\n")
    web.get(TOR, "203.1.1.1\n")

    def faulty(payload: bytes) -> Feed:
        raise ZeroDivisionError("a fault")

    tor = msgspec.structs.replace(FEEDS["tor_exits"], parse=faulty)
    monkeypatch.setitem(FEEDS, "tor_exits", tor)
    monkeypatch.setattr(spf, "txt_records", lambda _: [])
    results = update(tmp_path, Providers())
    assert outcomes(results)["linode"] == "updated"
    failed = {result.name: result.text for result in results if result.outcome == "failed"}
    assert failed.keys() == {"country", "asn", *RECOMMENDED} - {"linode"}
    assert failed["tor_exits"] == "fault: ZeroDivisionError: a fault"
    assert all(failed.values())


def test_a_full_disk_is_one_more_failure(
    tmp_path: Path, web: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.get(LINODE, "203.1.1.0/24,US\n")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ranges, "save", full)
    (result,) = update(tmp_path, Providers(country="none", feeds=("linode",)))
    assert (result.outcome, result.text) == ("failed", "[Errno 28] No space left on device")


def test_secrets_are_in_no_text(tmp_path: Path, web: responses.RequestsMock) -> None:
    web.get("https://ipinfo.io/data/ipinfo_lite.mmdb", status=403)
    providers = Providers(country="ipinfo", ipinfo_token="t0k/n", feeds=("t0k/n",))
    results = update(tmp_path, providers)
    assert outcomes(results) == {"country": "failed", "asn": "failed", "t0k/n": "failed"}
    assert not any("t0k" in result.text for result in results)


def test_feeds_that_are_not_chosen_any_more_stop_counting(tmp_path: Path) -> None:
    write_ranges(tmp_path, "linode", ("203.0.113.0/24",))
    assert Sources.open(tmp_path).look("203.0.113.7").hits
    results = update(tmp_path, Providers(country="none", feeds=()))
    assert outcomes(results) == {"linode": "removed"}
    assert Sources.open(tmp_path).look("203.0.113.7").hits == ()


def test_what_was_checked_recently_is_fetched_only_by_force(
    tmp_path: Path, web: responses.RequestsMock
) -> None:
    web.get(LINODE, "203.1.1.0/24,US\n")
    providers = Providers(country="none", feeds=("linode",))
    update(tmp_path, providers)
    assert outcomes(update(tmp_path, providers)) == {"linode": "skipped"}
    assert outcomes(update(tmp_path, providers, force=True)) == {"linode": "unchanged"}


def test_own_and_exempt_addresses_are_no_attackers(
    tmp_path: Path, web: responses.RequestsMock
) -> None:
    web.get(TOR, "203.1.1.1\n203.1.1.2\n203.1.1.3\n")
    providers = Providers(country="none", feeds=("tor_exits",))
    update(tmp_path, providers, own={"203.1.1.1"}, exempt=["203.1.1.2/32"])
    found = ranges.load(tmp_path, "tor_exits")
    assert found is not None
    assert found.prefixes == ("203.1.1.3/32",)


def test_two_updates_at_once_do_not_meet(tmp_path: Path) -> None:
    with places.locked(tmp_path), pytest.raises(DataError, match="another update"):
        update(tmp_path, Providers())
    with places.locked(tmp_path), pytest.raises(DataError, match="another update"):
        rollback(tmp_path, "country")


def test_a_directory_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DataError, match="cannot be written"):
        update(tmp_path / "file", Providers())


def test_rollback_of_a_feed_and_of_a_database(tmp_path: Path) -> None:
    write_ranges(tmp_path, "linode", ("203.0.113.0/24",))
    write_ranges(tmp_path, "linode", ("198.51.100.0/24",))
    assert rollback(tmp_path, "linode").outcome == "updated"
    assert Sources.open(tmp_path).look("203.0.113.7").hits
    (tmp_path / "country.mmdb.1").write_bytes(b"old")
    assert rollback(tmp_path, "country").outcome == "updated"
    assert (tmp_path / "country.mmdb").read_bytes() == b"old"


def test_an_impossible_rollback_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataError, match="no copy before"):
        rollback(tmp_path, "nobody_s")
    (tmp_path / "country.mmdb.1").write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError("read-only file system")

    monkeypatch.setattr(places, "swap_back", fail)
    with pytest.raises(DataError, match="country cannot be rolled back: read-only"):
        rollback(tmp_path, "country")

"""A database is brought up to date, or stays as it is (facts 1.7)."""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import responses

from core.errors import DataError
from core.sources import directory as places
from core.sources import receipt as receipts
from core.sources.database_update import roll_back_database, update_database
from core.sources.download import Downloader
from core.sources.progress import UpdateResult
from core.sources.providers import Providers
from core.sources.receipt import Receipt
from core.sources.sources import Sources
from tests.databases import write_country, write_plausible

DAY = 24 * 3600
NOW = datetime(2026, 11, 21, tzinfo=UTC).timestamp()
BUILT = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())
URL = "https://download.db-ip.com/free/dbip-country-lite-2026-11.mmdb.gz"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An empty data directory."""
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def published(tmp_path: Path, built: int = BUILT, networks: int = 0) -> bytes:
    return write_plausible(tmp_path / "new", "country", built, networks).read_bytes()


def offer(web: responses.RequestsMock, content: bytes, tag: str = '"1"') -> None:
    web.upsert("GET", URL, gzip.compress(content, mtime=0), headers={"ETag": tag})


def update(data: Path, providers: Providers | None = None, now: float = NOW) -> UpdateResult:
    return update_database(data, "country", providers or Providers(), Downloader(), now)


def files(data: Path) -> list[str]:
    return sorted(path.name for path in data.iterdir())


def receipt_of(data: Path) -> Receipt:
    receipt = receipts.load(data, "country")
    assert receipt is not None
    return receipt


def test_the_first_database_is_installed(
    data: Path, tmp_path: Path, web: responses.RequestsMock
) -> None:
    """Feature E17."""
    offer(web, published(tmp_path))
    result = update(data)
    assert (result.outcome, result.vintage, result.entries) == ("updated", "2026-11-01", 254)
    assert files(data) == ["country.json", "country.mmdb"]
    assert Sources.open(data).look("8.8.8.8").country == "US"
    receipt = receipt_of(data)
    assert (receipt.provider, receipt.url, receipt.tag) == ("dbip", URL, '"1"')
    assert (receipt.fetched, receipt.checked) == (NOW, NOW)


def test_what_the_provider_calls_unchanged_stays(
    data: Path, tmp_path: Path, web: responses.RequestsMock
) -> None:
    offer(web, published(tmp_path))
    update(data)
    web.upsert("GET", URL, status=304)
    result = update(data, now=NOW + DAY)
    assert (result.outcome, result.vintage) == ("unchanged", "2026-11-01")
    assert web.calls[1].request.headers["If-None-Match"] == '"1"'
    assert (receipt_of(data).fetched, receipt_of(data).checked) == (NOW, NOW + DAY)
    assert files(data) == ["country.json", "country.mmdb"]


def test_the_same_bytes_again_do_not_push_out_the_copy_before(
    data: Path, tmp_path: Path, web: responses.RequestsMock
) -> None:
    offer(web, published(tmp_path))
    update(data)
    offer(web, published(tmp_path), '"2"')
    assert update(data).outcome == "unchanged"
    assert receipt_of(data).tag == '"2"'
    assert not places.previous_path(data / "country.mmdb").exists()


def test_a_newer_one_replaces_it_and_the_copy_before_is_kept(
    data: Path, tmp_path: Path, web: responses.RequestsMock
) -> None:
    old = published(tmp_path)
    offer(web, old)
    update(data)
    new = published(tmp_path, BUILT + DAY)
    offer(web, new)
    assert update(data).vintage == "2026-11-02"
    assert (data / "country.mmdb").read_bytes() == new
    assert (data / "country.mmdb.1").read_bytes() == old


@pytest.mark.parametrize(
    ("built", "networks", "reason"),
    [(BUILT - 1, 0, "older than the one in use"), (BUILT + DAY, 1000, "its size jumped")],
)
def test_a_suspicious_edition_of_the_same_database_is_refused(
    data: Path, tmp_path: Path, web: responses.RequestsMock, built: int, networks: int, reason: str
) -> None:
    offer(web, published(tmp_path))
    update(data)
    before = (data / "country.mmdb").read_bytes()
    offer(web, published(tmp_path, built, networks))
    with pytest.raises(DataError, match=reason):
        update(data)
    assert (data / "country.mmdb").read_bytes() == before
    assert files(data) == ["country.json", "country.mmdb"]
    assert receipt_of(data).sha256 == hashlib.sha256(before).hexdigest()


def test_another_providers_database_is_not_compared_with_it(
    data: Path, tmp_path: Path, web: responses.RequestsMock
) -> None:
    """Another provider's edition may be older and much smaller, and is still what was chosen."""
    write_plausible(data / "country.mmdb", "country", BUILT + 9 * DAY, 2000)
    receipts.save(data, "country", Receipt("seed", "2026-11-10"))
    offer(web, published(tmp_path))
    assert update(data).outcome == "updated"


@pytest.mark.parametrize("damage", ["truncated", "tree", "few countries", "html", "empty"])
def test_a_bad_file_is_refused_and_the_good_one_stays(
    data: Path, tmp_path: Path, web: responses.RequestsMock, damage: str
) -> None:
    """Facts 1.7: opening alone is no check."""
    offer(web, published(tmp_path))
    update(data)
    before = (data / "country.mmdb").read_bytes()
    sound = published(tmp_path, BUILT + DAY)
    bad = {
        "truncated": sound[:-100],
        "tree": sound[:300] + b"\xff" * 300 + sound[600:],
        "few countries": write_country(
            tmp_path / "few", {"8.8.8.0/24": "US"}, build_epoch=BUILT + DAY
        ).read_bytes(),
        "html": b"<html>Sorry</html>",
        "empty": b"",
    }[damage]
    offer(web, bad)
    with pytest.raises(DataError):
        update(data)
    assert (data / "country.mmdb").read_bytes() == before
    assert files(data) == ["country.json", "country.mmdb"]
    assert Sources.open(data).look("8.8.8.8").country == "US"


def test_a_lost_database_is_fetched_although_the_receipt_remembers_it(
    data: Path, tmp_path: Path, web: responses.RequestsMock
) -> None:
    offer(web, published(tmp_path))
    update(data)
    (data / "country.mmdb").unlink()
    assert update(data).outcome == "updated"
    assert "If-None-Match" not in web.calls[1].request.headers


def test_an_answer_to_a_question_that_was_not_asked_is_an_error(
    data: Path, web: responses.RequestsMock
) -> None:
    web.get(URL, status=304)
    with pytest.raises(DataError, match="nothing is here"):
        update(data)


def test_the_administrators_own_file_may_be_older(data: Path, tmp_path: Path) -> None:
    mine = write_plausible(tmp_path / "mine", "country", BUILT)
    providers = Providers(country="file", country_file=str(mine))
    assert update(data, providers).outcome == "updated"
    assert update(data, providers).outcome == "unchanged"
    write_plausible(tmp_path / "mine", "country", BUILT - 9 * DAY)
    assert update(data, providers).vintage == "2026-10-23"


class TestRollback:
    """One step back, and not forward again into the same hole."""

    def installed_twice(self, data: Path, tmp_path: Path, web: responses.RequestsMock) -> None:
        """Old edition of 11-01, new one of 11-02."""
        for day in (0, 1):
            offer(web, published(tmp_path, BUILT + day * DAY), f'"{day}"')
            update(data)

    def test_the_copy_before_is_in_use_again(
        self, data: Path, tmp_path: Path, web: responses.RequestsMock
    ) -> None:
        self.installed_twice(data, tmp_path, web)
        result = roll_back_database(data, "country")
        assert result.vintage == "2026-11-01"
        assert receipt_of(data).vintage == "2026-11-01"
        status = {status.name: status for status in Sources.open(data).status()}["country"]
        assert "not the file that was installed" not in status.problem
        assert Sources.open(data).look("8.8.8.8").country == "US"

    def test_the_one_that_was_rolled_back_is_not_installed_again(
        self, data: Path, tmp_path: Path, web: responses.RequestsMock
    ) -> None:
        self.installed_twice(data, tmp_path, web)
        roll_back_database(data, "country")
        result = update(data)
        assert (result.outcome, result.text) == ("unchanged", "the newest was rolled back here")
        assert result.vintage == "2026-11-01"

    def test_a_later_one_is(self, data: Path, tmp_path: Path, web: responses.RequestsMock) -> None:
        self.installed_twice(data, tmp_path, web)
        roll_back_database(data, "country")
        offer(web, published(tmp_path, BUILT + 2 * DAY), '"3"')
        assert update(data).vintage == "2026-11-03"
        assert receipt_of(data).refused == ""

    def test_twice_undoes_it(self, data: Path, tmp_path: Path, web: responses.RequestsMock) -> None:
        self.installed_twice(data, tmp_path, web)
        roll_back_database(data, "country")
        assert roll_back_database(data, "country").vintage == "2026-11-02"

    def test_without_a_copy_before_it_is_an_error(self, data: Path) -> None:
        with pytest.raises(DataError, match="no copy before"):
            roll_back_database(data, "country")

    def test_without_receipts_it_works_all_the_same(self, data: Path) -> None:
        (data / "country.mmdb").write_bytes(b"new")
        (data / "country.mmdb.1").write_bytes(b"old")
        assert roll_back_database(data, "country").text == "back to the one of before"
        assert (data / "country.mmdb").read_bytes() == b"old"
        assert msgspec.structs.asdict(receipt_of(data))["refused"]

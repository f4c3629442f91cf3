"""How each provider is asked for a database (facts 1.7)."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import responses

from core.errors import DataError
from core.sources import receipt as receipts
from core.sources.download import Downloader, Fetched
from core.sources.providers import Providers
from core.sources.receipt import Receipt
from core.sources.suppliers import SUPPLIERS, Candidate, Errand

NOW = datetime(2026, 11, 21, tzinfo=UTC).timestamp()
DBIP = "https://download.db-ip.com/free/dbip-country-lite-2026-{month}.mmdb.gz"
METADATA = "https://updates.maxmind.com/geoip/updates/metadata"
DOWNLOAD = "https://updates.maxmind.com/geoip/databases/GeoLite2-Country/download"
SIGNED = "https://mm-prod.0123.r2.cloudflarestorage.com/GeoLite2-Country.tar.gz"
IPINFO = "https://ipinfo.io/data/ipinfo_lite.mmdb"
CONTENT = b"the content of a database"


def errand(directory: Path, receipt: Receipt | None = None, **chosen: Any) -> Errand:
    name = chosen.pop("name", "country")
    providers = Providers(**chosen)
    return Errand(
        *(name, providers, receipt, Downloader(providers.secrets)),
        *(directory, directory / "target", NOW),
    )


def ask(asked: Errand) -> Candidate | None:
    return SUPPLIERS[asked.providers.country](asked)


def leftovers(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


class TestDbip:
    """A monthly file without account."""

    def test_this_months_file(self, tmp_path: Path, web: responses.RequestsMock) -> None:
        web.get(DBIP.format(month=11), gzip.compress(CONTENT), headers={"ETag": '"e"'})
        candidate = ask(errand(tmp_path))
        assert candidate == Candidate(DBIP.format(month=11), Fetched('"e"'))
        assert (tmp_path / "target").read_bytes() == CONTENT
        assert leftovers(tmp_path) == ["target"]

    def test_last_months_file_until_this_months_appears(
        self, tmp_path: Path, web: responses.RequestsMock
    ) -> None:
        web.get(DBIP.format(month=11), status=404)
        web.get(DBIP.format(month=10), gzip.compress(CONTENT))
        candidate = ask(errand(tmp_path))
        assert candidate is not None
        assert candidate.url == DBIP.format(month=10)

    def test_in_january_last_month_is_december(
        self, tmp_path: Path, web: responses.RequestsMock
    ) -> None:
        january = datetime(2027, 1, 1, tzinfo=UTC).timestamp()
        web.get(DBIP.format(month=1).replace("2026-1", "2027-01"), status=404)
        web.get(DBIP.format(month=12), gzip.compress(CONTENT))
        candidate = ask(msgspec.structs.replace(errand(tmp_path), now=january))
        assert candidate is not None
        assert candidate.url == DBIP.format(month=12)

    def test_what_is_here_is_not_fetched_again(
        self, tmp_path: Path, web: responses.RequestsMock
    ) -> None:
        known = Receipt("dbip", url=DBIP.format(month=11), tag='"e"')
        web.get(
            DBIP.format(month=11),
            status=304,
            match=[responses.matchers.header_matcher({"If-None-Match": '"e"'})],
        )
        assert ask(errand(tmp_path, known)) is None

    def test_last_months_tag_is_not_sent_for_this_months_file(
        self, tmp_path: Path, web: responses.RequestsMock
    ) -> None:
        web.get(DBIP.format(month=11), gzip.compress(CONTENT))
        assert ask(errand(tmp_path, Receipt("dbip", url=DBIP.format(month=10), tag='"e"')))
        assert "If-None-Match" not in web.calls[0].request.headers

    def test_two_months_without_a_file_are_an_error(
        self, tmp_path: Path, web: responses.RequestsMock
    ) -> None:
        for month in (10, 11):
            web.get(DBIP.format(month=month), status=404)
        with pytest.raises(DataError, match="published no database"):
            ask(errand(tmp_path))
        assert leftovers(tmp_path) == []

    def test_a_damaged_file_is_an_error(self, tmp_path: Path, web: responses.RequestsMock) -> None:
        web.get(DBIP.format(month=11), gzip.compress(CONTENT)[:-9])
        with pytest.raises(DataError, match="archive is damaged"):
            ask(errand(tmp_path))

    def test_a_file_that_was_unpacked_on_the_way_is_taken(
        self, tmp_path: Path, web: responses.RequestsMock
    ) -> None:
        """As by a server that labels its archive ``Content-Encoding: gzip``."""
        web.get(DBIP.format(month=11), gzip.compress(CONTENT), headers={"Content-Encoding": "gzip"})
        assert ask(errand(tmp_path))
        assert (tmp_path / "target").read_bytes() == CONTENT

    def test_the_asn_file_has_a_name_of_its_own(
        self, tmp_path: Path, web: responses.RequestsMock
    ) -> None:
        web.get(DBIP.format(month=11).replace("country", "asn"), gzip.compress(CONTENT))
        assert ask(errand(tmp_path, name="asn"))


def archive(content: bytes = CONTENT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        info = tarfile.TarInfo("GeoLite2-Country_20261120/GeoLite2-Country.mmdb")
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def metadata(content: bytes = CONTENT, edition: str = "GeoLite2-Country") -> str:
    md5 = hashlib.md5(content).hexdigest()
    return json.dumps({"databases": [{"edition_id": edition, "date": "2026-11-20", "md5": md5}]})


class TestMaxmind:
    """The customer's own account."""

    ACCOUNT: dict[str, Any] = {"country": "maxmind", "maxmind_account": "17", "maxmind_key": "k3y"}

    def test_metadata_then_archive(self, tmp_path: Path, web: responses.RequestsMock) -> None:
        web.get(METADATA, metadata())
        web.get(DOWNLOAD, status=302, headers={"Location": SIGNED})
        web.get(SIGNED, archive())
        candidate = ask(errand(tmp_path, **self.ACCOUNT))
        assert candidate == Candidate(DOWNLOAD, Fetched(hashlib.md5(CONTENT).hexdigest()))
        assert (tmp_path / "target").read_bytes() == CONTENT
        assert leftovers(tmp_path) == ["target"]
        asked = [call.request for call in web.calls]
        assert asked[0].url == f"{METADATA}?edition_id=GeoLite2-Country"
        assert asked[1].url == f"{DOWNLOAD}?date=20261120&suffix=tar.gz"
        basic = "Basic " + b64encode(b"17:k3y").decode()
        assert [request.headers.get("Authorization") for request in asked] == [basic, basic, None]

    def test_the_same_checksum_is_not_fetched_again(
        self, tmp_path: Path, web: responses.RequestsMock
    ) -> None:
        web.get(METADATA, metadata())
        receipt = Receipt("maxmind", tag=hashlib.md5(CONTENT).hexdigest())
        assert ask(errand(tmp_path, receipt, **self.ACCOUNT)) is None

    def test_another_checksum_than_announced_is_an_error(
        self, tmp_path: Path, web: responses.RequestsMock
    ) -> None:
        web.get(METADATA, metadata())
        web.get(DOWNLOAD, archive(b"something else"))
        with pytest.raises(DataError, match="differs from the checksum"):
            ask(errand(tmp_path, **self.ACCOUNT))

    @pytest.mark.parametrize(
        "answer",
        [
            "",
            "<html>",
            "{}",
            '{"databases":[]}',
            metadata(edition="GeoIP2-City"),
            metadata().replace("2026-11-20", "../../x"),
        ],
    )
    def test_strange_metadata_is_an_error(
        self, tmp_path: Path, web: responses.RequestsMock, answer: str
    ) -> None:
        web.get(METADATA, answer)
        with pytest.raises(DataError):
            ask(errand(tmp_path, **self.ACCOUNT))

    @pytest.mark.parametrize("missing", ["maxmind_account", "maxmind_key"])
    def test_without_account_nobody_is_asked(
        self, tmp_path: Path, web: responses.RequestsMock, missing: str
    ) -> None:
        with pytest.raises(DataError, match="account number and a licence key"):
            ask(errand(tmp_path, **(self.ACCOUNT | {missing: ""})))
        assert len(web.calls) == 0

    def test_a_wrong_key_is_an_error_that_does_not_show_it(
        self, tmp_path: Path, web: responses.RequestsMock
    ) -> None:
        web.get(METADATA, "Invalid license key k3y", status=401)
        with pytest.raises(DataError, match="answered 401") as caught:
            ask(errand(tmp_path, **self.ACCOUNT))
        assert "k3y" not in str(caught.value)


class TestIpinfo:
    """One file for both, and a token in the URL."""

    def test_the_token_is_sent_and_not_kept(
        self, tmp_path: Path, web: responses.RequestsMock
    ) -> None:
        web.get(IPINFO, CONTENT, headers={"ETag": '"e"'})
        candidate = ask(errand(tmp_path, country="ipinfo", ipinfo_token="a b&c"))
        assert web.calls[0].request.url == f"{IPINFO}?token=a%20b%26c"
        assert candidate == Candidate(IPINFO, Fetched('"e"'))

    def test_what_is_here_is_not_fetched_again(
        self, tmp_path: Path, web: responses.RequestsMock
    ) -> None:
        web.get(IPINFO, status=304)
        receipt = Receipt("ipinfo", url=IPINFO, tag='"e"')
        assert ask(errand(tmp_path, receipt, country="ipinfo", ipinfo_token="t")) is None
        assert web.calls[0].request.headers["If-None-Match"] == '"e"'

    def test_the_asn_database_is_the_same_file(self, tmp_path: Path) -> None:
        (tmp_path / "country.mmdb").write_bytes(CONTENT)
        receipts.save(tmp_path, "country", Receipt("ipinfo", sha256="aa", tag='"e"'))
        asked = errand(tmp_path, name="asn", country="ipinfo", ipinfo_token="t")
        assert ask(asked) == Candidate(IPINFO, Fetched('"e"'))
        assert (tmp_path / "target").samefile(tmp_path / "country.mmdb")
        again = msgspec.structs.replace(asked, receipt=Receipt("ipinfo", sha256="aa"))
        assert ask(again) is None

    @pytest.mark.parametrize("provider", ["", "dbip"])
    def test_there_is_no_asn_database_without_the_other(
        self, tmp_path: Path, provider: str
    ) -> None:
        if provider:
            receipts.save(tmp_path, "country", Receipt(provider))
        with pytest.raises(DataError, match="not there yet"):
            ask(errand(tmp_path, name="asn", country="ipinfo", ipinfo_token="t"))

    def test_without_token_nobody_is_asked(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="asks for a token"):
            ask(errand(tmp_path, country="ipinfo"))


class TestFile:
    """A file on the server."""

    @pytest.mark.parametrize("content", [CONTENT, gzip.compress(CONTENT)], ids=["plain", "gzip"])
    def test_it_is_copied(self, tmp_path: Path, content: bytes) -> None:
        """Somebody may rewrite it in place, and that would kill whoever has it mapped."""
        mine = tmp_path / "mine.mmdb"
        mine.write_bytes(content)
        candidate = ask(errand(tmp_path, country="file", country_file=str(mine)))
        assert candidate is not None
        assert (tmp_path / "target").read_bytes() == CONTENT
        assert mine.read_bytes() == content
        receipt = Receipt("file", url=candidate.url, tag=candidate.fetched.tag)
        assert ask(errand(tmp_path, receipt, country="file", country_file=str(mine))) is None

    def test_each_database_has_its_own(self, tmp_path: Path) -> None:
        (tmp_path / "a").write_bytes(CONTENT)
        chosen: dict[str, Any] = {
            "country": "file",
            "country_file": "/none",
            "asn_file": str(tmp_path / "a"),
        }
        assert ask(errand(tmp_path, name="asn", **chosen))

    @pytest.mark.parametrize(
        ("chosen", "reason"),
        [
            ("", "no file is set"),
            ("/nonexistent/x.mmdb", "/nonexistent/x.mmdb: No such file"),
            ("/", "/: Is a directory"),
        ],
    )
    def test_a_file_that_cannot_be_read_is_named(
        self, tmp_path: Path, chosen: str, reason: str
    ) -> None:
        with pytest.raises(DataError, match=reason):
            ask(errand(tmp_path, country="file", country_file=chosen))

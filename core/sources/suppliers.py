"""How each provider of databases is asked for a new one.

Every way ends in the same: a file beside its future place, and what was learned about it. Whether
the file is fit, and putting it in place, is the updater's (facts/data_sources.md 1.7).
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import quote

from msgspec import Struct

from core.errors import DataError
from core.sources import directory as places
from core.sources import receipt as receipts
from core.sources import unpack
from core.sources.download import Downloader, Fetched, Missing
from core.sources.feeds.feed import read_json
from core.sources.providers import Providers
from core.sources.receipt import Receipt

MEGABYTE: Final = 1024 * 1024
LARGEST: Final = 128 * MEGABYTE
"""Cap of one download, in bytes."""

_DBIP: Final = "https://download.db-ip.com/free/dbip-{name}-lite-{month}.mmdb.gz"
_MAXMIND: Final = "https://updates.maxmind.com/geoip"
_EDITIONS: Final = {"country": "GeoLite2-Country", "asn": "GeoLite2-ASN"}
_IPINFO: Final = "https://ipinfo.io/data/ipinfo_lite.mmdb"


class Candidate(Struct, frozen=True):
    """A new database, not yet checked.

    Attributes:
        url: from where it came, without anything secret.
        fetched: what the server said about it; the tag may be the provider's own checksum.
    """

    url: str
    fetched: Fetched


class Errand(Struct, frozen=True):
    """What a provider has to know to fetch one database.

    Attributes:
        name: ``country`` or ``asn``.
        providers: what the administrator chose.
        receipt: of the database in use, None without one or if another provider supplied it.
        downloader: to fetch with.
        directory: the data directory.
        target: where to put the new database.
        now: seconds since 1970.
    """

    name: str
    providers: Providers
    receipt: Receipt | None
    downloader: Downloader
    directory: Path
    target: Path
    now: float

    def known(self, url: str) -> Fetched | None:
        """What the server said about the copy in use, if it came from that URL."""
        if self.receipt is None or self.receipt.url != url.partition("?")[0]:
            return None
        return Fetched(self.receipt.tag, self.receipt.modified)

    def download(self, url: str, target: Path) -> Fetched | None:
        """Fetch a URL into a file; None when there is nothing newer than the copy in use."""
        return self._download(url, target, known=self.known(url))

    def download_whole(
        self, url: str, target: Path, auth: tuple[str, str] | None = None
    ) -> Fetched:
        """Fetch a URL into a file, whatever is known already.

        Raises:
            DataError: also if the server says that nothing is newer, which was not asked.
        """
        fetched = self._download(url, target, auth=auth)
        if fetched is None:
            raise DataError("the provider says that nothing is newer, but was not asked that")
        return fetched

    def _download(
        self,
        url: str,
        target: Path,
        auth: tuple[str, str] | None = None,
        known: Fetched | None = None,
    ) -> Fetched | None:
        with target.open("wb") as sink:
            return self.downloader.fetch(self.name, url, sink, cap=LARGEST, auth=auth, known=known)


def _dbip(errand: Errand) -> Candidate | None:
    """DB-IP's free edition appears some time in the first days of a month."""
    today = datetime.fromtimestamp(errand.now, UTC).date()
    last_month = today.replace(day=1) - timedelta(days=1)
    packed = places.temporary_path(errand.target)
    try:
        for day in (today, last_month):
            url = _DBIP.format(name=errand.name, month=f"{day:%Y-%m}")
            try:
                fetched = errand.download(url, packed)
            except Missing:
                continue
            if fetched is None:
                return None
            unpack.plain(packed, errand.target)
            return Candidate(url, fetched)
    finally:
        packed.unlink(missing_ok=True)
    raise DataError("DB-IP has published no database this month or last month")


class _Edition(Struct):
    edition_id: str
    date: date
    md5: str


class _Metadata(Struct):
    databases: list[_Edition]


def _maxmind(errand: Errand) -> Candidate | None:
    """MaxMind tells a checksum first, so that nobody downloads what he has."""
    providers = errand.providers
    if not (providers.maxmind_account and providers.maxmind_key):
        raise DataError("MaxMind asks for an account number and a licence key; set both")
    auth = (providers.maxmind_account, providers.maxmind_key)
    name = _EDITIONS[errand.name]
    edition = _maxmind_edition(errand, name, auth)
    url = f"{_MAXMIND}/databases/{name}/download"
    if errand.receipt is not None and errand.receipt.tag == edition.md5:
        return None
    packed = places.temporary_path(errand.target)
    archive = packed.with_suffix(".tar")
    try:
        query = f"?date={edition.date:%Y%m%d}&suffix=tar.gz"
        errand.download_whole(url + query, packed, auth)
        unpack.gunzip(packed, archive)
        unpack.untar(archive, errand.target)
    finally:
        packed.unlink(missing_ok=True)
        archive.unlink(missing_ok=True)
    with errand.target.open("rb") as content:
        if hashlib.file_digest(content, _md5).hexdigest() != edition.md5:
            raise DataError(f"{name} differs from the checksum that MaxMind names")
    return Candidate(url, Fetched(edition.md5))


def _md5() -> hashlib._Hash:
    return hashlib.md5(usedforsecurity=False)


def _maxmind_edition(errand: Errand, name: str, auth: tuple[str, str]) -> _Edition:
    url = f"{_MAXMIND}/updates/metadata?edition_id={name}"
    payload = io.BytesIO()
    errand.downloader.fetch(errand.name, url, payload, cap=MEGABYTE, auth=auth)
    for edition in read_json(payload.getvalue(), _Metadata).databases:
        if edition.edition_id == name:
            return edition
    raise DataError(f"MaxMind does not offer {name} to this account")


def _ipinfo(errand: Errand) -> Candidate | None:
    """IPinfo's file knows both, so the ASN database is a copy of the country database."""
    if not errand.providers.ipinfo_token:
        raise DataError("IPinfo asks for a token; set it")
    if errand.name == "asn":
        return _same_file(errand)
    token = quote(errand.providers.ipinfo_token, safe="")
    fetched = errand.download(f"{_IPINFO}?token={token}", errand.target)
    return None if fetched is None else Candidate(_IPINFO, fetched)


def _same_file(errand: Errand) -> Candidate | None:
    country = receipts.load(errand.directory, "country")
    if country is None or country.provider != "ipinfo":
        raise DataError("it comes with IPinfo's country database, which is not there yet")
    if errand.receipt is not None and errand.receipt.sha256 == country.sha256:
        return None
    # A second name of the same file: both are mapped into memory once.
    errand.target.unlink(missing_ok=True)
    errand.target.hardlink_to(places.database_path(errand.directory, "country"))
    return Candidate(_IPINFO, Fetched(country.tag, country.modified))


def _file(errand: Errand) -> Candidate | None:
    """A file of the administrator's is copied: it may be rewritten in place at any time."""
    providers = errand.providers
    chosen = providers.country_file if errand.name == "country" else providers.asn_file
    if not chosen:
        raise DataError("no file is set to take it from")
    path = Path(chosen)
    try:
        state = path.stat()
        tag = f"{state.st_mtime_ns}-{state.st_size}"
        known = errand.known(chosen)
        if known is not None and known.tag == tag:
            return None
        unpack.plain(path, errand.target)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from error
    return Candidate(chosen, Fetched(tag))


SUPPLIERS: Final[dict[str, Callable[[Errand], Candidate | None]]] = {
    "dbip": _dbip,
    "maxmind": _maxmind,
    "ipinfo": _ipinfo,
    "file": _file,
}
"""How each provider is asked: leaves a new database at the target, or returns None without one."""

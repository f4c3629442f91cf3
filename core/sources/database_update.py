"""Brings one database up to date, or back to the copy before."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from core.errors import DataError
from core.sources import directory as places
from core.sources import receipt as receipts
from core.sources import validation
from core.sources.download import Downloader
from core.sources.progress import UpdateResult
from core.sources.providers import Providers
from core.sources.reader import Database
from core.sources.receipt import Receipt
from core.sources.suppliers import SUPPLIERS, Candidate, Errand


def update_database(
    directory: Path, name: str, providers: Providers, downloader: Downloader, now: float
) -> UpdateResult:
    """Fetch, check and install one database, if its provider has a newer one.

    Args:
        directory: the data directory, locked by the caller.
        name: ``country`` or ``asn``.
        providers: what the administrator chose.
        downloader: to fetch with.
        now: seconds since 1970.

    Raises:
        DataError: it cannot be fetched, or is not fit. The one in use stays.
        OSError: it cannot be written. The one in use stays.
    """
    path = places.database_path(directory, name)
    installed = receipts.load(directory, name) if _is_readable(path) else None
    same_provider = installed is not None and installed.provider == providers.country
    mine = installed if same_provider else None
    target = places.temporary_path(path)
    errand = Errand(name, providers, mine, downloader, directory, target, now)
    try:
        candidate = SUPPLIERS[providers.country](errand)
        if candidate is None:
            return _unchanged(directory, name, mine, now, "the provider has nothing newer")
        digest = _sha256(target)
        if installed is not None and digest == installed.refused:
            return _unchanged(directory, name, installed, now, "the newest was rolled back here")
        if mine is not None and digest == mine.sha256:
            again = msgspec.structs.replace(mine, fetched=now, **_origin(candidate))
            return _unchanged(directory, name, again, now, "the same data again")
        # An administrator may well go back to an older file of his own.
        before = path if mine is not None and providers.country != "file" else None
        findings = validation.check(name, target, before)
        places.put(target, path)
    finally:
        target.unlink(missing_ok=True)
    receipt = Receipt(
        providers.country,
        findings.vintage,
        fetched=now,
        checked=now,
        entries=findings.entries,
        sha256=digest,
        **_origin(candidate),
    )
    receipts.save(directory, name, receipt)
    text = f"now of {receipt.vintage}, with {receipt.entries} networks"
    return UpdateResult(name, "updated", text, receipt.vintage, receipt.entries)


def _unchanged(
    directory: Path, name: str, receipt: Receipt | None, now: float, text: str
) -> UpdateResult:
    """Note that the provider was asked."""
    if receipt is None:
        raise DataError("the provider says that nothing is newer, but nothing is here")
    receipts.save(directory, name, msgspec.structs.replace(receipt, checked=now), keep=False)
    return UpdateResult(name, "unchanged", text, receipt.vintage, receipt.entries)


def _origin(candidate: Candidate) -> dict[str, str]:
    fetched = candidate.fetched
    return {"url": candidate.url, "tag": fetched.tag, "modified": fetched.modified}


def roll_back_database(directory: Path, name: str) -> UpdateResult:
    """Exchange a database and the copy before, and remember which one was not wanted.

    Raises:
        DataError: there is no copy before.
        OSError: they could not be exchanged.
    """
    path = places.database_path(directory, name)
    if not places.previous_path(path).exists():
        raise DataError(f"there is no copy before of the {name} database")
    refused = _sha256(path) if path.exists() else ""
    places.swap_back(path)
    places.swap_back(places.receipt_path(directory, name))
    receipt = receipts.load(directory, name) or Receipt("file")
    receipt = msgspec.structs.replace(receipt, refused=refused)
    receipts.save(directory, name, receipt, keep=False)
    text = f"back to the one of {receipt.vintage or 'before'}"
    return UpdateResult(name, "updated", text, receipt.vintage, receipt.entries)


def _is_readable(path: Path) -> bool:
    database = Database(path)
    database.close()
    return database.node_count > 0


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()

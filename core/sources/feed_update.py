"""Brings one feed up to date, or back to the copy before."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from core.errors import DataError
from core.sources import directory as places
from core.sources import ranges, spf
from core.sources.acceptance import accept
from core.sources.download import Downloader, Fetched
from core.sources.feeds.feed import Feed
from core.sources.feeds.registry import FEEDS, FeedDescription
from core.sources.progress import Outcome, UpdateResult
from core.sources.ranges import Ranges

MEGABYTE: Final = 1024 * 1024
LARGEST: Final = 32 * MEGABYTE
"""Cap of one list, in bytes; the largest, Azure's, has about five megabytes."""

LARGEST_PAGE: Final = 4 * MEGABYTE
FORGET_DAYS: Final = 14
"""A size on which a provider insists for so long is no accident: it is not compared any more."""

_DAY: Final = 24 * 3600


def update_feed(
    directory: Path,
    name: str,
    downloader: Downloader,
    now: float,
    never: Iterable[str] = (),
    force: bool = False,
    key: str = "",
) -> UpdateResult:
    """Fetch, judge and install the ranges of one feed, if there are newer ones.

    Args:
        directory: the data directory, locked by the caller.
        name: the feed's name.
        downloader: to fetch with.
        now: seconds since 1970.
        never: own and exempt addresses, which no list of attackers may cover.
        force: fetch even if it was checked recently.
        key: the customer's key, for a list that asks for one.

    Raises:
        DataError: it cannot be fetched, or is refused. The ranges in use stay.
        OSError: it cannot be written. The ranges in use stay.
    """
    description = FEEDS.get(name)
    if description is None:
        raise DataError(f"there is no feed called {name!r}")
    if description.key_header and not key:
        raise DataError(f"it asks for a key; set lists.{name}_key")
    old = _installed(directory, name)
    if old is not None and not force and 0 <= now - old.checked < description.refresh_hours * 3600:
        hours = (now - old.checked) / 3600
        return _result("skipped", old, f"checked {hours:.0f} hours ago")
    fetched = _fetch(description, downloader, old.tags if old else (), key)
    if fetched is None and old is not None:
        ranges.save(directory, msgspec.structs.replace(old, checked=now), keep=False)
        return _result("unchanged", old, "the provider has nothing newer")
    if fetched is None:
        raise DataError("the provider says that nothing is newer, but nothing is here")
    fresh = old is not None and now - old.checked < FORGET_DAYS * _DAY
    last_count = old.count if old is not None and fresh else 0
    payloads, tags = fetched
    new = _judged(description, payloads, last_count, never)
    new = msgspec.structs.replace(new, fetched=now, checked=now, changed=now, tags=tags)
    return _install(directory, old, new)


def _judged(
    description: FeedDescription, payloads: list[bytes], last_count: int, never: Iterable[str]
) -> Ranges:
    """Parse what was downloaded, and keep what may be believed."""
    feed = _join([description.parse(payload) for payload in payloads])
    accepted = accept(feed, last_count, never if description.singles_out else ())
    note = "; ".join(filter(None, (feed.note, accepted.note)))
    return Ranges(
        description.name,
        feed.vintage,
        prefixes=accepted.prefixes,
        asns=accepted.asns,
        note=note,
    )


def _install(directory: Path, old: Ranges | None, new: Ranges) -> UpdateResult:
    """Write the new ranges; the same ones again do not push out the copy before."""
    same = old is not None and _content(old) == _content(new)
    if old is not None and same:
        new = msgspec.structs.replace(new, changed=old.changed)
    ranges.save(directory, new, keep=not same)
    if same:
        return _result("unchanged", new, "the same entries again")
    return _result("updated", new, f"now {new.count} entries")


def _content(found: Ranges) -> tuple[object, ...]:
    return found.vintage, found.prefixes, found.asns


def _installed(directory: Path, name: str) -> Ranges | None:
    try:
        return ranges.load(directory, name)
    except DataError:
        return None


def _fetch(
    description: FeedDescription,
    downloader: Downloader,
    tags: tuple[tuple[str, str], ...],
    key: str,
) -> tuple[list[bytes], tuple[tuple[str, str], ...]] | None:
    """Return payload and tags of every address; None when all say that nothing is newer."""
    if description.spf:
        return [spf.collect(domain) for domain in description.addresses], ()
    known = [Fetched(*tag) for tag in tags] if len(tags) == len(description.addresses) else []
    urls = [_locate(description, downloader, address) for address in description.addresses]
    fetch = partial(_download, downloader, description, key)
    answers = [fetch(url, known[position] if known else None) for position, url in enumerate(urls)]
    if all(answer is None for answer in answers):
        return None
    # Only what was accepted is kept, not what was downloaded: a part that has not changed has to be
    # fetched again when another part of the same list has.
    whole = [answer or fetch(url, None) for url, answer in zip(urls, answers, strict=True)]
    payloads = [answer[0] for answer in whole if answer]
    if len(payloads) != len(urls):
        raise DataError("the provider says that nothing is newer, but was not asked that")
    return payloads, tuple((answer[1].tag, answer[1].modified) for answer in whole if answer)


def _locate(description: FeedDescription, downloader: Downloader, address: str) -> str:
    if description.locate is None:
        return address
    page = io.BytesIO()
    downloader.fetch(description.name, address, page, cap=LARGEST_PAGE)
    return description.locate(page.getvalue())


def _download(
    downloader: Downloader,
    description: FeedDescription,
    key: str,
    url: str,
    known: Fetched | None,
) -> tuple[bytes, Fetched] | None:
    payload = io.BytesIO()
    header = description.key_header
    headers = {header: key, "Accept": "application/json"} if header else None
    fetched = downloader.fetch(
        description.name, url, payload, cap=LARGEST, headers=headers, known=known
    )
    return None if fetched is None else (payload.getvalue(), fetched)


def _join(feeds: list[Feed]) -> Feed:
    """Make one feed of its parts."""
    return Feed(
        tuple(prefix for feed in feeds for prefix in feed.prefixes),
        ", ".join(dict.fromkeys(feed.vintage for feed in feeds if feed.vintage)),
        {number: label for feed in feeds for number, label in feed.asns.items()},
        "; ".join(dict.fromkeys(feed.note for feed in feeds if feed.note)),
    )


def roll_back_feed(directory: Path, name: str) -> UpdateResult:
    """Exchange the ranges of a feed and those before.

    Raises:
        DataError: there are none before, or they cannot be read.
        OSError: they could not be exchanged.
    """
    if name not in FEEDS or not places.swap_back(places.ranges_path(directory, name)):
        raise DataError(f"there is no copy before of {name}")
    found = ranges.load(directory, name)
    if found is None:
        raise DataError(f"{name} is gone")
    return _result("updated", found, f"back to {found.count} entries")


def unwanted(directory: Path, wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the feeds whose ranges are here although they are not wanted any more."""
    others = (name for name in FEEDS if name not in set(wanted))
    return tuple(name for name in others if places.ranges_path(directory, name).exists())


def remove_feed(directory: Path, name: str) -> UpdateResult:
    """Remove the ranges of a feed, so that they stop counting.

    Raises:
        OSError: they could not be removed.
    """
    path = places.ranges_path(directory, name)
    path.unlink(missing_ok=True)
    places.previous_path(path).unlink(missing_ok=True)
    return UpdateResult(name, "removed", "it is not chosen any more")


def _result(outcome: Outcome, found: Ranges, text: str) -> UpdateResult:
    return UpdateResult(found.name, outcome, text, found.vintage, found.count)

"""Brings the databases and the feeds up to date, one after the other.

Each is fetched, checked and put in place in one step, and its last good copy stays whatever goes
wrong; one that fails never stops the others. Runs from a timer or by hand, never on the way to an
answer. The daemon is told afterwards to open its sources anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from core.errors import DataError
from core.sources import directory as places
from core.sources.database_update import roll_back_database, update_database
from core.sources.download import Downloader
from core.sources.feed_update import remove_feed, roll_back_feed, unwanted, update_feed
from core.sources.progress import Progress, Silent, UpdateResult
from core.sources.providers import Providers


def update(
    directory: Path,
    providers: Providers,
    *,
    progress: Progress | None = None,
    own: Iterable[str] = (),
    exempt: Iterable[str] = (),
    force: bool = False,
) -> list[UpdateResult]:
    """Bring everything up to date that the administrator chose.

    Args:
        directory: the data directory.
        providers: what was chosen. Feeds that are here but not chosen any more are removed.
        progress: who watches.
        own: addresses of this server.
        exempt: addresses and prefixes that administrators exempted.
        force: also fetch what was checked so recently that its provider asks to wait.

    Returns:
        how each source fared; failures are among them.

    Raises:
        DataError: nothing could be done at all: another update is at work, or the directory cannot
            be written.
    """
    watcher = progress or Silent()
    downloader = Downloader(providers.secrets, watcher)
    now = time.time()
    jobs: dict[str, Callable[[], UpdateResult]] = {}
    for name in providers.databases:
        jobs[name] = partial(update_database, directory, name, providers, downloader, now)
    never = (*own, *exempt)
    for name in providers.feed_names:
        key = providers.keys.get(name, "")
        jobs[name] = partial(update_feed, directory, name, downloader, now, never, force, key)
    for name in unwanted(directory, providers.feed_names):
        jobs[name] = partial(remove_feed, directory, name)
    results: list[UpdateResult] = []
    with places.locked(directory):
        places.sweep(directory, now)
        watcher.plan(tuple(jobs))
        for name, job in jobs.items():
            results.append(_attempt(name, job, downloader))
            watcher.end(results[-1])
    return results


def rollback(directory: Path, name: str) -> UpdateResult:
    """Put the copy before of a database or a feed back in use.

    The database that is taken out of use is not installed again by the next update; a later edition
    of it is. Calling this twice undoes it.

    Args:
        directory: the data directory.
        name: ``country``, ``asn`` or a feed's name.

    Raises:
        DataError: there is no copy before, or it cannot be put back.
    """
    try:
        with places.locked(directory):
            if name in places.DATABASES:
                return roll_back_database(directory, name)
            return roll_back_feed(directory, name)
    except OSError as error:
        raise DataError(f"{name} cannot be rolled back: {error}") from error


def _attempt(name: str, job: Callable[[], UpdateResult], downloader: Downloader) -> UpdateResult:
    try:
        return job()
    except (DataError, OSError) as error:
        text = str(error)
    except Exception as error:  # noqa: BLE001 - a fault in one source must not stop the others
        text = f"fault: {type(error).__name__}: {error}"
    return UpdateResult(name, "failed", downloader.redact(text))

"""The store and the settings in it, opened for one command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.cli.exit_code import Trouble
from core.cli.terminal import printable, remark
from core.settings.config import Config
from core.settings.scope import Resolved, typed
from core.store.store import Store


@contextmanager
def opened(config: Config) -> Iterator[Store]:
    """The store; it is made where there is none yet.

    Raises:
        StoreError, Trouble: it cannot be opened or made.
    """
    if not config.store.url:
        try:
            config.state.mkdir(parents=True, exist_ok=True, mode=0o750)
        except OSError as error:
            raise Trouble(f"{config.state} cannot be used: {error.strerror}") from error
    store = Store.open(config.store_url)
    try:
        if store.problem:
            remark(printable(store.problem))
        yield store
    finally:
        store.close()


def exists(config: Config) -> bool:
    """Whether there is a store already; one that a URL names is taken to be there."""
    return bool(config.store.url) or (config.state / "store.sqlite").exists()


def resolved(config: Config) -> Resolved:
    """All settings as they count now; the defaults where there is no store yet.

    What has to be left out of them is told on standard error.

    Raises:
        StoreError: the store cannot be read.
    """
    if not exists(config):
        return Resolved({})
    with opened(config) as store:
        found, problems = typed(store.settings.all())
    for problem in problems:
        remark(f"left out: {printable(problem)}")
    return found

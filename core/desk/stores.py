"""Opens the store for whoever sits at the desk."""

from __future__ import annotations

from core.errors import StoreError
from core.settings.config import Config
from core.store.store import Store


def open_store(config: Config) -> Store:
    """The store; it is made where there is none yet. Whoever opens it closes it.

    Raises:
        StoreError: it cannot be opened or made.
    """
    if not config.store.url:
        try:
            config.state.mkdir(parents=True, exist_ok=True, mode=0o750)
        except OSError as error:
            raise StoreError(f"{config.state} cannot be used: {error.strerror}") from error
    return Store.open(config.store_url)


def exists(config: Config) -> bool:
    """Whether there is a store already; one that a URL names is taken to be there."""
    return bool(config.store.url) or (config.state / "store.sqlite").exists()

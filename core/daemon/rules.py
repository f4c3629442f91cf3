"""Reads the settings for a snapshot, and keeps a copy for the day when the store is away."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from core.errors import DataError, StoreError
from core.settings.scope import Resolved, typed
from core.store import settings_copy
from core.store.audit import StoredScope
from core.store.store import Store


class Rules(Struct, frozen=True):
    """Settings as they count, and what had to be left out of them.

    Attributes:
        resolved: the settings.
        problems: what is wrong with them, for people.
        stale: the store could not be read, so that they are not its.
    """

    resolved: Resolved
    problems: tuple[str, ...]
    stale: bool = False


def read(store: Store | None, copy: Path) -> Rules:
    """The settings from the store; from the copy when that fails, and the defaults after that.

    Never raises: a daemon with yesterday's settings protects, one that did not start does not.
    """
    problem = "the store is closed"
    if store is not None:
        try:
            stored = store.settings.all()
        except StoreError as error:
            problem = str(error)
        else:
            resolved, problems = typed(stored)
            return Rules(resolved, (*problems, *_keep(stored, copy)))
    try:
        copied = settings_copy.read(copy)
    except FileNotFoundError:
        resolved, _ = typed({})
        return Rules(resolved, (f"{problem}; the built-in defaults are in force",), True)
    except DataError as error:
        resolved, _ = typed({})
        return Rules(resolved, (f"{problem}; {error}; the built-in defaults are in force",), True)
    resolved, problems = typed(copied)
    return Rules(resolved, (f"{problem}; the last known settings are in force", *problems), True)


def _keep(stored: Mapping[StoredScope, Mapping[str, Any]], copy: Path) -> tuple[str, ...]:
    try:
        settings_copy.write(copy, stored)
    except OSError as error:
        return (f"no copy of the settings could be kept: {error.strerror}",)
    return ()

"""Reads the settings for a snapshot, and keeps a copy for the day when the store is away.

The copy also remembers the last good value of each setting: where the store's is damaged, or is one
that this version does not know, that one counts and not the default, which may protect less.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from core.errors import DataError, StoreError
from core.settings.scope import Resolved, StoredValues, inspect, typed
from core.store import settings_copy
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
            found = inspect(stored, _former(copy))
            problems = (*found.problems, *_keep(found.worth_keeping, copy))
            return Rules(Resolved(found.overrides), problems)
    try:
        copied = settings_copy.read(copy)
    except FileNotFoundError:
        resolved, _ = typed({})
        return Rules(resolved, (f"{problem}; the built-in defaults are in force",), True)
    except DataError as error:
        resolved, _ = typed({})
        return Rules(resolved, (f"{problem}; {error}; the built-in defaults are in force",), True)
    resolved, left_out = typed(copied)
    return Rules(resolved, (f"{problem}; the last known settings are in force", *left_out), True)


def _former(copy: Path) -> StoredValues:
    """What the copy remembers; a copy that cannot be read remembers nothing and is written anew."""
    try:
        return settings_copy.read(copy)
    except (FileNotFoundError, DataError):
        return {}


def _keep(stored: StoredValues, copy: Path) -> tuple[str, ...]:
    try:
        settings_copy.write(copy, stored)
    except OSError as error:
        return (f"no copy of the settings could be kept: {error.strerror}",)
    return ()

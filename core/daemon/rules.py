"""Reads the settings for a snapshot, and keeps a copy for the day when the store is away.

The copy is a plain file beside the store, replaced whole after each good read; it is never newer
than the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from core.errors import StoreError
from core.settings.scope import Resolved, typed
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


class Copied(Struct):
    """One scope's values in the copy."""

    level: str
    name: str
    values: dict[str, Any]


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
        copied = msgspec.json.decode(copy.read_bytes(), type=list[Copied])
    except FileNotFoundError:
        resolved, _ = typed({})
        return Rules(resolved, (f"{problem}; the built-in defaults are in force",), True)
    except (OSError, msgspec.DecodeError) as error:
        resolved, _ = typed({})
        return Rules(
            resolved, (f"{problem}; so is its copy ({error}); the defaults are in force",), True
        )
    resolved, problems = typed({(scope.level, scope.name): scope.values for scope in copied})
    return Rules(resolved, (f"{problem}; the last known settings are in force", *problems), True)


def _keep(stored: Mapping[tuple[str, str], Mapping[str, Any]], copy: Path) -> tuple[str, ...]:
    scopes = [Copied(level, name, dict(values)) for (level, name), values in stored.items()]
    temporary = copy.with_suffix(".new")
    try:
        temporary.touch(mode=0o600)
        temporary.write_bytes(msgspec.json.encode(scopes))
        temporary.replace(copy)
    except OSError as error:
        return (f"no copy of the settings could be kept: {error.strerror}",)
    return ()

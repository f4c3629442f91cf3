"""A copy of all settings in a plain file beside the store, for the day when the store is lost.

The daemon replaces it whole after each good read, so it is never newer than the store. It is used
where the store cannot be read, and to fill a store that was damaged.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from core.errors import DataError
from core.store.audit import StoredScope
from core.store.disk import write_durably

NAME: Final = "settings.json"
"""What it is called."""


class _Scope(Struct):
    """One scope's values."""

    level: str
    name: str
    values: dict[str, Any]


def write(path: Path, stored: Mapping[StoredScope, Mapping[str, Any]]) -> None:
    """Replace the copy.

    Args:
        path: the file.
        stored: all settings, as `core.store.settings` has them.

    Raises:
        OSError: it could not be written; the earlier copy is still there.
    """
    scopes = [_Scope(level, name, dict(values)) for (level, name), values in stored.items()]
    temporary = path.with_suffix(".new")
    os.close(write_durably(temporary, msgspec.json.encode(scopes)))
    temporary.replace(path)


def read(path: Path) -> dict[StoredScope, dict[str, Any]]:
    """What the copy holds.

    Args:
        path: the file.

    Raises:
        FileNotFoundError: there is none yet.
        DataError: it cannot be read, or is damaged.
    """
    try:
        scopes = msgspec.json.decode(path.read_bytes(), type=list[_Scope])
    except FileNotFoundError:
        raise
    except (OSError, ValueError, RecursionError) as error:  # DecodeError is a ValueError
        raise DataError(f"the copy of the settings {path} cannot be read: {error}") from error
    return {(scope.level, scope.name): scope.values for scope in scopes}

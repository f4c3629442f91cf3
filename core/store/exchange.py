"""All settings as one JSON document, to keep or to bring to another server.

Exemptions are settings, so they are in it. Events, statistics and blocks are not: they belong to
the server where they happened.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec
from msgspec import Struct

from core.errors import StoreError
from core.store.audit import StoredScope
from core.store.settings import StoredSettings

FORMAT: Final = 1

Check = Callable[[StoredScope, dict[str, Any]], None]
"""Raises for values that are not legal in the scope; called before anything is changed."""


class ExportedScope(Struct, frozen=True, forbid_unknown_fields=True):
    """One scope in the document.

    Attributes:
        level, name: which.
        values: what it sets, by the setting's name.
    """

    level: str
    name: str
    values: dict[str, Any]


class Document(Struct, frozen=True, forbid_unknown_fields=True):
    """The document.

    Attributes:
        mailward_settings: the version of this format.
        scopes: what is set, in a fixed order.
    """

    mailward_settings: int
    scopes: list[ExportedScope]


def export(settings: StoredSettings) -> bytes:
    """The document with all that is set; equal settings give equal bytes.

    Raises:
        StoreError: the store cannot be read.
    """
    scopes = [
        ExportedScope(level, name, values)
        for (level, name), values in sorted(settings.all().items())
    ]
    text = msgspec.json.encode(Document(FORMAT, scopes), order="deterministic")
    return msgspec.json.format(text, indent=2) + b"\n"


def import_(
    settings: StoredSettings, payload: bytes, who: str, at: float, check: Check
) -> list[int]:
    """Set everything as the document says; what it does not set is inherited again.

    Args:
        settings: where.
        payload: the document.
        who: who does it, for the audit.
        at: when, seconds since 1970.
        check: refuses what is not legal.

    Returns:
        Numbers of the audit entries of what was different.

    Raises:
        StoreError: it is no such document, or it could not be written. Nothing was changed; an
            error of `check` changes nothing either.
    """
    try:
        document = msgspec.json.decode(payload, type=Document)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreError(f"the import is no export of Mailward's settings: {error}") from error
    if document.mailward_settings != FORMAT:
        raise StoreError(
            f"the import has format {document.mailward_settings}, this version reads {FORMAT}"
        )
    changes: dict[StoredScope, dict[str, Any]] = {}
    for scope in document.scopes:
        where = (scope.level, scope.name)
        if where in changes:
            raise StoreError(f"the import names {scope.level} {scope.name} twice")
        check(where, scope.values)
        changes[where] = scope.values
    return settings.change_many(changes, who, at, "import", replace=True)

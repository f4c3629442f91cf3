"""All settings of all scopes as one document: out, and in again with a preview."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from core.desk.change import Difference, commit, preview
from core.errors import SettingError
from core.settings import fields
from core.settings.complaint import complaint
from core.settings.scope import SERVER_SCOPE, Scope, scope_of
from core.store.exchange import FORMAT, Document, ExportedScope

if TYPE_CHECKING:
    from core.desk.desk import Desk, Told


def export(desk: Desk, *, secrets: bool = False) -> bytes:
    """All settings as a JSON document; equal settings give equal bytes.

    Args:
        desk: whose.
        secrets: whether keys and tokens are in it.

    Raises:
        StoreError: the store cannot be read.
    """
    scopes = []
    for (level, name), values in sorted(desk.stored().items()):
        kept = {key: value for key, value in values.items() if secrets or not is_secret(key)}
        if kept:
            scopes.append(ExportedScope(level, name, kept))
    text = msgspec.json.encode(Document(FORMAT, scopes), order="deterministic")
    return msgspec.json.format(text, indent=2) + b"\n"


def is_secret(name: str) -> bool:
    """Whether a setting is never shown; one that this version does not know is none."""
    return name in fields.FIELDS and fields.FIELDS[name].secret


def preview_import(
    desk: Desk,
    payload: bytes,
    *,
    merge: bool = False,
    server: bool = False,
    keep: Collection[str] = (),
) -> list[Difference]:
    """What making everything as a document says would change.

    Args:
        desk: whose.
        payload: the document.
        merge: keep what the document does not name, which is taken back else; secrets are kept in
            every case.
        server: look at the server's own settings only; domains and mailboxes are left as they are.
        keep: names of settings that are left as they are in every scope.

    Raises:
        SettingError: it is no such document, or something in it is not legal.
        StoreError: the store cannot be read.
    """
    for name in keep:
        fields.field(name)  # a typing error must not let it be overwritten
    changes = preview(desk, read_document(payload), replace=not merge)
    return [
        each
        for each in changes
        if each.name not in keep and not (server and each.scope != SERVER_SCOPE)
    ]


def carry_out(desk: Desk, changes: list[Difference], why: str = "import") -> Told:
    """Make what a preview shows, all or none; see `core.desk.change.commit`."""
    return commit(desk, changes, why)


def read_document(payload: bytes) -> Mapping[Scope, Mapping[str, Any]]:
    """The settings in a document, each of them checked.

    Raises:
        SettingError: it is no such document, or something in it is not legal; all that is wrong
            is told at once.
    """
    try:
        document = msgspec.json.decode(payload, type=Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SettingError(
            f"this is no export of Mailward's settings: {_in_words(error)}"
        ) from error
    if document.mailward_settings != FORMAT:
        raise SettingError(
            f"the document has format {document.mailward_settings}; this version reads {FORMAT}"
        )
    wanted: dict[Scope, dict[str, Any]] = {}
    wrong: list[str] = []
    for exported in document.scopes:
        try:
            _read_scope(exported, wanted, wrong)
        except SettingError as error:
            wrong.append(str(error))
    if wrong:
        raise SettingError(f"nothing was changed: {'; '.join(wrong)}")
    return wanted


def _in_words(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is no text in UTF-8"
    if isinstance(error, RecursionError):
        return "it is nested without end"
    return str(complaint(error)) if isinstance(error, msgspec.DecodeError) else str(error)


def _read_scope(
    exported: ExportedScope, wanted: dict[Scope, dict[str, Any]], wrong: list[str]
) -> None:
    if exported.level not in ("server", "domain", "mailbox"):
        raise SettingError(f"there is no level {exported.level!r}")
    scope = scope_of(**({exported.level: exported.name} if exported.level != "server" else {}))
    if scope in wanted:
        raise SettingError(f"{scope} stands there twice")
    values = wanted.setdefault(scope, {})
    for name, value in exported.values.items():
        try:
            values[name] = fields.plain(fields.check(name, value, scope.level))
        except SettingError as error:
            wrong.append(f"{scope}: {error}")

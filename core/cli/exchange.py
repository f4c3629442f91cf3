"""``export`` and ``import``: all settings as one JSON document, exemptions included."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, BinaryIO

import click
import msgspec

from core.cli.change import Difference, differences, make
from core.cli.session import Session, pass_session
from core.cli.stores import opened
from core.cli.terminal import emit, remark, say
from core.errors import SettingError
from core.settings import fields
from core.settings.scope import Scope, scope_of
from core.store.exchange import FORMAT, Document, ExportedScope


@click.command("export")
@click.argument("file", type=click.File("wb", lazy=True), default="-")
@click.option("--secrets", is_flag=True, help="Include keys and tokens, which are left out else.")
@pass_session
def export(session: Session, file: BinaryIO, secrets: bool) -> None:
    """Write all settings of all scopes to FILE, or to standard output.

    Equal settings give equal bytes, so that the document can be kept under version control.
    """
    with opened(session.config) as store:
        stored = store.settings.all()
    scopes = []
    for (level, name), values in sorted(stored.items()):
        kept = {key: value for key, value in values.items() if secrets or not _is_secret(key)}
        if kept:
            scopes.append(ExportedScope(level, name, kept))
    text = msgspec.json.encode(Document(FORMAT, scopes), order="deterministic")
    file.write(msgspec.json.format(text, indent=2) + b"\n")


def _is_secret(name: str) -> bool:
    return name in fields.FIELDS and fields.FIELDS[name].secret


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--yes", is_flag=True, help="Do not ask; needed where nobody can be asked.")
@click.option("--merge", is_flag=True, help="Keep what the document does not name.")
@click.option("--why", default="import", metavar="TEXT", help="Kept in the audit trail.")
@click.option("--json", "as_json", is_flag=True, help="The changes as one JSON document.")
@pass_session
def import_(
    session: Session,
    file: BinaryIO,
    dry_run: bool,
    yes: bool,
    merge: bool,
    why: str,
    as_json: bool,
) -> None:
    """Make the settings as the document in FILE says, all or none.

    What the document does not name is taken back, so that two servers become equal; secrets are
    kept. The changes are shown first. FILE `-` is standard input.
    """
    wanted = read_document(file.read())
    with opened(session.config) as store:
        changes = differences(store, wanted, replace=not merge)
        _show(changes, as_json)
        if dry_run or not changes:
            return
        if not yes:
            _ask(file)
        make(store, changes, session.who, why)
    remark("Done.")
    session.reload()


def read_document(payload: bytes) -> Mapping[Scope, Mapping[str, Any]]:
    """The settings in a document, each of them checked.

    Raises:
        SettingError: it is no such document, or something in it is not legal; all that is wrong
            is told at once.
    """
    try:
        document = msgspec.json.decode(payload, type=Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SettingError(f"this is no export of Mailward's settings: {error}") from error
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


def _show(changes: list[Difference], as_json: bool) -> None:
    if as_json:
        emit([each.document() for each in changes])
    elif changes:
        for each in changes:
            say(each.line)
    else:
        say("Nothing to do: everything is as the document says.")


def _ask(file: BinaryIO) -> None:
    if file.name in ("-", "<stdin>") or not sys.stdin.isatty():
        raise click.UsageError("nobody can be asked here: say --yes, or --dry-run to look only")
    click.confirm("Make these changes?", abort=True, err=True)

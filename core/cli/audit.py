"""``audit``: who changed which setting, and taking a change back."""

from __future__ import annotations

import time
from typing import Any

import click
from msgspec.structs import replace

from core.cli.change import Difference, scope_of_stored
from core.cli.moment import local
from core.cli.parameters import as_json, limit, since, until, why
from core.cli.session import Session, pass_session
from core.cli.stores import exists, opened
from core.cli.terminal import emit, remark, say, table
from core.errors import SettingError
from core.store.audit import AuditEntry, AuditFilter
from core.store.store import Store


@click.group()
def audit() -> None:
    """See who changed which setting, and take changes back."""


@audit.command("list")
@click.option("--name", default="", metavar="SETTING", help="Changes of one setting.")
@click.option("--who", default="", metavar="USER", help="Changes by one user.")
@since(None)
@until
@limit(50)
@as_json
@pass_session
def list_(
    session: Session,
    name: str,
    who: str,
    since: float | None,
    until: float | None,
    limit: int,
    as_json: bool,
) -> None:
    """List changes, newest first. Secrets are masked."""
    found: list[AuditEntry] = []
    if exists(session.config):
        with opened(session.config) as store:
            wanted = AuditFilter(name=name, who=who, since=since, until=until)
            found = store.audit.find(wanted, limit + 1)
    if as_json:
        emit([_document(entry) for entry in found[:limit]])
    elif found:
        table(
            ("id", "time", "who", "change", "why"),
            [
                (entry.id, local(entry.at), entry.who, difference(entry).line, entry.why)
                for entry in found[:limit]
            ],
            right=("id",),
            fold=("change", "why"),
        )
    else:
        say("No setting was changed.")
    if len(found) > limit:
        remark(f"There are more than {limit}; see --limit.")


def difference(entry: AuditEntry) -> Difference:
    """What an entry says."""
    return Difference(scope_of_stored(entry.scope), entry.name, entry.before, entry.after)


def _document(entry: AuditEntry) -> dict[str, Any]:
    head = {"id": entry.id, "at": entry.at, "who": entry.who, "why": entry.why}
    return head | difference(entry).document()


@audit.command()
@click.argument("number", metavar="ID", type=click.IntRange(1))
@why
@pass_session
def undo(session: Session, number: int, why: str) -> None:
    """Take one change back, as a change of its own.

    Refused when the setting was changed again since.
    """
    with opened(session.config) as store:
        undone = _undone(store, number)
        store.settings.undo(number, session.who, time.time(), why)
    say(undone.line)
    session.reload()


def _undone(store: Store, number: int) -> Difference:
    """What undoing would do.

    Raises:
        SettingError: there is no such change, or the setting was changed since.
    """
    found = store.audit.find(limit=1, before_id=number + 1)
    if not found or found[0].id != number:
        raise SettingError(f"there is no change number {number}")
    change = difference(found[0])
    present = store.settings.all().get(found[0].scope, {}).get(change.name)
    if present != change.after:
        now = replace(change, before=change.after, after=present)
        raise SettingError(f"change {number} was followed by another: {now.line}")
    return replace(change, before=change.after, after=change.before)

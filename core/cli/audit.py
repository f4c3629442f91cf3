"""``audit``: who changed which setting, and taking a change back."""

from __future__ import annotations

from typing import Any

import click

from core.cli.parameters import as_json, limit, since, until, why
from core.cli.session import Session, pass_session, tell
from core.cli.terminal import emit, remark, say, table
from core.desk import change
from core.desk.change import difference_of
from core.desk.moment import local
from core.store.audit import AuditEntry, AuditFilter


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
    wanted = AuditFilter(name=name, who=who, since=since, until=until)
    with session.desk(make=False) as desk:
        found = change.trail(desk, wanted, limit + 1)
    if as_json:
        emit([_document(entry) for entry in found[:limit]])
    elif found:
        table(
            ("id", "time", "who", "change", "why"),
            [
                (entry.id, local(entry.at), entry.who, difference_of(entry).line, entry.why)
                for entry in found[:limit]
            ],
            right=("id",),
            fold=("change", "why"),
        )
    else:
        say("No setting was changed.")
    if len(found) > limit:
        remark(f"There are more than {limit}; see --limit.")


def _document(entry: AuditEntry) -> dict[str, Any]:
    head = {"id": entry.id, "at": entry.at, "who": entry.who, "why": entry.why}
    return head | difference_of(entry).document()


@audit.command()
@click.argument("number", metavar="ID", type=click.IntRange(1))
@why
@pass_session
def undo(session: Session, number: int, why: str) -> None:
    """Take one change back, as a change of its own.

    Refused when the setting was changed again since.
    """
    with session.desk() as desk:
        undone, told = change.undo(desk, number, why)
    say(undone.line)
    tell(told)

"""``export`` and ``import``: all settings as one JSON document, exemptions included."""

from __future__ import annotations

from typing import BinaryIO

import click

from core.cli.consent import ask, yes
from core.cli.session import Session, pass_session, tell
from core.cli.terminal import emit, remark, say
from core.desk import exchange
from core.desk.change import Difference

_LOOK = "say --yes, or --dry-run to look only"


@click.command("export")
@click.argument("file", type=click.File("wb", lazy=True), default="-")
@click.option("--secrets", is_flag=True, help="Include keys and tokens, which are left out else.")
@pass_session
def export(session: Session, file: BinaryIO, secrets: bool) -> None:
    """Write all settings of all scopes to FILE, or to standard output.

    Equal settings give equal bytes, so that the document can be kept under version control.
    """
    with session.desk(make=False) as desk:
        file.write(exchange.export(desk, secrets=secrets))


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@yes
@click.option("--merge", is_flag=True, help="Keep what the document does not name.")
@click.option(
    "--server", is_flag=True, help="Only the server's own settings; domains and mailboxes stay."
)
@click.option(
    "--keep",
    multiple=True,
    metavar="NAME",
    help="A setting that stays as it is; may be said several times.",
)
@click.option("--why", default="import", metavar="TEXT", help="Kept in the audit trail.")
@click.option("--json", "as_json", is_flag=True, help="The changes as one JSON document.")
@pass_session
def import_(
    session: Session,
    file: BinaryIO,
    dry_run: bool,
    yes: bool,
    merge: bool,
    server: bool,
    keep: tuple[str, ...],
    why: str,
    as_json: bool,
) -> None:
    """Make the settings as the document in FILE says, all or none.

    What the document does not name is taken back, so that two servers become equal; secrets are
    kept. The changes are shown first. FILE `-` is standard input.

    To give many servers one policy, say --server and --keep what belongs to each of them.
    """
    with session.desk() as desk:
        changes = exchange.preview_import(desk, file.read(), merge=merge, server=server, keep=keep)
        _show(changes, as_json)
        if dry_run or not changes:
            return
        if not yes and file.name in ("-", "<stdin>"):
            raise click.UsageError(f"nobody can be asked here: {_LOOK}")
        ask("Make these changes?", yes=yes, hint=_LOOK)
        told = exchange.carry_out(desk, changes, why)
    remark("Done.")
    tell(told)


def _show(changes: list[Difference], as_json: bool) -> None:
    if as_json:
        emit([each.document() for each in changes])
    elif changes:
        for each in changes:
            say(each.line)
    else:
        say("Nothing to do: everything is as the document says.")

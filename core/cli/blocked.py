"""``blocked``: the accounts that may not send now, their history, and their release."""

from __future__ import annotations

import time

import click

from core.cli.exit_code import ExitCode
from core.cli.parameters import account_pattern, as_json, limit, since, until
from core.cli.session import Session, notes, pass_session
from core.cli.terminal import emit, remark, say, table
from core.desk import blocks
from core.desk.blocks import Standing
from core.desk.moment import length, local
from core.desk.text import printable
from core.errors import DaemonUnreachable
from core.store.blocks import BlockFilter, PastBlock


@click.group()
def blocked() -> None:
    """See and release the accounts that are blocked from sending."""


@blocked.command("list")
@as_json
@pass_session
def list_(session: Session, as_json: bool) -> None:
    """List the blocked accounts, with the time that is left, and those that are near the limit."""
    found = _standing(session)
    notes(found.notes)
    if as_json:
        emit({"blocked": found.blocked, "near": found.near})
        return
    if found.blocked:
        table(
            ("account", "since", "until", "left", "why"),
            [
                (
                    block.account,
                    local(block.started),
                    local(block.until),
                    length(block.left),
                    block.evidence,
                )
                for block in found.blocked
            ],
            fold=("account", "why"),
        )
    else:
        say("No account is blocked.")
    if found.near:
        say()
        table(
            ("near the limit", "used"),
            [(each.account, each.used) for each in found.near],
            right=("used",),
        )


def _standing(session: Session) -> Standing:
    """Without a desk as long as the daemon answers: opening the store would take longer."""
    try:
        return blocks.by_daemon(session.control)
    except DaemonUnreachable:
        with session.desk(make=False) as desk:
            return blocks.standing(desk)


@blocked.command()
@click.argument("accounts", metavar="ACCOUNT...", nargs=-1, required=True)
@pass_session
@click.pass_context
def release(ctx: click.Context, session: Session, accounts: tuple[str, ...]) -> None:
    """Let accounts send again, now. What they have sent so far is forgotten.

    Exit code 1 when one of them was not blocked.
    """
    with session.desk(make=False) as desk:
        found = blocks.release(desk, accounts)
    notes(found.notes)
    for each in found.releases:
        said = "may send again" if each.done else "was not blocked"
        say(f"{printable(each.account)} {said}.")
    if not all(each.done for each in found.releases):
        ctx.exit(ExitCode.PROBLEMS)


@blocked.command()
@account_pattern
@since("30d")
@until
@limit(100)
@as_json
@pass_session
def history(
    session: Session, account: str, since: float, until: float | None, limit: int, as_json: bool
) -> None:
    """Show past and present blocks, newest first."""
    wanted = BlockFilter(account=account, since=since, until=until)
    with session.desk(make=False) as desk:
        found = blocks.history(desk, wanted, limit + 1)
    if as_json:
        emit(found[:limit])
        return
    if not found:
        say(f"No account was blocked since {local(since)}.")
        return
    table(
        ("account", "since", "until", "ended", "why"),
        [
            (block.account, local(block.started), local(block.until), _end(block), block.evidence)
            for block in found[:limit]
        ],
        fold=("account", "ended", "why"),
    )
    if len(found) > limit:
        remark(f"There are more than {limit}; see --limit.")


def _end(block: PastBlock) -> str:
    how = blocks.ending(block, time.time())
    if block.released_at is None:
        return how
    return f"{how} {local(block.released_at)} by {block.released_by}"

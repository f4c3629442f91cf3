"""``stolen``: the accounts that look stolen, and what was seen of them."""

from __future__ import annotations

import click

from core.cli.exit_code import ExitCode
from core.cli.parameters import account_pattern, as_json, limit, since
from core.cli.session import Session, notes, pass_session
from core.cli.terminal import emit, remark, say, table
from core.desk import stolen as desk_stolen
from core.desk.moment import local
from core.desk.text import printable
from core.labels import SIGNALS
from core.store.signals import PastSignal, SignalFilter
from core.words import SignalKind

CLOSED = {
    "owner": "it was the owner",
    "handled": "seen to",
    "password": "the password was changed",
}


@click.group()
def stolen() -> None:
    """See the accounts that look stolen, and say what came of it."""


@stolen.command("list")
@account_pattern
@since("30d")
@click.option("--all", "with_closed", is_flag=True, help="Also those that somebody has closed.")
@limit(100)
@as_json
@pass_session
def list_(
    session: Session, account: str, since: float, with_closed: bool, limit: int, as_json: bool
) -> None:
    """List the open signals, newest first.

    A first login from a country or a VPN is listed and told to nobody.
    """
    wanted = SignalFilter(account=account, since=since, open=None if with_closed else True)
    with session.desk(make=False) as desk:
        found = desk_stolen.find(desk, wanted, limit + 1)
    if as_json:
        emit(found[:limit])
        return
    if not found:
        say(f"No account has looked stolen since {local(since)}.")
        return
    table(
        ("account", "last seen", "what", "evidence", "done"),
        [
            (each.account, local(each.last), _kind(each), each.evidence, _done(each))
            for each in found[:limit]
        ],
        fold=("account", "evidence", "done"),
    )
    if len(found) > limit:
        remark(f"There are more than {limit}; see --limit.")


@stolen.command()
@click.argument("account")
@as_json
@pass_session
def show(session: Session, account: str, as_json: bool) -> None:
    """Show all that is on record of one account, open and closed."""
    with session.desk(make=False) as desk:
        name = desk.rules().resolved.account(account)
        found = desk_stolen.find(desk, SignalFilter(account=name.replace("*", "")))
    if as_json:
        emit(found)
        return
    if not found:
        say(f"{printable(name)} has never looked stolen.")
    for each in found:
        say(f"{local(each.at)} to {local(each.last)}  {_kind(each)}")
        say(f"    {printable(each.evidence)}")
        say(f"    {printable(_done(each))}")


@stolen.command()
@click.argument("accounts", metavar="ACCOUNT...", nargs=-1, required=True)
@click.option(
    "--owner",
    is_flag=True,
    help="It was the owner: the countries are known from now on. Without it: somebody saw to it.",
)
@click.option("--keep-block", is_flag=True, help="Leave the block that came of it.")
@pass_session
@click.pass_context
def close(
    ctx: click.Context, session: Session, accounts: tuple[str, ...], owner: bool, keep_block: bool
) -> None:
    """Close the signals of accounts, and end the blocks that came of them.

    Exit code 1 when one of them had none.
    """
    complete = True
    with session.desk(make=False) as desk:
        for account in accounts:
            found = desk_stolen.close(desk, account, owner=owner, release=not keep_block)
            notes(found.notes)
            complete = complete and bool(found.closed)
            released = "; it may send again" if found.released else ""
            count = {0: "No signal was", 1: "1 signal is"}.get(
                found.closed, f"{found.closed} signals are"
            )
            verb = "open" if not found.closed else "closed"
            say(f"{printable(account)}: {count} {verb}{released}.")
    if not complete:
        ctx.exit(ExitCode.PROBLEMS)


def _kind(signal: PastSignal) -> str:
    return SIGNALS[SignalKind(signal.kind)] if signal.kind in SIGNALS else printable(signal.kind)


def _done(signal: PastSignal) -> str:
    if signal.closed_at is None:
        return {"noted": "noted", "informed": "told"}.get(signal.action, "blocked, told")
    closed = CLOSED.get(signal.closed_as, signal.closed_as)
    return f"{closed}: {local(signal.closed_at)}, {signal.closed_by}"

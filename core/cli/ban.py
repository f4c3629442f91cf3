"""``ban``: shut out whom the daemon wants to be shut out. Needs root, as firewalls do."""

from __future__ import annotations

from pathlib import Path

import click

from core.cli.consent import require_root
from core.cli.exit_code import ExitCode
from core.cli.parameters import as_json
from core.cli.session import Session, pass_session
from core.cli.terminal import emit, remark, say
from core.desk.bans import BanDesk, BanPicture
from core.desk.text import counted, printable
from core.system.host import Host

MOST_SHOWN = 20
"""Addresses that are never banned, and are named."""


@click.group()
def ban() -> None:
    """Shut out attackers that go on although they are refused (ban.action).

    The daemon says whom, and root does it: a service starts `ban apply` whenever that changes.
    """


@ban.command()
@as_json
@pass_session
@click.pass_context
def apply(ctx: click.Context, session: Session, as_json: bool) -> None:
    """Ban whom the daemon wants, and nobody else. Twice is as good as once.

    Never banned are this server itself, private networks, anything wider than a /24 or a /48, and
    addresses from which somebody is logged in to this server now.
    """
    found = _desk(session).apply()
    _show(found, as_json)
    if found.problems:
        ctx.exit(ExitCode.PROBLEMS)


@ban.command()
@as_json
@pass_session
def show(session: Session, as_json: bool) -> None:
    """Say who is banned, and who never is. Changes nothing."""
    _show(_desk(session).show(), as_json)


@ban.command()
@pass_session
@click.pass_context
def clear(ctx: click.Context, session: Session) -> None:
    """Take back every ban of ours. Set ban.action to off first, or they come back."""
    problems = _desk(session).clear()
    for each in problems:
        remark(printable(each))
    if problems:
        ctx.exit(ExitCode.PROBLEMS)
    say("Nobody is banned by Mailward.")


def _desk(session: Session) -> BanDesk:
    require_root("look at bans and change them")
    return BanDesk(session.config, Host(Path("/")))


def _show(found: BanPicture, as_json: bool) -> None:
    if as_json:
        emit(found)
        return
    say(f"action   {found.action}")
    say(f"wanted   {counted(found.banned, 'address', 'addresses')}")
    if found.now is not None:
        say(f"banned   {counted(len(found.now), 'address', 'addresses')}")
        for each in found.now:
            say(f"         {printable(each)}")
    for left in found.left_out[:MOST_SHOWN]:
        say(f"never    {printable(left.address)} {left.why}")
    if len(found.left_out) > MOST_SHOWN:
        say(f"never    {len(found.left_out) - MOST_SHOWN:,} more")
    for problem in found.problems:
        remark(printable(problem))

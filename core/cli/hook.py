"""``hook``: make the mail servers ask the daemon, look whether they do, and take it back."""

from __future__ import annotations

from typing import Any

import click

from core.cli.consent import ask, require_root, yes
from core.cli.exit_code import ExitCode
from core.cli.parameters import as_json
from core.cli.session import Session, pass_session
from core.cli.terminal import emit, paint, remark, say
from core.desk import hooks
from core.desk.hooks import HookReport
from core.desk.repair import confirmation
from core.desk.text import printable
from core.panel import Change, HookState, Knock, MailHook

server = click.argument("name", required=False, metavar="[SERVER]")
"""Which mail server; without it all that are here."""

_CHANGE = "change the mail servers' configuration"


@click.group()
def hook() -> None:
    """Make the mail servers ask the daemon. The only verbs that need root.

    SERVER is postfix or dovecot; without it every one that is here is meant.
    """


def _hooks(session: Session, name: str | None) -> list[MailHook]:
    return hooks.hooks(session.config, session.panel, name)


@hook.command()
@server
@as_json
@pass_session
def plan(session: Session, name: str | None, as_json: bool) -> None:
    """Show what `apply` would change, with a diff of every file. Changes nothing."""
    plans = [each.plan() for each in _hooks(session, name)]
    if as_json:
        emit([each.as_data() for each in plans])
    else:
        say("\n".join(_text(each) for each in plans).removesuffix("\n"))


def _text(change: Change) -> str:
    return "\n".join(printable(line) for line in change.describe().split("\n"))


@hook.command()
@server
@yes
@click.option(
    "--no-probe",
    is_flag=True,
    help="Do not knock at the mail server's ports to see whether the daemon is asked.",
)
@pass_session
def apply(session: Session, name: str | None, yes: bool, no_probe: bool) -> None:
    """Make the mail servers ask the daemon.

    Afterwards every guarded port is knocked at, and the daemon must have been asked; otherwise
    everything is put back. Where all is in place already, only the knocking is done.
    """
    require_root(_CHANGE)
    if not no_probe:
        session.control.call("status")
    for each in _hooks(session, name):
        change = each.plan()
        say(_text(change).removesuffix("\n"))
        ask(f"Change {each.name}?", yes=yes)
        confirm = None if no_probe else confirmation(session.control, each)
        if change.apply(confirm):
            say(paint(f"{each.name}: done", "green"))
        else:
            if confirm is not None:
                confirm()
            say(paint(f"{each.name}: was in place already", "green"))
        _tell_left(change)


def _tell_left(change: Change) -> None:
    for each in change.left:
        remark(f"left in place: {printable(each)}")


@hook.command()
@server
@as_json
@pass_session
@click.pass_context
def verify(ctx: click.Context, session: Session, name: str | None, as_json: bool) -> None:
    """Say whether the hooks are in place, and knock to see whether the daemon is really asked.

    Exit code 1 when one is missing, was edited by someone else, or does not work; 3 when the
    daemon cannot be reached, so that nothing was knocked at.
    """
    found = hooks.self_test(_hooks(session, name), session.control)
    if as_json:
        emit([_document(each) for each in found])
    else:
        for each in found:
            say(f"{each.name:<8} {paint(each.state, 'green' if each.is_good else 'red')}")
            if each.problem:
                say(f"         {printable(each.problem)}")
            for knock in each.ports:
                say(f"         {printable(knock.port)}: {_heard(knock)}")
    if not all(each.is_good for each in found):
        in_place = all(each.state == HookState.INSTALLED for each in found)
        away = in_place and not any(each.probed for each in found)
        ctx.exit(ExitCode.UNREACHABLE if away else ExitCode.PROBLEMS)


def _heard(knock: Knock) -> str:
    if knock.answer == "cannot say":
        return "does not greet" if knock.problem else "greets"
    return knock.answer


def _document(each: HookReport) -> dict[str, Any]:
    return {
        "name": each.name,
        "state": each.state,
        "probed": each.probed,
        "problem": each.problem,
        "ports": each.ports,
    }


@hook.command()
@server
@yes
@pass_session
def undo(session: Session, name: str | None, yes: bool) -> None:
    """Take everything back; other people's edits are kept."""
    require_root(_CHANGE)
    for each in _hooks(session, name):
        change = each.recorded()
        if change is None:
            say(f"{each.name}: nothing to take back")
            continue
        ask(f"Take back what was changed for {each.name}?", yes=yes)
        change.undo()
        say(f"{each.name}: taken back")
        _tell_left(change)


@hook.command()
@server
@pass_session
def resume(session: Session, name: str | None) -> None:
    """Finish what was interrupted, as by a crash."""
    require_root(_CHANGE)
    for each in _hooks(session, name):
        change = each.recorded()
        done = change is not None and change.resume(confirmation(session.control, each))
        say(f"{each.name}: {'finished' if done else 'nothing was interrupted'}")
        if change is not None:
            _tell_left(change)

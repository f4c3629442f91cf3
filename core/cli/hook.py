"""``hook``: make the mail servers ask the daemon, look whether they do, and take it back."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from core.cli.exit_code import ExitCode, Trouble
from core.cli.parameters import as_json
from core.cli.session import Session, pass_session
from core.cli.terminal import emit, paint, printable, remark, say
from core.errors import ControlError, DaemonUnreachable, MailwardError, PanelAbsent, PlanError
from core.panel import Change, Doors, HookState, MailHook
from core.settings.config import Config
from core.system import secret_file

server = click.argument("name", required=False, metavar="[SERVER]")
"""Which mail server; without it all that are here."""


@click.group()
def hook() -> None:
    """Make the mail servers ask the daemon. The only verbs that need root.

    SERVER is postfix or dovecot; without it every one that is here is meant.
    """


def records(config: Config) -> Path:
    """Where the undo records lie: beside the state directory, not in it.

    Root writes into foreign files what stands in them, so the daemon's user must not be able to
    replace them; the state directory is his.
    """
    return config.state.with_name(f"{config.state.name}-undo")


def _hooks(session: Session, name: str | None) -> list[MailHook]:
    config = session.config
    try:
        config.state.mkdir(parents=True, exist_ok=True, mode=0o750)
        secret = secret_file.read(config.state / "dovecot.secret")
        owner = pwd.getpwuid(config.state.stat().st_uid).pw_name
    except OSError as error:
        raise Trouble(f"{config.state} cannot be used: {error.strerror}") from error
    except KeyError:
        owner = "root"
    dovecot = config.listen.dovecot
    doors = Doors(config.policy, "" if dovecot == "off" else dovecot, secret, owner)
    found = session.panel.hooks(doors, records(config))
    if name is not None:
        found = [each for each in found if each.name == name]
    if not found:
        wanted = f"{name} is not" if name else "no mail server that can be asked to ask us is"
        raise PanelAbsent(f"{wanted} installed here")
    return found


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
@click.option("--yes", is_flag=True, help="Do not ask; needed where nobody can be asked.")
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
    _require_root()
    if not no_probe:
        session.control.call("status")
    for each in _hooks(session, name):
        change = each.plan()
        say(_text(change).removesuffix("\n"))
        if not yes:
            _ask(f"Change {each.name}?")
        confirm = None if no_probe else _confirmation(session, each)
        if change.apply(confirm):
            say(paint(f"{each.name}: done", "green"))
        else:
            if confirm is not None:
                confirm()
            say(paint(f"{each.name}: was in place already", "green"))
        _tell_left(change)


def _require_root() -> None:
    if os.geteuid() != 0:
        raise Trouble("only root may change the mail servers' configuration")


def _ask(question: str) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("nobody can be asked here: say --yes")
    click.confirm(question, abort=True, err=True)


def _asked(session: Session) -> Callable[[str], bool]:
    def asked(marker: str) -> bool:
        try:
            return bool(session.control.call("seen", marker=marker)["seen"])
        except ControlError as error:
            raise PlanError(f"the daemon cannot say whether it was asked: {error}") from error

    return asked


def _confirmation(session: Session, each: MailHook) -> Callable[[], None]:
    def confirm() -> None:
        # The daemon may have had no folder for its socket until now.
        try:
            session.control.call("reload")
        except ControlError as error:
            raise PlanError(f"the daemon cannot be told: {error}") from error
        each.probe(_asked(session))

    return confirm


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
    asked = _asked(session)
    try:
        session.control.call("status")
        away = ""
    except DaemonUnreachable as error:
        away = str(error)
    found = [_verified(each, asked, away) for each in _hooks(session, name)]
    if as_json:
        emit(found)
    else:
        for line in found:
            good = line["state"] == HookState.INSTALLED and not line["problem"]
            say(f"{line['name']:<8} {paint(line['state'], 'green' if good else 'red')}")
            if line["problem"]:
                say(f"         {printable(line['problem'])}")
    if any(line["state"] != HookState.INSTALLED or line["problem"] for line in found):
        alone = away and all(line["state"] == HookState.INSTALLED for line in found)
        ctx.exit(ExitCode.UNREACHABLE if alone else ExitCode.PROBLEMS)


def _verified(each: MailHook, asked: Callable[[str], bool], away: str) -> dict[str, Any]:
    try:
        state: str = each.verify()
    except MailwardError as error:
        return {"name": each.name, "state": "unknown", "probed": False, "problem": str(error)}
    found = {"name": each.name, "state": state, "probed": False, "problem": ""}
    if state != HookState.INSTALLED:
        return found
    if away:
        return found | {"problem": f"not knocked at: {away}"}
    try:
        each.probe(asked)
    except PlanError as error:
        return found | {"probed": True, "problem": str(error)}
    return found | {"probed": True}


@hook.command()
@server
@click.option("--yes", is_flag=True, help="Do not ask; needed where nobody can be asked.")
@pass_session
def undo(session: Session, name: str | None, yes: bool) -> None:
    """Take everything back; other people's edits are kept."""
    _require_root()
    for each in _hooks(session, name):
        change = each.recorded()
        if change is None:
            say(f"{each.name}: nothing to take back")
            continue
        if not yes:
            _ask(f"Take back what was changed for {each.name}?")
        change.undo()
        say(f"{each.name}: taken back")
        _tell_left(change)


@hook.command()
@server
@pass_session
def resume(session: Session, name: str | None) -> None:
    """Finish what was interrupted, as by a crash."""
    _require_root()
    for each in _hooks(session, name):
        change = each.recorded()
        done = change is not None and change.resume(_confirmation(session, each))
        say(f"{each.name}: {'finished' if done else 'nothing was interrupted'}")
        if change is not None:
            _tell_left(change)

"""``install``, ``upgrade``, ``uninstall``, ``reconcile``, ``doctor``: Mailward on this server."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import click
import msgspec

from core.cli.consent import ask, require_root, yes
from core.cli.exit_code import ExitCode
from core.cli.parameters import as_json
from core.cli.session import Session, pass_session
from core.cli.terminal import emit, paint, remark, say
from core.desk import installation
from core.desk.act import Act
from core.desk.doctor import Doctor, Health
from core.desk.installing import Installer
from core.desk.repair import Repairer
from core.desk.text import printable
from core.desk.uninstalling import Uninstaller
from core.licence.licence import Licence
from core.system import ownership, units
from core.system.command import own_command
from core.system.host import Host
from core.system.services import Services

LOG = "install.log"
"""In the log directory: what installers did here, for whoever is asked about it later."""

_CHANGE = "change this server"


def _installer(session: Session) -> Installer:
    host = Host()
    site = installation.site_of(session.config, session.panel, own_command(), host)
    return Installer(site, session.panel, host, session.control)


def _uninstaller(session: Session) -> Uninstaller:
    host = Host()
    site = installation.site_of(session.config, session.panel, own_command(), host)
    return Uninstaller(site.config, session.panel, host)


@click.command()
@click.option("--licence", "key", metavar="KEY", help="The licence key; without it the trial.")
@click.option("--dry-run", is_flag=True, help="Show every change, with diffs, and make none.")
@yes
@pass_session
def install(session: Session, key: str | None, dry_run: bool, yes: bool) -> None:
    """Install Mailward on this server: users, services, the panel's pages, the mail servers' hooks.

    May be run again at any time: what is in place stays, what an earlier run left unfinished is
    finished, and nothing that was set is lost. Mail goes on all the while.
    """
    installer = _installer(session)
    if dry_run:
        for change in installer.plans():
            say("\n".join(printable(line) for line in change.describe().splitlines()))
        return
    require_root(_CHANGE)
    session.panel.probe()
    ask(f"Install Mailward on this server ({session.panel.name})?", yes=yes)
    _show(session, "install", installer.install(_licensing(session, key)))


def _licensing(session: Session, key: str | None) -> Callable[[], None] | None:
    if key is None:
        return None

    licence = Licence(session.config.state, session.panel.name)
    licence.check(key, time.time())  # before anything is changed

    def set_key() -> None:
        licence.set(key, time.time())

    return set_key


@click.command()
@pass_session
def upgrade(session: Session) -> None:
    """Finish an upgrade whose program was unpacked just now: units, data, hooks, services."""
    require_root(_CHANGE)
    _show(session, "upgrade", _installer(session).upgrade())


@click.command()
@click.option("--purge", is_flag=True, help="Also delete events, settings, licence and logs.")
@yes
@pass_session
def uninstall(session: Session, purge: bool, yes: bool) -> None:
    """Take Mailward away: every file that it changed gets its old content back.

    What others changed since is kept. Without --purge, events and settings stay for a later
    installation.
    """
    require_root(_CHANGE)
    what = "and delete everything that it knows" if purge else "(events and settings stay)"
    ask(f"Take Mailward off this server {what}?", yes=yes)
    _show(session, "uninstall", _uninstaller(session).uninstall(purge=purge), log=not purge)


def _show(session: Session, verb: str, acts: Iterable[Act], *, log: bool = True) -> None:
    """Print each act when it is over, and write it down."""
    failed = False
    for act in acts:
        mark = paint("failed", "red") if act.problem else paint("done", "green")
        say(f"{act.name}: {mark}")
        lines = [*filter(None, (act.problem,)), *act.notes]
        for line in lines:
            (remark if act.problem else say)(f"  {printable(line)}")
        failed = failed or bool(act.problem)
        if log:
            _write_down(session.config.log, verb, act)
    if failed:
        remark(f"mailward {verb}: not everything worked; run it again when that is mended")
        sys.exit(ExitCode.PROBLEMS)


def _write_down(folder: Path, verb: str, act: Act) -> None:
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    text = "; ".join(filter(None, (act.problem, *act.notes))) or "done"
    try:
        # Root writes it, in a folder of the daemon's.
        ownership.append(folder / LOG, f"{stamp} {verb}: {act.name}: {printable(text)}\n")
    except OSError:
        return  # a log that cannot be written must not stop an installation


@click.command()
@click.option("--again", is_flag=True, help="Also what was given up because somebody undoes it.")
@click.option("--no-probe", is_flag=True, help="Do not knock at the mail server's ports.")
@as_json
@pass_session
def reconcile(session: Session, again: bool, no_probe: bool, as_json: bool) -> None:
    """Look whether the panel or an update undid something of ours, and set it right.

    The service manager runs it every few minutes and whenever the mail server's files change.
    """
    require_root(_CHANGE)
    repairer = Repairer(session.config, session.panel, session.control)
    if again:
        repairer.forget_rounds()
    services = Services(Host())
    # First: what changes after the last look and before we have ended brings nobody.
    for problem in services.revive(units.WATCHERS) if services.available else ():
        remark(printable(problem))
    found = repairer.run(probe=not no_probe)
    if as_json:
        emit(msgspec.to_builtins(found))
    else:
        for repair in found:
            if repair.done:
                say(f"{repair.name}: set right")
            if repair.problem:
                remark(f"{repair.name}: {printable(repair.problem)}")
    if any(repair.problem for repair in found):
        sys.exit(ExitCode.PROBLEMS)


@click.command()
@as_json
@pass_session
def doctor(session: Session, as_json: bool) -> None:
    """Examine this server: is all in place, does it run, is the daemon really asked?

    Knocks at every guarded port. Exit code 1 when something is ill.
    """
    host = Host()
    site = installation.site_of(session.config, session.panel, own_command(), host)
    findings = []
    with session.desk(make=False) as desk:
        for finding in Doctor(desk, site, host, time.time).examine():
            findings.append(finding)
            if not as_json:
                say(f"{_MARK[finding.health]} {finding.subject}: {printable(finding.text)}")
                if finding.advice:
                    say(f"       {printable(finding.advice)}")
    if as_json:
        emit(msgspec.to_builtins(findings))
    if any(finding.health is Health.ILL for finding in findings):
        sys.exit(ExitCode.PROBLEMS)


_MARK = {Health.WELL: "well ", Health.LOOK: "look ", Health.ILL: "ILL  "}

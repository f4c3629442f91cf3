"""``explain``: the whole decision path for one client."""

from __future__ import annotations

import time

import click
import msgspec

from core.cli.parameters import as_json
from core.cli.session import Session, notes, pass_session
from core.cli.terminal import emit, paint, say
from core.desk.decision import Decided, by_daemon, decide_here
from core.desk.text import printable
from core.engine.explain import lines
from core.errors import DaemonUnreachable
from core.licence.situation import situation
from core.net.addresses import parse
from core.words import Verdict


@click.command()
@click.argument("ip")
@click.option(
    "--account",
    default="",
    metavar="LOGIN",
    help="Login name; without it, a client that has not logged in yet.",
)
@click.option(
    "--port",
    default=587,
    show_default=True,
    type=click.IntRange(1, 65_535),
    help="The port that the client connects to.",
)
@as_json
@pass_session
def explain(session: Session, ip: str, account: str, port: int, as_json: bool) -> None:
    """Say what happens to a client with this IP address, and why.

    Every check is shown in the order in which it is asked, with its evidence. Nothing is counted.
    The running daemon is asked, because it knows the present send windows; without one the same
    decision is made from the store, the ledger of blocks and the data.
    """
    if parse(ip) is None:
        raise click.BadParameter(f"{ip!r} is no IP address", param_hint="IP")
    found = _decided(session, ip, account, port)
    notes(found.notes)
    explanation = found.explanation
    if as_json:
        emit(
            {
                "verdict": explanation.verdict,
                "decided_by": found.by,
                **msgspec.to_builtins(explanation),
            }
        )
        return
    for line in lines(explanation):
        shown = printable(line)
        if line.startswith("=> "):
            shown = paint(shown, "green" if explanation.verdict is Verdict.ALLOW else "red")
        say(shown)


def _decided(session: Session, ip: str, account: str, port: int) -> Decided:
    """Without a desk as long as the daemon answers: opening the store would take longer."""
    try:
        return by_daemon(session.control, ip, account, port)
    except DaemonUnreachable:
        off = situation(session.config.state, session.panel, time.time()).gate.off()
        with session.desk(make=False) as desk:
            rules = desk.rules()
            notes(f"left out: {each}" for each in rules.left_out)
            store = desk.store if desk.has_store else None
            return decide_here(desk.config, rules.resolved, ip, account, port, off, store)

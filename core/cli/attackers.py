"""``attackers``: those who guessed passwords here, what is known of an address, and a way out."""

from __future__ import annotations

import time

import click

from core.cli.exit_code import ExitCode
from core.cli.parameters import as_json, limit, since
from core.cli.session import Session, notes, pass_session
from core.cli.terminal import emit, remark, say, table
from core.desk import attackers as desk_attackers
from core.desk.attackers import Attackers, Standing
from core.desk.moment import length, local
from core.desk.text import printable
from core.errors import DaemonUnreachable
from core.store.attacker import Attacker


@click.group()
def attackers() -> None:
    """See who guessed passwords on this server, and let somebody pass again."""


@attackers.command("list")
@limit(100)
@as_json
@pass_session
def list_(session: Session, limit: int, as_json: bool) -> None:
    """List the attackers that are refused now, the newest first."""
    found = _standing(session, limit)
    notes(found.notes)
    if as_json:
        emit({"attackers": found.attackers, "count": found.count})
        return
    if not found.attackers:
        say("Nobody is refused as an attacker.")
        return
    _standing_table(found.attackers)
    if found.count > len(found.attackers):
        remark(f"There are {found.count}; see --limit.")


def _standing(session: Session, limit: int) -> Attackers:
    """Without a desk as long as the daemon answers: opening the store would take longer."""
    try:
        return desk_attackers.by_daemon(session.control, limit)
    except DaemonUnreachable:
        with session.desk(make=False) as desk:
            return desk_attackers.standing(desk, limit)


def _standing_table(found: tuple[Standing, ...]) -> None:
    now = time.time()
    table(
        ("attacker", "since", "left", "time", "what", "why"),
        [
            (
                each.place,
                local(each.since),
                length(each.until - now),
                f"{each.times}.",
                {"watch": "watched", "refuse": "refused", "off": "let pass"}.get(each.mode, ""),
                each.evidence,
            )
            for each in found
        ],
        fold=("why",),
    )


@attackers.command()
@click.argument("address", metavar="ADDRESS")
@as_json
@pass_session
def show(session: Session, address: str, as_json: bool) -> None:
    """Show what is known of an address: whether it is refused, and what weighs against it."""
    with session.desk(make=False) as desk:
        found = desk_attackers.show(desk, address)
    if as_json:
        emit(found)
        return
    if found.local:
        say(f"{found.address} is near: it is never an attacker.")
        return
    if found.standing:
        _standing_table(found.standing)
    else:
        say(f"{found.address} is not refused as an attacker.")
    tally = found.tally
    if tally is not None:
        say(
            f"It failed {tally.tries} times since {local(tally.born)}, for about {tally.accounts} "
            f"accounts, which weighs {tally.points:.1f} points; it was refused "
            f"{tally.offences} times."
        )
    if found.residents:
        say(f"About {found.residents} accounts are at home there, and spared.")
    if not found.from_daemon:
        remark("The daemon is not running: what weighs against the address is not known.")
    if found.past:
        say()
        _history_table(list(found.past))


@attackers.command()
@click.argument("place", metavar="PREFIX")
@click.option("--why", default="", help="The reason, for the history.")
@pass_session
@click.pass_context
def release(ctx: click.Context, session: Session, place: str, why: str) -> None:
    """Let an attacker pass again, with all inside it; what it did is forgotten.

    PREFIX is an address, a network (/24; IPv6 /48 or /64) or a system (AS64500), as the list shows
    it. Exit code 1 when it was not refused. To let somebody pass for good, exempt the address.
    """
    with session.desk(make=False) as desk:
        found = desk_attackers.release(desk, place, why)
    notes(found.notes)
    for each in found.released:
        say(f"{printable(each)} may try again.")
    if not found.released:
        say(f"{printable(found.place)} was not refused as an attacker.")
    for each in found.around:
        say(f"It is still in {printable(each)}: release that, or exempt the address.")
    if not found.released:
        ctx.exit(ExitCode.PROBLEMS)


@attackers.command()
@since("30d")
@limit(100)
@as_json
@pass_session
def history(session: Session, since: float, limit: int, as_json: bool) -> None:
    """Show past and present attackers, newest first."""
    with session.desk(make=False) as desk:
        found = desk_attackers.history(desk, since, limit + 1)
    if as_json:
        emit(found[:limit])
        return
    if not found:
        say(f"Nobody was refused as an attacker since {local(since)}.")
        return
    _history_table(found[:limit])
    if len(found) > limit:
        remark(f"There are more than {limit}; see --limit.")


def _history_table(found: list[Attacker]) -> None:
    table(
        ("attacker", "since", "until", "ended", "why"),
        [
            (each.place, local(each.since), local(each.until), _end(each), each.evidence)
            for each in found
        ],
        fold=("ended", "why"),
    )


def _end(attacker: Attacker) -> str:
    how = desk_attackers.ending(attacker, time.time())
    if attacker.released_at is None:
        return how
    why = f" ({attacker.released_why})" if attacker.released_why else ""
    return f"{how} {local(attacker.released_at)} by {attacker.released_by}{why}"

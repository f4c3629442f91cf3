"""``licence``: see what this server is licensed for, enter a key, or take it away."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Any

import click
import msgspec

from core.cli.exit_code import ExitCode, Trouble
from core.cli.parameters import as_json
from core.cli.session import Session, notes, pass_session, tell
from core.cli.terminal import emit, paint, say, table
from core.desk.desk import Desk
from core.desk.text import printable
from core.licence.feature import OFFERS
from core.licence.gate import Answer
from core.licence.key import LicenceKey
from core.licence.key_text import LONGEST
from core.licence.licence import KEY_FILE, Licence
from core.licence.sentence import date
from core.licence.server import Server
from core.licence.situation import Situation, situation
from core.licence.tier import panel_title


@click.group()
def licence() -> None:
    """See, enter or remove the licence key.

    A licence decides which checks and pages are on. It never stops mail: one that ends leaves the
    blocks that stand, the send limits, the checks of logins and all data updates as they are.
    """


@licence.command()
@as_json
@pass_session
@click.pass_context
def show(ctx: click.Context, session: Session, as_json: bool) -> None:
    """Show tier, key and dates, and every feature with why it is on or off.

    Ends with 1 when something has to be done: the licence has ended, or the key does not count
    here.
    """
    here = situation(session.config.state, session.panel, time.time())
    server = _licence(session).server
    if as_json:
        emit(_document(here, server))
    else:
        for line in _lines(here, server):
            say(printable(line))
        say()
        table(
            ("feature", "", "from", "why"),
            [_row(answer) for answer in here.gate.answers()],
            fold=("feature", "why"),
            colours={"": {"on": "green", "off": "red"}},
        )
        notes(here.problems)
    if not here.standing.in_order:
        ctx.exit(ExitCode.PROBLEMS)


@licence.command("set")
@click.argument("key", nargs=-1, required=True)
@pass_session
def set_key(session: Session, key: tuple[str, ...]) -> None:
    """Enter a key; with - it is read from standard input.

    Blanks, line breaks, dashes and lower case do not matter. A key that does not count here and
    now is refused, and the one before stays.
    """
    text = sys.stdin.read(LONGEST + 1) if key == ("-",) else " ".join(key)
    try:
        standing = _licence(session).set(text, time.time())
    except OSError as error:
        raise _trouble(session, error) from error
    say(f"{paint(standing.tier.value, 'green')}  {printable(standing.text)}")
    _reload(session)


@licence.command()
@pass_session
def remove(session: Session) -> None:
    """Take the key away. A trial that is over does not begin again."""
    holder = _licence(session)
    try:
        there_was_one = holder.remove()
    except OSError as error:
        raise _trouble(session, error) from error
    if not there_was_one:
        say("There was no licence key.")
        return
    standing = holder.standing(time.time())
    say(f"{standing.tier.value}  {printable(standing.text)}")
    _reload(session)


def _licence(session: Session) -> Licence:
    return Licence(session.config.state, session.panel.name)


def _reload(session: Session) -> None:
    """Tell the daemon. A store that is away is no reason not to."""
    tell(Desk(session.config, session.panel, session.control, session.who, None).reload())


def _trouble(session: Session, error: OSError) -> Trouble:
    path = session.config.state / KEY_FILE
    return Trouble(f"{path} cannot be changed: {error.strerror}")


def _lines(here: Situation, server: Server) -> Iterator[str]:
    standing, key = here.standing, here.standing.key
    yield f"licence      {standing.tier.value}: {standing.text}"
    if key is not None:
        panel = panel_title(key.panel) if key.panel else "every panel"
        bound = key.server.partition(":")[2] if key.server else "any server"
        yield f"key          number {key.number}, {key.tier.value} for {panel}, for {bound}"
        yield f"customer     {key.customer or 'not named'}"
        yield f"dates        {_dates(key)}"
    names = ", ".join(server.names) or "without a name"
    yield f"this server  {names}{f'; machine {server.machine}' if server.machine else ''}"
    yield f"panel        {_panel(here)}"


def _dates(key: LicenceKey) -> str:
    issued = date(float(key.issued))
    if not key.expires:
        return f"issued {issued}, without an end"
    return f"issued {issued}, ends {date(float(key.expires))}, then {key.grace_days} days of grace"


def _panel(here: Situation) -> str:
    info = here.panel
    server = f"{info.mail_server} {info.mail_server_version}".strip()
    parts = (panel_title(info.name), info.version, f"with {server}" if server else "")
    return " ".join(part for part in parts if part)


def _row(answer: Answer) -> tuple[str, ...]:
    offer = OFFERS[answer.feature]
    if not answer.on:
        return offer.title, "off", offer.tier.value, answer.reason
    return (
        offer.title,
        "on",
        offer.tier.value,
        f"until {date(answer.until)}" if answer.until else "",
    )


def _document(here: Situation, server: Server) -> dict[str, Any]:
    standing, key = here.standing, here.standing.key
    fields = () if key is None else key.__struct_fields__
    return {
        "state": standing.state,
        "tier": standing.tier,
        "until": standing.until,
        "in_order": standing.in_order,
        "text": standing.text,
        "trial_until": standing.trial_until,
        "key": {name: getattr(key, name) for name in fields} or None,
        "server": msgspec.to_builtins(server),
        "panel": msgspec.to_builtins(here.panel),
        "features": [_feature(answer) for answer in here.gate.answers()],
        "problems": list(here.problems),
    }


def _feature(answer: Answer) -> dict[str, Any]:
    offer = OFFERS[answer.feature]
    return {
        "feature": answer.feature,
        "title": offer.title,
        "tier": offer.tier,
        "on": answer.on,
        "cause": answer.cause,
        "reason": answer.reason,
        "until": answer.until,
    }

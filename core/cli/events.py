"""``events``: what was decided, found by any of its fields, or followed as it happens."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import click
import msgspec

from core.cli.event_match import matches
from core.cli.parameters import (
    Network,
    System,
    account_pattern,
    kinds,
    limit,
    since,
    until,
)
from core.cli.session import Session, pass_session
from core.cli.terminal import emit_line, remark, say, table
from core.desk.moment import length, local
from core.desk.text import printable
from core.errors import ControlError
from core.store.event import Event
from core.store.event_filter import EventFilter, StoredEvent

PAGE = 1000
"""Events that are read from the store at a time."""


@click.command()
@account_pattern
@click.option("--address", type=Network(), default=None, metavar="IP|CIDR", help="Of the client.")
@click.option(
    "--asn", type=System(), default=None, metavar="NUMBER", help="Of the client's network."
)
@kinds
@click.option("--queue-id", default="", metavar="ID", help="The mail server's id of a message.")
@since("24h")
@until
@limit(50)
@click.option("--follow", is_flag=True, help="Show events as they happen, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines: one event a line.")
@pass_session
def events(session: Session, /, limit: int, follow: bool, as_json: bool, **asked: Any) -> None:
    """Search what was decided: newest first, one line for each event.

    Options that may be given several times take any of their values; different options must all
    fit. Equal verdicts within a minute are one event with a count.
    """
    asked["domains"] = [domain.lower() for domain in asked["domains"]] or None
    asked["address"] = asked["address"] or ""
    asked["asn"] = asked["asn"] or 0
    wanted = msgspec.convert(asked, EventFilter)
    if follow:
        _follow(session, wanted, as_json)
    else:
        _search(session, wanted, limit, as_json)


def _follow(session: Session, wanted: EventFilter, as_json: bool) -> None:
    try:
        for raw in session.control.follow():
            event = msgspec.convert(raw, Event)
            if not matches(wanted, event):
                continue
            if as_json:
                emit_line(event)
            else:
                say(_line(event))
    except KeyboardInterrupt:
        return
    remark("The daemon has ended.")


def _line(event: Event) -> str:
    """An event where columns cannot be known beforehand."""
    who = event.account or "-"
    why = f"{event.reason}: {event.detail}" if event.detail else str(event.reason)
    watched = f" ({_watched(event)})" if event.would else ""
    return printable(
        f"{local(event.at)} {event.verdict} {event.stage} {event.service} "
        f"{event.address or 'local'} {event.country or '--'} {who} {why}{watched}"
    )


def _search(session: Session, wanted: EventFilter, limit: int, as_json: bool) -> None:
    found: list[StoredEvent] = []
    with session.desk(make=False) as desk:
        while desk.has_store and len(found) <= limit:
            before = found[-1].id if found else None
            page = desk.store.events.find(wanted, min(PAGE, limit + 1 - len(found)), before)
            found += page
            if not page:
                break
    if as_json:
        for event in found[:limit]:
            emit_line(event)
    elif found:
        _show(found[:limit])
    else:
        say(_nothing(wanted))
        remark(_last_asked(session))
    if len(found) > limit:
        remark(f"There are more than {limit}; see --limit.")


def _show(found: Iterable[StoredEvent]) -> None:
    table(
        ("time", "verdict", "stage", "service", "address", "from", "account", "why", "times"),
        [
            (
                local(event.at),
                event.verdict,
                event.stage,
                event.service,
                event.address or "local",
                event.country,
                event.account,
                _why(event),
                event.count if event.count > 1 else "",
            )
            for event in found
        ],
        right=("times",),
        fold=("account", "why"),
        colours={"verdict": {"deny": "red", "defer": "yellow", "allow": "green"}},
    )


def _why(event: Event) -> str:
    text = event.detail or event.reason.replace("_", " ")
    return f"{text} ({_watched(event)})" if event.would else text


def _watched(event: Event) -> str:
    """The words for a refusal that did not happen, the same as `explain` has."""
    return f"only watched: {event.would}"


def _nothing(wanted: EventFilter) -> str:
    begin = local(wanted.since) if wanted.since is not None else "the beginning"
    end = f" until {local(wanted.until)}" if wanted.until is not None else ""
    return f"No such events since {begin}{end}."


def _last_asked(session: Session) -> str:
    """Whether the silence is real: nothing asked, or nothing running."""
    try:
        answer = session.control.call("status")
    except ControlError as error:
        return f"The daemon does not answer: {printable(str(error))}"
    last = max(seen["last"] for seen in answer["stages"].values())
    if not last:
        return "The daemon has not been asked since it started; see `mailward hook verify`."
    return f"The daemon was last asked {length(time.time() - last)} ago."

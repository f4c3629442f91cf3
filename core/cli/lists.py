"""``lists``: the lists of attackers, what each would have refused, and to arm it."""

from __future__ import annotations

from pathlib import Path

import click

from core.cli.parameters import as_json, why
from core.cli.session import Session, pass_session, tell
from core.cli.terminal import Colour, emit, remark, say, table
from core.desk import lists as desk_lists
from core.desk import share
from core.desk.lists import ListLine
from core.desk.moment import length, local
from core.desk.text import counted, printable
from core.settings.model import Switch

_MODES: dict[str, Colour] = {"refuse": "red", "watch": "yellow"}


@click.group(invoke_without_command=True)
@as_json
@pass_session
@click.pass_context
def lists(ctx: click.Context, session: Session, as_json: bool) -> None:
    """Show the lists of attackers, and switch them.

    A list first watches: `mailward lists watch NAME`. After some days this shows how many logins it
    would have refused, and how many of those had the right password, which attackers seldom have.
    Then `mailward lists arm NAME`.
    """
    if ctx.invoked_subcommand is not None:
        return
    with session.desk(make=False) as desk:
        found = desk_lists.overview(desk)
    if as_json:
        emit([line.document() for line in found])
        return
    table(
        ("list", "mode", "entries", "confirmed", "would refuse", "of these good", "problem"),
        [_row(line) for line in found],
        right=("entries", "would refuse", "of these good"),
        fold=("problem",),
        colours={"mode": _MODES},
    )
    if any(line.held for line in found):
        say()
        say("network.attacker is over all lists, and lets them do less than is set here.")


def _row(line: ListLine) -> tuple[str, ...]:
    on = line.mode != "off"
    return (
        line.name,
        line.mode,
        f"{line.entries:,}" if line.entries else "",
        f"{length(line.age)} ago" if line.age is not None else "",
        f"{line.passed + line.failed:,}" if on else "",
        f"{line.passed:,}" if on else "",
        line.problem,
    )


@lists.command()
@click.argument("name")
@as_json
@pass_session
def show(session: Session, name: str, as_json: bool) -> None:
    """Tell all about one list."""
    with session.desk(make=False) as desk:
        line = desk_lists.find(desk, name)
    if as_json:
        emit(line.document())
        return
    confirmed = f"{length(line.age)} ago" if line.age is not None else "never"
    for title, text in (
        ("list", f"{line.name} ({line.label})"),
        ("mode", f"{line.mode}, set by {line.setting}"),
        ("entries", f"{line.entries:,}, confirmed {confirmed}"),
        ("terms", line.terms),
        ("credit", " ".join(filter(None, (line.credit, line.link)))),
        ("problem", line.problem),
    ):
        if text:
            say(f"{title:<9}{printable(text)}")
    if line.held:
        say("network.attacker lets it do less than that.")
    if line.preview:
        say(line.preview)
    if line.days:
        say()
        table(
            ("day", "right password", "wrong password"),
            [(local(day.day)[:10], f"{day.passed:,}", f"{day.failed:,}") for day in line.days],
            right=("right password", "wrong password"),
        )


def _switch(session: Session, name: str, to: Switch, reason: str) -> None:
    with session.desk() as desk:
        told = desk_lists.switch(desk, name, to, reason)
        line = next((each for each in desk_lists.overview(desk) if each.name == name), None)
    if told is None:
        say("Nothing to do: it already is so.")
    else:
        say(f"{name}: {to}")
    tell(told)
    if line is None or to == "off":
        return
    if line.kind == "download" and not line.entries:
        say("Run `mailward update` to fetch it.")
    if line.held:
        remark("network.attacker lets it do less than that.")
    if line.problem:
        remark(f"{name}: {printable(line.problem)}")


@lists.command()
@click.argument("name")
@why
@pass_session
def arm(session: Session, name: str, why: str) -> None:
    """Let a list refuse."""
    _switch(session, name, "refuse", why)


@lists.command()
@click.argument("name")
@why
@pass_session
def watch(session: Session, name: str, why: str) -> None:
    """Let a list watch: what it would refuse is noted and counted."""
    _switch(session, name, "watch", why)


@lists.command()
@click.argument("name")
@why
@pass_session
def off(session: Session, name: str, why: str) -> None:
    """Switch a list off; the next update removes what was fetched."""
    _switch(session, name, "off", why)


@lists.command("test")
@click.argument("address")
@as_json
@pass_session
def test_(session: Session, address: str, as_json: bool) -> None:
    """Ask every list that is on about an address."""
    with session.desk(make=False) as desk:
        answer = desk_lists.ask(desk, address)
    if as_json:
        emit(answer)
        return
    if answer["local"]:
        say(f"{answer['address']} is local: no list is asked about it.")
        return
    found = answer["lists"]
    table(
        ("list", "says", "entry", "of"),
        [
            (each["name"], _says(each), each["entry"], each["problem"] or each["label"])
            for each in found
        ],
        fold=("of",),
        colours={"says": {"listed": "red"}},
    )
    count = sum(1 for each in found if each["listed"])
    say(f"{answer['address']} is in {counted(count, 'list')}.")


def _says(answer: dict[str, object]) -> str:
    if answer["problem"]:
        return "failed"
    return "listed" if answer["listed"] else "not listed"


@lists.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@pass_session
def publish(session: Session, file: Path | None) -> None:
    """Write what this server tells your others about its attackers: hashes, signed.

    Without a FILE it is printed. The others fetch it by https (share.peers); share.file makes the
    daemon write it every ten minutes.
    """
    with session.desk(make=False) as desk:
        if file is None:
            say(share.document(desk).decode().rstrip("\n"))
        else:
            share.publish(desk, file)
            say(f"{file} is written.")

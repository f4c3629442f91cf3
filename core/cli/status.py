"""``status``: what the daemon says of itself, and everything that is wrong, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import click

from core.cli import terminal
from core.cli.exit_code import ExitCode
from core.cli.parameters import as_json
from core.cli.session import Session, pass_session
from core.cli.terminal import Colour, emit, remark, say, table
from core.desk.moment import length, local
from core.desk.picture import Light, Picture, paint
from core.desk.text import counted, printable
from core.net.countries import name
from core.sources.status import SourceStatus


@click.command()
@as_json
@pass_session
@click.pass_context
def status(ctx: click.Context, session: Session, as_json: bool) -> None:
    """Say whether this server is guarded, and what is wrong.

    Green means that the daemon answers and nothing is wrong (exit code 0), amber that the server is
    guarded and something wants a look (0, or 1 where the daemon itself calls it a problem), red
    that something is wrong (1), or that the daemon cannot be reached (3). Mail flows in every case.
    """
    found = paint(session.control)
    if not found.reachable:
        error = found.problems[0].text
        if as_json:
            emit({"reachable": False, "error": error})
        else:
            say(terminal.paint("red", "red") + "  the daemon is not running")
        remark(f"mailward: {printable(error)}")
        ctx.exit(ExitCode.UNREACHABLE)
    if as_json:
        emit({"reachable": True, **found.answer})
    else:
        _show(found)
    if found.answer["problems"]:
        ctx.exit(ExitCode.PROBLEMS)


_COLOURS: Final[dict[Light, Colour]] = {
    Light.GREEN: "green",
    Light.AMBER: "yellow",
    Light.RED: "red",
}


def _show(found: Picture) -> None:
    word = terminal.paint(found.light, _COLOURS[found.light])
    count = counted(len(found.problems), "problem") if found.problems else "all is well"
    say(f"{word}  {count}")
    for problem in found.problems:
        say(f"     {printable(problem.part)}: {printable(problem.text)}")
        if problem.advice:
            say(f"         {problem.advice}")
    say()
    answer = found.answer
    for line in _lines(answer):
        say(line)
    say()
    now = answer["now"]
    table(
        ("data", "of", "entries", "confirmed", "from"),
        [_source(source) for source in found.sources],
        right=("entries",),
        fold=("from",),
    )
    say()
    table(
        ("door", "where", "connections"),
        [(door["kind"], door["endpoint"], door["connections"]) for door in answer["doors"]],
        right=("connections",),
        fold=("where",),
    )
    say()
    table(
        ("question", "asked", "last"),
        [(seen.stage, seen.asked, _last(seen.last, now)) for seen in found.stages],
        right=("asked",),
    )
    if not any(seen.asked for seen in found.stages):
        say("No mail server has asked yet; see `mailward hook verify`.")


def _lines(answer: dict[str, Any]) -> Iterator[str]:
    age = length(answer["now"] - answer["started"])
    since = local(answer["started"])
    yield f"daemon           {answer['version']}, pid {answer['pid']}, since {since} ({age})"
    code = answer["server_country"]
    country = f"{name(code)} ({code})" if code else "not known: set country.server"
    yield f"server's country {country}"
    blocked = answer["blocked"]
    yield f"blocked accounts {blocked}{', see `mailward blocked list`' if blocked else ''}"
    events = answer["events"]
    yield (
        f"events           {events['noted']} noted, {events['waiting']} waiting to be written, "
        f"{events['dropped']} only counted"
    )
    yield from _logs(answer.get("logs", {}))
    for why in answer.get("off", {}).values():
        yield f"switched off     {printable(why)}"
    if answer["untrusted"]:
        yield f"turned away      {answer['untrusted']} connections of users who may not ask"
    if answer["faults"]:
        yield f"own faults       {answer['faults']}, each of which let a request pass; the last:"
        yield from (f"    {printable(line)}" for line in answer["last_fault"].splitlines()[-3:])


def _logs(logs: dict[str, Any]) -> Iterator[str]:
    """What is followed of the mail server's logs, and how it goes."""
    following: dict[str, int] = logs.get("following", {})
    if not following:
        return
    waiting = sum(following.values())
    late = f", {waiting} octets wait to be read" if waiting else ""
    yield (
        f"mail logs        {logs['lines']} lines, {logs['lines_a_second']} a second, "
        f"{logs['unknown']} in no known form{late}"
    )
    yield from (f"    {printable(path)}" for path in sorted(following))


def _source(source: SourceStatus) -> tuple[str, ...]:
    credit = " ".join(filter(None, (source.credit, source.link)))
    return (
        source.name,
        source.vintage,
        str(source.entries or ""),
        f"{length(source.age)} ago" if source.age is not None else "",
        credit,
    )


def _last(at: float, now: float) -> str:
    return f"{length(now - at)} ago" if at else "never"

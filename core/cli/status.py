"""``status``: what the daemon says of itself, and everything that is wrong, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from core.cli.exit_code import ExitCode
from core.cli.moment import length, local
from core.cli.parameters import as_json
from core.cli.session import Session, pass_session
from core.cli.terminal import emit, paint, printable, remark, say, table
from core.errors import DaemonUnreachable
from core.net.countries import name


@click.command()
@as_json
@pass_session
@click.pass_context
def status(ctx: click.Context, session: Session, as_json: bool) -> None:
    """Say whether this server is guarded, and what is wrong.

    Green means that the daemon answers and nothing is wrong (exit code 0); red that something is
    (1), or that the daemon cannot be reached (3). Mail flows in every case.
    """
    try:
        answer = session.control.call("status")
    except DaemonUnreachable as error:
        if as_json:
            emit({"reachable": False, "error": str(error)})
        else:
            say(paint("red", "red") + "  the daemon is not running")
        remark(f"mailward: {printable(str(error))}")
        ctx.exit(ExitCode.UNREACHABLE)
    if as_json:
        emit({"reachable": True, **answer})
    else:
        _show(answer)
    if answer["problems"]:
        ctx.exit(ExitCode.PROBLEMS)


def _show(answer: dict[str, Any]) -> None:
    problems = answer["problems"]
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        say(f"{paint('red', 'red')}  {count}")
    else:
        say(f"{paint('green', 'green')}  all is well")
    for part, problem in problems.items():
        say(f"     {printable(part)}: {printable(problem)}")
    say()
    for line in _lines(answer):
        say(line)
    say()
    now = answer["now"]
    table(
        ("data", "of", "entries", "confirmed", "from"),
        [_source(source) for source in answer["sources"]],
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
        [
            (stage, seen["asked"], _last(seen["last"], now))
            for stage, seen in answer["stages"].items()
        ],
        right=("asked",),
    )
    if not any(seen["asked"] for seen in answer["stages"].values()):
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
    if answer["untrusted"]:
        yield f"turned away      {answer['untrusted']} connections of users who may not ask"
    if answer["faults"]:
        yield f"own faults       {answer['faults']}, each of which let a request pass; the last:"
        yield from (f"    {printable(line)}" for line in answer["last_fault"].splitlines()[-3:])


def _source(source: dict[str, Any]) -> tuple[str, ...]:
    age = source["age"]
    credit = " ".join(filter(None, (source["credit"], source["link"])))
    return (
        source["name"],
        source["vintage"],
        str(source["entries"] or ""),
        f"{length(age)} ago" if age is not None else "",
        credit,
    )


def _last(at: float, now: float) -> str:
    return f"{length(now - at)} ago" if at else "never"

"""``update``: fetch the country and network data, or go back to the copy before."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
import msgspec

from core.cli.exit_code import ExitCode
from core.cli.parameters import as_json
from core.cli.session import Session, pass_session, tell
from core.cli.terminal import emit, paint, say
from core.desk import update as data
from core.desk.text import printable
from core.sources.progress import Progress, Silent, UpdateResult


@click.command()
@click.option(
    "--rollback",
    default="",
    metavar="NAME",
    help="Put the copy before of one source back in use: country, asn, or a list's name.",
)
@click.option(
    "--force",
    is_flag=True,
    help="Also fetch what was checked so recently that its provider asks to wait.",
)
@as_json
@pass_session
@click.pass_context
def update(ctx: click.Context, session: Session, rollback: str, force: bool, as_json: bool) -> None:
    """Bring the country and network data up to date.

    Each source is fetched, checked and put in place in one step; one that fails keeps its last
    good copy and does not stop the others (exit code 1). Where the data comes from is set by the
    settings data.*; the daemon takes it at once.
    """
    bars = not as_json and not rollback and _on_terminal()
    with session.desk(make=False) as desk:
        if rollback:
            done = data.rollback(desk, rollback)
        else:
            with _watched(as_json) as progress:
                done = data.update(desk, progress, force=force)
    for result in done.results if bars or rollback else ():
        _tell(result, as_json)
    if as_json:
        emit([msgspec.to_builtins(result) for result in done.results])
    tell(done.told)
    if done.failed:
        ctx.exit(ExitCode.PROBLEMS)


@contextmanager
def _watched(as_json: bool) -> Iterator[Progress]:
    """Bars on a terminal, lines in a pipe, nothing beside a document."""
    if as_json:
        yield Silent()
    elif not _on_terminal():
        yield Lines()
    else:
        # Only a terminal needs it.
        from core.cli.bars import bars  # noqa: PLC0415

        with bars() as watcher:
            yield watcher


def _on_terminal() -> bool:
    return sys.stdout.isatty()


class Lines(Silent):
    """Tells how each source ended."""

    def end(self, result: UpdateResult) -> None:
        """One line."""
        _tell(result, as_json=False)


_COLOURS: Any = {"updated": "green", "failed": "red", "removed": "yellow"}


def _tell(result: UpdateResult, as_json: bool) -> None:
    if as_json:
        return
    outcome = f"{result.outcome:<9}"
    colour = _COLOURS.get(result.outcome)
    painted = paint(outcome, colour) if colour else outcome
    say(f"{result.name:<14} {painted} {printable(result.text)}")

"""``update``: fetch the country and network data, or go back to the copy before."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
import msgspec

from core.cli.exit_code import ExitCode, Trouble
from core.cli.parameters import as_json
from core.cli.session import Session, pass_session
from core.cli.stores import resolved
from core.cli.terminal import emit, paint, printable, say
from core.net.addresses import own_addresses
from core.settings import fields
from core.settings.scope import Resolved
from core.settings.upkeep import Data
from core.sources import updater
from core.sources.progress import Progress, Silent, UpdateResult
from core.sources.providers import Providers


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
    data = session.config.data
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o750)
    except OSError as error:
        raise Trouble(f"{data} cannot be used: {error.strerror}") from error
    if rollback:
        results = [updater.rollback(data, rollback)]
        _tell(results[0], as_json)
    else:
        rules = resolved(session.config)
        bars = not as_json and _on_terminal()
        with _watched(as_json) as progress:
            results = updater.update(
                data,
                providers(rules.server.data),
                progress=progress,
                own=own_addresses(),
                exempt=exempt_prefixes(rules),
                force=force,
            )
        for result in results if bars else ():
            _tell(result, as_json)
    if as_json:
        emit([msgspec.to_builtins(result) for result in results])
    if any(result.outcome in ("updated", "removed") for result in results) or rollback:
        session.reload()
    if any(result.outcome == "failed" for result in results):
        ctx.exit(ExitCode.PROBLEMS)


def providers(data: Data) -> Providers:
    """What the settings choose, as the updater takes it."""
    return Providers(
        country=data.provider,
        maxmind_account=data.maxmind_account,
        maxmind_key=data.maxmind_key,
        ipinfo_token=data.ipinfo_token,
        country_file=data.country_file,
        asn_file=data.asn_file,
        feeds=data.feeds,
    )


def exempt_prefixes(rules: Resolved) -> list[str]:
    """Addresses and networks that any scope exempts: no list of attackers may cover them."""
    return [
        entry.entry
        for values in rules.overrides.values()
        for entry in values.get("exempt.addresses", ())
        if not fields.ASN.match(entry.entry)
    ]


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

"""``blocked``: the accounts that may not send now, their history, and their release."""

from __future__ import annotations

import time
from typing import Any

import click
import msgspec

from core.cli.exit_code import ExitCode, Trouble
from core.cli.moment import length, local
from core.cli.parameters import account_pattern, as_json, limit, since, until
from core.cli.session import Session, pass_session
from core.cli.stores import exists, opened, resolved
from core.cli.terminal import emit, printable, remark, say, table
from core.errors import DaemonUnreachable, StoreError
from core.settings.account import normalise
from core.settings.config import Config
from core.store.blocks import BlockFilter, PastBlock
from core.store.ledger import Ledger


@click.group()
def blocked() -> None:
    """See and release the accounts that are blocked from sending."""


@blocked.command("list")
@as_json
@pass_session
def list_(session: Session, as_json: bool) -> None:
    """List the blocked accounts, with the time that is left, and those that are near the limit."""
    try:
        answer = session.control.call("blocks")
    except DaemonUnreachable:
        remark("The daemon is not running: nothing is refused now. These blocks are on record.")
        answer = {"blocked": _on_record(session.config), "near": []}
    if as_json:
        emit(answer)
        return
    if answer["blocked"]:
        table(
            ("account", "since", "until", "left", "why"),
            [
                (
                    block["account"],
                    local(block["started"]),
                    local(block["until"]),
                    length(block["left"]),
                    block["evidence"],
                )
                for block in answer["blocked"]
            ],
            fold=("account", "why"),
        )
    else:
        say("No account is blocked.")
    if answer["near"]:
        say()
        table(
            ("near the limit", "used"),
            [(each["account"], each["used"]) for each in answer["near"]],
            right=("used",),
        )


def _on_record(config: Config) -> list[dict[str, Any]]:
    path = config.state / "ledger"
    if not path.exists():
        return []
    now = time.time()
    ledger = _ledger(config, now)
    try:
        return [
            msgspec.to_builtins(block) | {"left": block.remaining(now)}
            for block in ledger.standing(now)
        ]
    finally:
        ledger.close()


def _ledger(config: Config, now: float) -> Ledger:
    ledger = Ledger.open(config.state / "ledger", now=now)
    if ledger.problem:
        remark(printable(ledger.problem))
    return ledger


@blocked.command()
@click.argument("accounts", metavar="ACCOUNT...", nargs=-1, required=True)
@pass_session
@click.pass_context
def release(ctx: click.Context, session: Session, accounts: tuple[str, ...]) -> None:
    """Let accounts send again, now. What they have sent so far is forgotten.

    Exit code 1 when one of them was not blocked.
    """
    missed = False
    try:
        for account in accounts:
            answer = session.control.call("release", account=account, by=session.who)
            missed |= not _told(account, answer["released"])
    except DaemonUnreachable:
        missed = _release_on_record(session, accounts)
    if missed:
        ctx.exit(ExitCode.PROBLEMS)


def _told(account: str, released: bool) -> bool:
    say(f"{printable(account)} {'may send again' if released else 'was not blocked'}.")
    return released


def _release_on_record(session: Session, accounts: tuple[str, ...]) -> bool:
    """Release in the ledger, which the daemon reads when it starts; tells whether one was missed.

    The ledger is this process's own as long as it is open, so no daemon can miss the release.
    """
    remark("The daemon is not running; the blocks on record are released.")
    config, now = session.config, time.time()
    default = resolved(config).server.login.default_domain
    if not (config.state / "ledger").exists():
        for account in accounts:
            _told(account, False)
        return True
    ledger = _ledger(config, now)
    names = {account: normalise(account, default) for account in accounts}
    try:
        done = {account: ledger.release(name, now, session.who) for account, name in names.items()}
    finally:
        ledger.close()
    for account, released in done.items():
        _told(account, released)
        if released:
            _note(config, names[account], now, session.who)
    return not all(done.values())


def _note(config: Config, account: str, at: float, who: str) -> None:
    """In the history too; the release counts without."""
    if not exists(config):
        return
    try:
        with opened(config) as store:
            store.blocks.released(account, at, who)
    except (StoreError, Trouble) as error:
        remark(f"It is not in the history: {printable(str(error))}")


@blocked.command()
@account_pattern
@since("30d")
@until
@limit(100)
@as_json
@pass_session
def history(
    session: Session, account: str, since: float, until: float | None, limit: int, as_json: bool
) -> None:
    """Show past and present blocks, newest first."""
    wanted = BlockFilter(account=account, since=since, until=until)
    found: list[PastBlock] = []
    if exists(session.config):
        with opened(session.config) as store:
            found = store.blocks.history(wanted, limit + 1)
    if as_json:
        emit(found[:limit])
        return
    if not found:
        say(f"No account was blocked since {local(since)}.")
        return
    table(
        ("account", "since", "until", "ended", "why"),
        [
            (block.account, local(block.started), local(block.until), _end(block), block.evidence)
            for block in found[:limit]
        ],
        fold=("account", "ended", "why"),
    )
    if len(found) > limit:
        remark(f"There are more than {limit}; see --limit.")


def _end(block: PastBlock) -> str:
    if block.released_at is not None:
        return f"released {local(block.released_at)} by {block.released_by}"
    return "ran out" if block.until <= time.time() else "stands"

"""The accounts that may not send: who is blocked now, who is near it, who was, and their release.

The daemon knows. Without it, the ledger is read and written, which is this process's own as long as
it is open, so that no daemon can miss a release; and where the ledger cannot be had, the store's
history tells what it noted.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from core.desk.text import printable
from core.errors import DaemonUnreachable, StoreError
from core.settings.account import domain_of
from core.store.block import Block
from core.store.blocks import BlockFilter, PastBlock
from core.store.ledger import Ledger
from core.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.control import Control
    from core.desk.desk import Desk
    from core.settings.config import Config

AWAY = N_("The daemon is not running: nothing is refused now. These blocks are on record.")
RELEASED_ON_RECORD = N_("The daemon is not running; the blocks on record are released.")


class StandingBlock(Block, frozen=True, kw_only=True):
    """A block that is not over; `left` is in seconds."""

    left: float


class Near(Struct, frozen=True):
    """An account that has used more than half of the server's send limit."""

    account: str
    used: int


class Standing(Struct, frozen=True):
    """Who is blocked now.

    Attributes:
        blocked: the block that ends last first.
        near: who is near the limit; only the daemon knows.
        from_daemon: whether it was the daemon who said so.
        notes: what else there is to know, for people.
    """

    blocked: tuple[StandingBlock, ...]
    near: tuple[Near, ...] = ()
    from_daemon: bool = True
    notes: tuple[str, ...] = ()


class Release(Struct, frozen=True):
    """What came of releasing one account; `done` is False when it was not blocked."""

    account: str
    done: bool


class Released(Struct, frozen=True):
    """What came of releasing accounts.

    Attributes:
        releases: one for each account, in their order.
        notes: what else there is to know, for people.
    """

    releases: tuple[Release, ...]
    notes: tuple[str, ...] = ()


def standing(desk: Desk, domains: Collection[str] | None = None) -> Standing:
    """Who is blocked now, by whoever knows best.

    Args:
        desk: whose.
        domains: only accounts of these; None for all.

    Raises:
        ControlError: the daemon refused to say.
        StoreError: the daemon is down, and neither ledger nor store can be read.
    """
    try:
        found = by_daemon(desk.control)
    except DaemonUnreachable:
        found = on_record(desk)
    if domains is None:
        return found
    return msgspec.structs.replace(
        found,
        blocked=tuple(each for each in found.blocked if domain_of(each.account) in domains),
        near=tuple(each for each in found.near if domain_of(each.account) in domains),
    )


def by_daemon(control: Control) -> Standing:
    """Who is blocked now, as the daemon says.

    Raises:
        DaemonUnreachable: it does not run.
        ControlError: it refused to say.
    """
    answer = control.call("blocks")
    return msgspec.convert({"blocked": answer["blocked"], "near": answer["near"]}, Standing)


def on_record(desk: Desk) -> Standing:
    """Who is blocked now as far as the disk tells, for whoever knows that the daemon does not run.

    Raises:
        StoreError: neither ledger nor store can be read.
    """
    now = time.time()
    try:
        with open_ledger(desk.config, now) as ledger:
            found: Sequence[Block] = ledger.standing(now) if ledger is not None else ()
            problem = ledger.problem if ledger is not None else ""
    except StoreError as error:
        if not desk.has_store:
            raise
        found, problem = desk.store.blocks.standing(now), str(error)
    notes = (AWAY, printable(problem)) if problem else (AWAY,)
    return Standing(tuple(_standing(block, now) for block in found), (), False, notes)


def _standing(block: Block, now: float) -> StandingBlock:
    known: dict[str, Any] = {name: getattr(block, name) for name in Block.__struct_fields__}
    return StandingBlock(**known, left=block.remaining(now))


@contextmanager
def open_ledger(config: Config, now: float) -> Iterator[Ledger | None]:
    """The ledger, None where there is none yet.

    Raises:
        StoreError: another process holds it, or it can be neither read nor written.
    """
    path = config.state / "ledger"
    if not path.exists():
        yield None
        return
    ledger = Ledger.open(path, now=now)
    try:
        yield ledger
    finally:
        ledger.close()


def release(desk: Desk, accounts: Sequence[str]) -> Released:
    """Let accounts send again, now. What they have sent so far is forgotten.

    Args:
        desk: whose.
        accounts: login names.

    Raises:
        ControlError: the daemon refused; accounts before the one it refused are released.
        StoreError: the daemon is down, and the ledger cannot be written.
    """
    try:
        return Released(
            tuple(
                Release(
                    account,
                    bool(desk.control.call("release", account=account, by=desk.who)["released"]),
                )
                for account in accounts
            )
        )
    except DaemonUnreachable:
        return _release_on_record(desk, accounts)


def _release_on_record(desk: Desk, accounts: Sequence[str]) -> Released:
    now = time.time()
    rules = desk.rules().resolved
    names = {account: rules.account(account) for account in accounts}
    notes = [RELEASED_ON_RECORD]
    with open_ledger(desk.config, now) as ledger:
        if ledger is None:
            return Released(tuple(Release(account, False) for account in accounts), tuple(notes))
        if ledger.problem:
            notes.append(printable(ledger.problem))
        done = {account: ledger.release(name, now, desk.who) for account, name in names.items()}
    for account, name in names.items():
        if done[account]:
            notes += _note(desk, name, now)
    return Released(tuple(Release(account, done[account]) for account in accounts), tuple(notes))


def _note(desk: Desk, account: str, at: float) -> list[str]:
    """Write a release into the history too; it counts without."""
    try:
        desk.store.blocks.released(account, at, desk.who)
    except StoreError as error:
        return [f"It is not in the history: {printable(str(error))}"] if desk.has_store else []
    return []


def history(
    desk: Desk, wanted: BlockFilter, limit: int = 100, before_id: int | None = None
) -> list[PastBlock]:
    """Past and present blocks, newest first; see `core.store.blocks.BlockHistory.history`.

    Raises:
        StoreError: the store cannot be read.
    """
    return desk.store.blocks.history(wanted, limit, before_id) if desk.has_store else []


def ending(block: PastBlock, now: float) -> str:
    """How a block ended, in words: ``released``, ``ran out`` or ``stands``."""
    if block.released_at is not None:
        return "released"
    return "ran out" if block.until <= now else "stands"

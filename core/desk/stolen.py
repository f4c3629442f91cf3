"""The accounts that look stolen: what was seen of them, and what people do about it.

The store has the signals. The daemon is told of what is done, because it learns from it; without
one it is written where the daemon will read it.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from core.desk.blocks import open_ledger
from core.desk.text import printable
from core.engine.stolen.signal import LIFTED
from core.errors import DaemonUnreachable, StoreError
from core.store.block import Block
from core.store.blocks import BlockFilter
from core.store.ledger import Ledger
from core.store.signal import Closed
from core.store.signals import PastSignal, SignalFilter
from core.words import N_, Reason

if TYPE_CHECKING:
    from collections.abc import Collection

    from core.desk.desk import Desk

KEPT: Final = (
    "It is still blocked for sending too much: a changed password has ended such a block not long "
    "ago, and does so once in send.block_seconds"
)

_CHANGED: Final = "the password was changed"

AWAY: Final = N_("The daemon is not running: nothing is refused now. It is on record.")


class Done(Struct, frozen=True):
    """What came of it.

    Attributes:
        closed: signals that were open and are not any more.
        released: whether a block was ended.
        notes: what else there is to know, for people.
    """

    closed: int
    released: bool
    notes: tuple[str, ...] = ()


class Blocked(Struct, frozen=True):
    """A block by hand: until when (seconds since 1970), and what else there is to know."""

    until: float
    notes: tuple[str, ...] = ()


def find(
    desk: Desk, wanted: SignalFilter, limit: int = 100, before_id: int | None = None
) -> list[PastSignal]:
    """Signals, newest first; see `core.store.signals.SignalHistory.find`.

    Raises:
        StoreError: the store cannot be read.
    """
    return desk.store.signals.find(wanted, limit, before_id) if desk.has_store else []


def close(desk: Desk, account: str, *, owner: bool, release: bool = True) -> Done:
    """Close the signals of an account.

    Args:
        desk: whose.
        account: login name.
        owner: it was the owner: the countries are known from then on. Otherwise somebody has seen
            to it.
        release: end the block, too, that came of them.

    Raises:
        ControlError: the daemon refused.
        StoreError: the daemon is down, and the store or the ledger cannot be written.
    """
    try:
        found = desk.control.call(
            "close_signals", account=account, by=desk.who, owner=owner, release=release
        )
    except DaemonUnreachable:
        closed: Closed = "owner" if owner else "handled"
        lifted = frozenset({Reason.ACCOUNT_STOLEN}) if release else frozenset[Reason]()
        return _close_on_record(desk, account, closed, desk.who, lifted)
    _note_closed(desk, account, "owner" if owner else "handled", desk.who)
    return Done(int(found["closed"]), bool(found["released"]))


def password_changed(desk: Desk, account: str) -> Done:
    """The password of an account was changed: what came before says nothing any more.

    Ends a block for sending too much or for looking stolen, where ``stolen.lift`` is on; one for
    sending too much once in ``send.block_seconds``: whoever spams can change the password, too.

    Args:
        desk: whose.
        account: login name.

    Raises:
        ControlError: the daemon refused.
        StoreError: the daemon is down, and the store or the ledger cannot be written.
    """
    said = f"{desk.who}: {_CHANGED}"
    again = _was_lifted_lately(desk, account)
    try:
        found = desk.control.call("password_changed", account=account, by=desk.who, again=again)
    except DaemonUnreachable:
        rules = desk.rules().resolved
        name = rules.account(account)
        lifted = LIFTED if rules.of_account(name).stolen.lift else frozenset[Reason]()
        if again and Reason.SEND_LIMIT in lifted:
            done = _close_on_record(desk, account, "password", said, lifted - {Reason.SEND_LIMIT})
            return done if done.released else replace(done, notes=(*done.notes, KEPT))
        return _close_on_record(desk, account, "password", said, lifted)
    _note_closed(desk, account, "password", said)
    notes = (KEPT,) if found.get("kept") else ()
    return Done(int(found["closed"]), bool(found["released"]), notes)


def block(desk: Desk, account: str, seconds: int, why: str = "") -> Blocked:
    """Keep an account from sending.

    Args:
        desk: whose.
        account: login name.
        seconds: how long.
        why: for whoever asks later.

    Raises:
        ControlError: the daemon refused.
        StoreError: the daemon is down, and the ledger cannot be written.
    """
    try:
        found = desk.control.call("block", account=account, seconds=seconds, why=why, by=desk.who)
    except DaemonUnreachable:
        return _block_on_record(desk, account, seconds, why)
    return Blocked(float(found["until"]))


def _was_lifted_lately(desk: Desk, account: str) -> bool:
    """Whether a changed password ended a limit's block within the time that such a block lasts."""
    if not desk.has_store:
        return False
    try:
        rules = desk.rules().resolved
        name = rules.account(account)
        since = time.time() - rules.of_account(name).send.block_seconds
        past = desk.store.blocks.history(BlockFilter(account=name), limit=20)
    except StoreError:  # the daemon remembers, too
        return False
    return any(
        each.account == name
        and each.reason == Reason.SEND_LIMIT
        and each.released_by.endswith(_CHANGED)
        and (each.released_at or 0) > since
        for each in past
    )


def _note_closed(desk: Desk, account: str, closed: Closed, by: str) -> None:
    """Have the history say at once what the daemon writes within a second: people look now."""
    if not desk.has_store:
        return
    with suppress(StoreError):  # the daemon goes on trying
        name = desk.rules().resolved.account(account)
        desk.store.signals.close(name, time.time(), by, closed)


def _close_on_record(
    desk: Desk, account: str, closed: Closed, by: str, lifted: Collection[str]
) -> Done:
    now = time.time()
    name = desk.rules().resolved.account(account)
    released = False
    with open_ledger(desk.config, now) as ledger:
        if ledger is not None:
            standing = {each.account: each for each in ledger.standing(now)}
            if name in standing and standing[name].reason in lifted:
                released = ledger.release(name, now, by)
    if released and desk.has_store:
        desk.store.blocks.released(name, now, by)
    count = desk.store.signals.close(name, now, by, closed) if desk.has_store else 0
    return Done(count, released, (AWAY,))


def _block_on_record(desk: Desk, account: str, seconds: int, why: str) -> Blocked:
    now = time.time()
    found = Block(
        account=desk.rules().resolved.account(account),
        started=now,
        until=now + seconds,
        seconds=seconds,
        reason=Reason.BLOCKED_BY_HAND,
        evidence=f"{why} ({desk.who})" if why else f"blocked by {desk.who}",
    )
    ledger = Ledger.open(desk.config.state / "ledger", now=now)
    try:
        ledger.block(found)
    finally:
        ledger.close()
    notes = [AWAY]
    if desk.has_store:
        try:
            desk.store.blocks.opened(found)
        except StoreError as error:
            notes.append(f"It is not in the history: {printable(str(error))}")
    return Blocked(found.until, tuple(notes))

"""The open cases: accounts that look stolen, what was done about each, and who was told.

A signal is noted in the store, told by mail once a day for each account, and blocks the account
from sending where that is set. Nothing here decides what a signal is (`core.engine.stolen`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Final

import structlog
from msgspec.structs import replace

from core.daemon.teller import Teller
from core.engine.stolen.signal import BLOCKING, SENDING, Signal
from core.notify import webhook_event
from core.notify.announce import StolenAccount, announce_stolen
from core.settings.model import Settings
from core.store.block import Block
from core.store.signal import Closed, NotedSignal
from core.store.signals import SignalFilter
from core.words import Reason

if TYPE_CHECKING:
    from core.daemon.daemon import Daemon
    from core.store.store import Store

log = structlog.get_logger()

DAY: Final = 86_400.0

REMEMBERED: Final = 30 * DAY
"""Seconds for which an open signal is remembered after it was seen last."""

MOST: Final = 10_000
"""Signals that are read when the daemon starts."""

AT_ONCE: Final = 500
"""Signals that are written without waiting for the second to end."""

LAST_NOTICES: Final = 5.0
"""Seconds that the last notices may take when the daemon ends."""

Announce = Callable[[StolenAccount, Settings, Collection[str]], None]


class StolenCases:
    """The cases of one daemon.

    Args:
        daemon: whose.
        announce: tells people; runs in a thread, may take long, may fail.
    """

    def __init__(self, daemon: Daemon, announce: Announce = announce_stolen) -> None:
        self._daemon = daemon
        self._teller = Teller(
            announce,
            lambda problem: daemon.parts.report("stolen notice", problem),
            daemon.settings_of,
            daemon.config.state / "stolen-notices",
            StolenAccount,
        )
        self._open: dict[str, dict[str, NotedSignal]] = {}
        self._told: dict[str, float] = {}
        self._due: dict[str, Block | None] = {}
        self._unwritten: list[NotedSignal] = []

    def start(self) -> None:
        """Begin to tell people."""
        self._teller.start()

    def hurry(self) -> None:
        """Try at once to tell what nobody could be told of, now that settings have changed."""
        self._teller.hurry()

    def recall(self, store: Store) -> None:
        """Take up the signals that were open when the daemon ended, and who was told of them.

        Raises:
            StoreError: the store cannot be read.
        """
        wanted = SignalFilter(open=True, since=time.time() - REMEMBERED)
        for past in reversed(store.signals.find(wanted, MOST)):
            names = NotedSignal.__struct_fields__
            noted = NotedSignal(**{name: getattr(past, name) for name in names})
            self._open.setdefault(noted.account, {})[noted.kind] = noted
            if noted.told:
                self._told[noted.account] = max(self._told.get(noted.account, 0.0), noted.told)

    def stop(self, wall: float) -> None:
        """Tell the last news."""
        self.tell(wall)
        if self._teller.stop(LAST_NOTICES):
            log.error("nobody was told of the last accounts that look stolen yet")

    def open(self, account: str) -> list[NotedSignal]:
        """The signals of an account that nobody has closed, the newest first."""
        found = self._open.get(account, {}).values()
        return sorted(found, key=lambda signal: -signal.last)

    def close(self, account: str, by: str, closed: Closed) -> tuple[int, set[str]]:
        """Close all signals of an account.

        Returns:
            How many were known to be open, and the countries in them.
        """
        signals = self._open.pop(account, {})
        self._due.pop(account, None)
        self._told.pop(account, None)
        now = time.time()
        self._write()  # first: they are among those that are closed
        self._daemon.writer.put(lambda store: store.signals.close(account, now, by, closed))
        return len(signals), {code for each in signals.values() for code in each.countries}

    def act(self, signals: Iterable[Signal]) -> None:
        """Note signals; have people told and the account blocked, where that is wanted."""
        for signal in signals:
            before = self._open.get(signal.account, {}).get(signal.kind)
            noted = _merged(signal, before)
            if signal.is_weak:
                self._note(noted)
                continue
            log.warning(
                "an account looks stolen",
                account=signal.account,
                kind=signal.kind.value,
                evidence=signal.evidence,
            )
            is_news = before is None or {*noted.countries} != {*before.countries}
            if is_news:
                self._daemon.tell_elsewhere(webhook_event.of_signal(noted))
            if self._block(signal):
                self._note(replace(noted, action="blocked"))
                continue
            self._note(noted)
            told_today = time.time() - self._told.get(signal.account, 0.0) < DAY
            if not told_today and (is_news or signal.kind in SENDING):
                self._due.setdefault(signal.account, None)

    def tell(self, wall: float) -> None:
        """Write down what happened since the last time, and have people told of it.

        Args:
            wall: seconds since 1970.
        """
        for account in list(self._due):
            block = self._due.pop(account)
            settings = self._settings(account)
            signals = [each for each in self.open(account) if wall - each.last < DAY]
            notify, owner, blocked = settings.notify, settings.owner, block is not None
            has_reader = (notify.address and (notify.stolen or blocked)) or (
                owner.address and (owner.stolen or blocked)
            )
            if not signals or not has_reader:
                continue
            self._told[account] = wall
            self._teller.tell(StolenAccount(account, tuple(signals), block))
            for each in signals:
                action = "informed" if each.action == "noted" else each.action
                self._note(replace(each, action=action, told=wall))
        self._write()

    def sweep(self, wall: float) -> None:
        """Forget what is over."""
        self._told = {name: at for name, at in self._told.items() if wall - at < DAY}
        for account, kinds in list(self._open.items()):
            left = {name: each for name, each in kinds.items() if wall - each.last < REMEMBERED}
            if left:
                self._open[account] = left
            else:
                del self._open[account]

    def sends_freely(self, account: str) -> bool:
        """Whether nothing that the account sends is looked at."""
        senders = self._daemon.guard.snapshot.exempt_senders
        return not senders.empty and senders.find(account, time.time()) is not None

    def _settings(self, account: str) -> Settings:
        return self._daemon.guard.snapshot.resolved.of_account(account)

    def _note(self, noted: NotedSignal) -> None:
        self._open.setdefault(noted.account, {})[noted.kind] = noted
        self._unwritten.append(noted)
        if len(self._unwritten) >= AT_ONCE:
            self._write()

    def _write(self) -> None:
        """Write what has been noted since the last time, in one transaction."""
        if self._unwritten:
            noted, self._unwritten = self._unwritten, []
            self._daemon.writer.put(lambda store: store.signals.note(*noted))

    def _block(self, signal: Signal) -> bool:
        """Block the account, where that is set and it is not blocked yet.

        People are told once the block would survive a crash.
        """
        account, guard = signal.account, self._daemon.guard
        settings = self._settings(account).stolen
        if settings.action != "block" or signal.kind not in BLOCKING:
            return False
        if guard.blocks.find(account, time.monotonic()) or self.sends_freely(account):
            return False
        now = time.time()
        block = Block(
            account=account,
            started=now,
            until=now + settings.block_seconds,
            seconds=settings.block_seconds,
            reason=Reason.ACCOUNT_STOLEN,
            evidence=signal.evidence,
        )
        guard.block(block).add_done_callback(lambda _: self._due.update({account: block}))
        return True


def _merged(signal: Signal, before: NotedSignal | None) -> NotedSignal:
    """A signal as it is kept: one of its kind that is open goes on."""
    if before is None:
        return NotedSignal(
            account=signal.account,
            kind=signal.kind,
            at=signal.first,
            last=signal.last,
            evidence=signal.evidence,
            countries=signal.countries,
        )
    return replace(
        before,
        last=max(before.last, signal.last),
        evidence=signal.evidence,
        countries=tuple(dict.fromkeys((*before.countries, *signal.countries))),
    )

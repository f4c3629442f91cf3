"""The daemon: puts the parts together, keeps their time, and ends without losing anything."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from msgspec.structs import replace

from core import __version__
from core.daemon import entrance, rules, systemd, windows_file
from core.daemon.companion import Company
from core.daemon.companions import companions
from core.daemon.doors import AnyDoor
from core.daemon.entitlement import Entitlements
from core.daemon.forgiven import Forgiven
from core.daemon.guard import Guard
from core.daemon.keeper import Keeper
from core.daemon.listener import Peers, allow_many_connections
from core.daemon.parts import Parts
from core.daemon.reporter import Reporter
from core.daemon.standing import standing
from core.daemon.teller import Announce, Teller
from core.daemon.webhook_watch import WebhookWatch
from core.daemon.writer import Writer
from core.engine.policy import Snapshot
from core.notify import webhook_event
from core.notify.webhook_event import WebhookEvent
from core.panel import Panel
from core.settings.config import Config
from core.settings.model import Settings
from core.store import settings_copy
from core.store.block import Block
from core.store.journal import Journal
from core.store.ledger import Ledger
from core.store.store import Store
from core.words import Reason

log = structlog.get_logger()

DAY = 86_400
"""Seconds."""

LICENCE_WAIT = 2.0
"""Seconds that a start or a reload waits for what licence and panel say; later it counts later."""

LAST_WRITES = 20.0
"""Seconds that the writer may take at the end, and after it the notices."""


class Daemon:
    """One running daemon.

    Args:
        config: where everything is.
        panel: this server's panel; asked in a thread, and only for what it is.
        announce: tells people about a new block; runs in a thread, may take long, may fail.
    """

    def __init__(self, config: Config, panel: Panel, announce: Announce) -> None:
        self.config = config
        self.started = time.time()
        self.parts = Parts(config)
        self.entitlements = Entitlements(config, panel, self.parts.report)
        self.doors: list[AnyDoor] = []
        self.logins: deque[str] = deque(maxlen=4096)
        self.teller = Teller(
            announce,
            lambda problem: self.parts.report("notice", problem),
            self.settings_of,
            config.state / "notices",
            Block,
        )
        self._reloading = asyncio.Lock()
        self._ending = asyncio.Event()
        self._stop_metrics: Callable[[], None] | None = None
        self._tasks: set[asyncio.Future[None]] = set()

    async def run(self) -> None:
        """Start, serve until told to end, and end.

        Raises:
            MailwardError: another daemon runs on the same state directory, or that directory
                cannot be used.
        """
        self.parts.directories()
        # First of all: being told to end while starting is a clean end too, and keeps the windows.
        self._listen_to_signals()
        allow_many_connections()
        self._start()
        try:
            await self._ask_what_is_permitted()
            await self._open_doors()
            systemd.notify("READY=1", f"STATUS=answering, version {__version__}")
            log.info("answering", version=__version__, doors=[d.endpoint for d in self.doors])
            await self._keep_time()
        finally:
            await self._end()

    def _start(self) -> None:
        parts = self.parts
        store = parts.store()
        self.rules = self._read_rules(store)
        parts.report("settings", "; ".join(self.rules.problems))
        sources = parts.sources()
        self.server_country = parts.server_country(sources)
        self.journal = Journal()
        ledger = parts.ledger()
        self.keeper = Keeper(ledger, self._on_block)
        snapshot = Snapshot(self.rules.resolved, self.server_country)
        self.guard = Guard(snapshot, sources, self.journal, self.keeper.keep)
        self.forgiven = Forgiven()
        self._let_stand(ledger, store)
        parts.report("windows", windows_file.restore(self._windows, self.guard.windows))
        loop = asyncio.get_running_loop()
        self.writer = Writer(
            store,
            lambda: Store.open(self.config.store_url),
            parts.event_log(),
            lambda store: loop.call_soon_threadsafe(self._on_store, store.problem),
        )
        self.writer.problem = parts.problems.get("store", "") if store is None else ""
        self.writer.start()
        self.teller.start()
        self.company = Company(companions(self), parts.report)
        self.company.start()
        self._begin(Reporter(self).run(self._ending))

    def _let_stand(self, ledger: Ledger | None, store: Store | None) -> None:
        """Take blocks from before into account, beside those that have begun since."""
        wall, now = time.time(), time.monotonic()
        for block in standing(ledger, store, wall):
            if not self.guard.blocks.holds(block.account):
                self.guard.blocks.add(block, now + block.remaining(wall))

    async def _mend_ledger(self) -> None:
        """Try again what failed: to open the ledger, or to write to it."""
        self.keeper.retry()
        if self.keeper.has_ledger:
            return
        ledger = await asyncio.get_running_loop().run_in_executor(None, self.parts.ledger)
        if ledger is not None:
            self._let_stand(ledger, None)
            self.keeper.adopt(ledger)

    @property
    def _windows(self) -> Path:
        return self.config.state / "windows"

    def _read_rules(self, store: Store | None) -> rules.Rules:
        return rules.read(store, self.config.state / settings_copy.NAME)

    async def _open_doors(self) -> None:
        self.peers = Peers(self.config.listen.trusted, (os.getuid(),))
        self.doors = entrance.doors(self)
        await entrance.open_all(self.doors)
        self._stop_metrics = entrance.open_metrics(self)

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ending.set)
        loop.add_signal_handler(signal.SIGHUP, self._on_hangup)

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _ask_what_is_permitted(self) -> None:
        """Wait for licence and panel, but not for long."""
        await asyncio.wait({self._begin(self._look_at_licence(anew=True))}, timeout=LICENCE_WAIT)

    async def _look_at_licence(self, *, anew: bool = False) -> None:
        loop, look = asyncio.get_running_loop(), self.entitlements.look
        if await loop.run_in_executor(None, lambda: look(time.time(), anew=anew)):
            log.info("other features are off", off=list(self.entitlements.present.off))
            self._put_in_force(self.rules)

    def _put_in_force(self, found: rules.Rules) -> None:
        """Let settings count, as far as licence and plans permit."""
        present = self.entitlements.present
        told = present.told
        self.rules = replace(found, resolved=found.resolved.under(told.without_plan, told.homes))
        self.guard.snapshot = Snapshot(self.rules.resolved, self.server_country, present.off)
        self.guard.forget()
        self.company.renew(self.guard.snapshot)
        self.teller.hurry()

    def _on_hangup(self) -> None:
        self._begin(self.reload())

    def _on_store(self, problem: str) -> None:
        """The store is back: what people have set counts again."""
        self.parts.report("store", problem)
        self._on_hangup()

    async def reload(self) -> None:
        """Take new settings and data; questions are answered all the while.

        A door that could not be opened is tried again: a hook makes the folder for a socket after
        the daemon has started.
        """
        async with self._reloading:
            systemd.notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
            try:
                await self._take_anew()
            finally:
                systemd.notify("READY=1")
        log.info("settings and data were read anew")

    async def _take_anew(self) -> None:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(None, self._read_rules, self.writer.store)
        sources = await loop.run_in_executor(None, self.parts.sources)
        country = self.parts.server_country
        self.server_country = await loop.run_in_executor(None, country, sources)
        await self._ask_what_is_permitted()
        former = self.guard.sources
        self.guard.sources = sources
        self._put_in_force(found)
        # Only now do they count: a status that is well must not come before them.
        self.parts.report("settings", "; ".join(found.problems))
        former.close()
        self.writer.reopen_log()
        for door in self.doors:
            if not door.is_open and not self._ending.is_set():
                door.problem = ""
                await door.open()

    async def _keep_time(self) -> None:
        """Do what is due, second by second, until told to end."""
        beat, seconds = systemd.watchdog_seconds(), 0
        while not self._ending.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), min(1.0, beat or 1.0))
            if beat:
                systemd.notify("WATCHDOG=1")
            seconds += 1
            self._second(seconds)

    def _second(self, seconds: int) -> None:
        """Hand over events, forget what is old; now and then look at what may have changed."""
        self._settle()
        self._drain()
        longest = self.rules.resolved.longest_window
        self.guard.windows.sweep(time.monotonic(), longest)
        self.company.tick(time.time())
        if seconds % 10 == 0:
            self._begin(self._mend_ledger())
            self.guard.blocks.standing(time.monotonic())  # forgets those that are over
        if seconds % 60 == 0:
            self.guard.forget()
            self._begin(self._look_at_licence())
            if self.rules.stale:
                self._on_hangup()
        if seconds % 3600 == 60:
            self.writer.put(self._prune)
            self.guard.sessions.forget()
        if seconds % DAY == 0:
            self._on_hangup()  # lists grow stale by the day, also where nobody updates them

    def _settle(self) -> None:
        """Write down what was only counted, a little at a time: mail servers wait for answers."""
        if self.guard.tally.settle():
            asyncio.get_running_loop().call_soon(self._settle)

    def _drain(self, last: bool = False) -> None:
        take = self.journal.finish if last else self.journal.drain
        batch = take(time.time())
        if batch is not None:
            self.writer.put(batch)

    def _prune(self, store: Store) -> None:
        """Forget a little of what is too old; what waits to be written has its turn in between."""
        keep = self.rules.resolved.server.keep
        days = {"events_days": keep.event_days, "statistics_days": keep.statistics_days}
        if store.retention.step(time.time(), **days):
            self.writer.put(self._prune)

    def _on_block(self, block: Block) -> None:
        log.warning("an account is blocked from sending", account=block.account, until=block.until)
        self.writer.put(lambda store: store.blocks.opened(block))
        if block.reason != Reason.ACCOUNT_STOLEN:  # that is told with its signals
            self.teller.tell(block)
        self.tell_elsewhere(webhook_event.of_block(block))

    def settings_of(self, account: str) -> Settings:
        """What counts for an account just now; may be asked in any thread."""
        return self.rules.resolved.of_account(account)

    def tell_elsewhere(self, event: WebhookEvent) -> None:
        """Tell the webhook, where there is one that wants to know. Returns at once."""
        watch = self.company.find(WebhookWatch)
        if watch is not None:
            watch.tell(event)

    async def release(self, account: str, by: str) -> bool:
        """End a block early; False when the account had none."""
        block = self.guard.release(account)
        if block is None:
            return False
        now = time.time()
        await self.keeper.release(account, now, by)
        self.writer.put(lambda store: store.blocks.released(account, now, by))
        self.tell_elsewhere(webhook_event.of_release(account, by, now))
        return True

    async def _end(self) -> None:
        systemd.notify("STOPPING=1")
        for door in reversed(self.doors):
            await door.close()
        self.guard.tally.settle_all()  # whoever is told may still have something to keep
        # What a restart needs comes first: the service manager may lose its patience.
        problem = windows_file.save(self._windows, self.guard.windows)
        if problem:
            log.error(problem)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self.keeper.close)
        self.company.stop()
        self._drain(last=True)
        if not await loop.run_in_executor(None, self.writer.stop, LAST_WRITES):
            log.error("the store did not take the last events in time")
        untold = await loop.run_in_executor(None, self.teller.stop, LAST_WRITES)
        if untold:
            log.error("nobody was told of the last blocks yet", blocks=untold)
        if self._stop_metrics is not None:
            self._stop_metrics()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=LAST_WRITES)
        self.guard.sources.close()
        self.parts.unlock()
        log.info("ended")

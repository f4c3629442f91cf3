"""Makes new blocks durable without holding up anybody else's answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from core.errors import StoreError
from core.store.block import Block
from core.store.ledger import Ledger

log = structlog.get_logger()

Change = Callable[[Ledger], object]


class Keeper:
    """Writes blocks to the ledger in a thread of its own, one after the other.

    When the ledger cannot be written the block still stands in memory, the mail is still refused,
    and `problem` says that a restart would forget it; it is written as soon as that is possible.

    Args:
        ledger: None when it could not be opened.
        announce: called in the event loop with every block that began.
    """

    def __init__(self, ledger: Ledger | None, announce: Callable[[Block], None]) -> None:
        self._ledger = ledger
        self._announce = announce
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._owed: dict[str, Change] = {}
        self._closing = False
        self.problem = "" if ledger is None else ledger.problem

    def keep(self, block: Block) -> asyncio.Future[None]:
        """Write a block; the future is done when it would survive a crash."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        written = loop.run_in_executor(
            self._thread, self._write, block.account, lambda ledger: ledger.block(block)
        )
        written.add_done_callback(lambda _: self._finish(block, done))
        return done

    def _finish(self, block: Block, done: asyncio.Future[None]) -> None:
        if not done.done():
            done.set_result(None)
        self._announce(block)

    def release(self, account: str, at: float, by: str) -> asyncio.Future[None]:
        """Write that a block ended early."""
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(
            self._thread, self._write, account, lambda ledger: ledger.release(account, at, by)
        )

    @property
    def has_ledger(self) -> bool:
        """Whether there is one to write to."""
        return self._ledger is not None

    def adopt(self, ledger: Ledger) -> None:
        """Take the ledger that could not be opened at first."""
        self._ledger = ledger
        self.retry()

    def retry(self) -> None:
        """Write what could not be written before, if there is anything."""
        if self._owed:
            self._thread.submit(self._write_owed)

    def _write(self, account: str, change: Change) -> None:
        self._owed[account] = change  # only the last word about an account counts
        if self._is_written(account) and self._owed and not self._closing:
            self._thread.submit(self._write_owed)  # not now: somebody waits for this one

    def _write_owed(self) -> None:
        for account in list(self._owed):
            if not self._is_written(account):
                return

    def _is_written(self, account: str) -> bool:
        """Write the last word about an account; False when that cannot be done now."""
        if self._ledger is None:
            return False
        try:
            self._owed[account](self._ledger)
        except StoreError as error:
            problem = f"{error}. A restart would forget what is not written"
            if problem != self.problem:
                log.error("a block would not survive a restart", problem=problem)
            self.problem = problem
            return False
        del self._owed[account]
        if not self._owed:
            self.problem = self._ledger.problem
        return True

    def close(self) -> None:
        """Finish what is being written."""
        self._closing = True
        self._thread.submit(self._write_owed)
        self._thread.shutdown(wait=True)
        if self._owed:
            log.error("blocks are forgotten", accounts=sorted(self._owed))
        if self._ledger is not None:
            self._ledger.close()

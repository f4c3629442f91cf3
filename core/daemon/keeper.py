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


class Keeper:
    """Writes blocks to the ledger in a thread of its own, one after the other.

    When the ledger cannot be written the block still stands in memory, the mail is still refused,
    and `problem` says that a restart would forget it.

    Args:
        ledger: None when it could not be opened.
        announce: called in the event loop with every block that began.
    """

    def __init__(self, ledger: Ledger | None, announce: Callable[[Block], None]) -> None:
        self._ledger = ledger
        self._announce = announce
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self.problem = "" if ledger is None else ledger.problem

    def keep(self, block: Block) -> asyncio.Future[None]:
        """Write a block; the future is done when it would survive a crash."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        written = loop.run_in_executor(self._thread, self._write, block)
        written.add_done_callback(lambda _: self._finish(block, done))
        return done

    def _finish(self, block: Block, done: asyncio.Future[None]) -> None:
        if not done.done():
            done.set_result(None)
        self._announce(block)

    def _write(self, block: Block) -> None:
        self._do(lambda ledger: ledger.block(block))

    def release(self, account: str, at: float, by: str) -> asyncio.Future[None]:
        """Write that a block ended early."""
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(
            self._thread, self._do, lambda ledger: ledger.release(account, at, by)
        )

    def _do(self, action: Callable[[Ledger], object]) -> None:
        if self._ledger is None:
            return
        try:
            action(self._ledger)
        except StoreError as error:
            self.problem = str(error)
            log.error("a block would not survive a restart", problem=self.problem)

    def close(self) -> None:
        """Finish what is being written."""
        self._thread.shutdown(wait=True)
        if self._ledger is not None:
            self._ledger.close()

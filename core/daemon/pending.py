"""New blocks on their way to the disk: nobody is told of one before it would survive a crash."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Callable

from core.store.block import Block


class Pending:
    """The blocks that are not durable yet.

    Args:
        keep: makes a new block durable; the future is done when it is.
    """

    def __init__(self, keep: Callable[[Block], Future[None]]) -> None:
        self._keep = keep
        self._waiting: dict[str, Future[None]] = {}

    def begin(self, block: Block) -> Future[None]:
        """Make a block durable; the future is done when it is."""
        future = self._keep(block)
        self._waiting[block.account] = future
        future.add_done_callback(lambda _: self._is_durable(block.account, future))
        return future

    def find(self, account: str) -> Future[None] | None:
        """What has to be waited for before an account is told that it is blocked."""
        return self._waiting.get(account)

    def _is_durable(self, account: str, future: Future[None]) -> None:
        if self._waiting.get(account) is future:  # released and blocked again, it may be another
            del self._waiting[account]

"""The accounts that may not send now, in memory. `core.store.ledger` makes them last."""

from __future__ import annotations

from msgspec import Struct

from core.store.block import Block


class Standing(Struct, frozen=True):
    """A block, and its end on the clock that never jumps, in that clock's seconds."""

    block: Block
    ends: float


class Blocks:
    """All standing blocks.

    Attributes:
        known: those that are remembered, by account; some may be over. For the quick question
            whether there is any at all.
    """

    def __init__(self) -> None:
        self.known: dict[str, Standing] = {}

    def __len__(self) -> int:
        """Blocks that are remembered; some may be over."""
        return len(self.known)

    def add(self, block: Block, ends: float) -> None:
        """Begin a block, or replace the account's earlier one."""
        self.known[block.account] = Standing(block, ends)

    def holds(self, account: str) -> bool:
        """Whether a block is remembered, which may be over already; the quick question."""
        return account in self.known

    def find(self, account: str, now: float) -> Block | None:
        """The account's block, None when it has none or it is over.

        Args:
            account: normalised name.
            now: seconds on the clock that never jumps.
        """
        standing = self.known.get(account)
        if standing is None:
            return None
        if standing.ends > now:
            return standing.block
        del self.known[account]
        return None

    def release(self, account: str) -> Block | None:
        """End a block early; None when there was none."""
        standing = self.known.pop(account, None)
        return standing.block if standing is not None else None

    def standing(self, now: float) -> list[Standing]:
        """All blocks that are not over, the one that ends last first."""
        for account in [name for name, s in self.known.items() if s.ends <= now]:
            del self.known[account]
        return sorted(self.known.values(), key=lambda standing: -standing.ends)

"""The accounts that may not send now, in memory. `core.store.ledger` makes them last."""

from __future__ import annotations

from msgspec import Struct


class Block(Struct, frozen=True):
    """One account that may not send for a while.

    Attributes:
        account: who.
        started, until: seconds since 1970, for people and for the ledger.
        ends: the same end on the clock that never jumps, in its seconds; this one decides.
        evidence: what happened, one line.
    """

    account: str
    started: float
    until: float
    ends: float
    evidence: str


class Blocks:
    """All standing blocks."""

    def __init__(self) -> None:
        self._standing: dict[str, Block] = {}

    def add(self, block: Block) -> None:
        """Begin a block, or replace the account's earlier one."""
        self._standing[block.account] = block

    def find(self, account: str, now: float) -> Block | None:
        """The account's block, None when it has none or it is over.

        Args:
            account: normalised name.
            now: seconds on the clock that never jumps.
        """
        block = self._standing.get(account)
        if block is None or block.ends > now:
            return block
        del self._standing[account]
        return None

    def release(self, account: str) -> Block | None:
        """End a block early; None when there was none."""
        return self._standing.pop(account, None)

    def standing(self, now: float) -> list[Block]:
        """All blocks that are not over, the one that ends last first."""
        for account in [b.account for b in self._standing.values() if b.ends <= now]:
            del self._standing[account]
        return sorted(self._standing.values(), key=lambda block: -block.ends)

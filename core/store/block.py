"""The send block as it is kept: in the ledger, which makes it last, and in the history of blocks.

Knows wall-clock times only. The engine holds the same block with an end on the clock that never
jumps; `Block.remaining` is what it starts from after a restart.
"""

from __future__ import annotations

from msgspec import Struct


class Block(Struct, frozen=True, kw_only=True):
    """One account that may not send for a while.

    Attributes:
        account: normalised login name.
        started: when it began, seconds since 1970 (UTC).
        until: when it ends, likewise.
        seconds: how long it lasts; ``until - started`` unless the clock was set in between.
        reason: a code of `core.words.Reason`, kept as text so that a file written by another
            version can always be read.
        evidence: what happened, one line.
    """

    account: str
    started: float
    until: float
    seconds: int
    reason: str
    evidence: str = ""

    def remaining(self, now: float) -> float:
        """Seconds that are left, 0 when it is over.

        Never more than `seconds`: a clock that was set back must not make a block longer.
        """
        return max(0.0, min(self.until - now, float(self.seconds)))

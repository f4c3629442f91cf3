"""A sign that an account is used by somebody else."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from core.words import Reason, SignalKind

WEAK: Final = frozenset({SignalKind.NEW_COUNTRY, SignalKind.NEW_NETWORK})
"""Noted for whoever looks, and nobody is told: a journey or a new VPN looks the same."""

BLOCKING: Final = frozenset(
    {
        SignalKind.COUNTRIES,
        SignalKind.NETWORKS,
        SignalKind.TRAVEL,
        SignalKind.VOLUME,
        SignalKind.RECIPIENTS,
        SignalKind.FAILED_RECIPIENTS,
    }
)
"""For which an account is blocked where that is set. Not for a right password that was refused:
that is as often a traveller whom the rules keep out, and the refusal has stopped a thief already.
"""

SENDING: Final = frozenset({SignalKind.VOLUME, SignalKind.RECIPIENTS, SignalKind.FAILED_RECIPIENTS})
"""Seen in what the account sends; the others in how it logs in."""


LIFTED: Final = frozenset({Reason.SEND_LIMIT, Reason.ACCOUNT_STOLEN})
"""Blocks that a changed password ends; a block by hand ends by hand."""


class Signal(Struct, frozen=True):
    """One sign.

    Attributes:
        account: normalised login name.
        kind: what makes it look stolen.
        evidence: what was seen, one line.
        first, last: from when to when, seconds since 1970.
        countries: those that the account is not known from; who says that it was the owner says
            that they are fine.
    """

    account: str
    kind: SignalKind
    evidence: str
    first: float
    last: float
    countries: tuple[str, ...] = ()

    @property
    def is_weak(self) -> bool:
        """Whether it is only noted."""
        return self.kind in WEAK

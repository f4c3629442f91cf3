"""Who has just logged in from where: the quick question for every login.

A few thousand slots of eight octets, each for whoever was there last. Whom another one has driven
out of his slot is looked at once more, which changes nothing.
"""

from __future__ import annotations

from array import array
from typing import Final

SLOTS: Final = 1 << 14
"""A power of two."""

_CHECK: Final = SLOTS.bit_length() - 1
_U32: Final = (1 << 32) - 1


class Glances:
    """Pairs of account and address that were seen last."""

    __slots__ = ("_checks", "_times")

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Nobody was seen."""
        self._checks = array("I", bytes(4 * SLOTS))
        self._times = array("I", bytes(4 * SLOTS))

    def note(self, account: str, value: int, at: float) -> None:
        """Somebody logs in.

        Args:
            account: normalised name.
            value: the address as a number.
            at: seconds since 1970.
        """
        hashed = hash((account, value))
        slot = hashed & (SLOTS - 1)
        self._checks[slot] = hashed >> _CHECK & _U32
        self._times[slot] = int(at)

    def since(self, account: str, value: int, since: float) -> bool:
        """Whether the account was seen at that address after a moment, as far as it is known."""
        hashed = hash((account, value))
        slot = hashed & (SLOTS - 1)
        return self._checks[slot] == hashed >> _CHECK & _U32 and self._times[slot] > since

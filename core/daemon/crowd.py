"""How many clients a door lets in before it looks who else wants something.

Each look is a system call, and clients that are answered one by one are woken one by one, which
costs more than that. But an accept that finds nobody takes as long as six looks (the kernel makes a
socket first), and nothing tells how many are waiting. So the door learns it by trying.
"""

from __future__ import annotations

MOST = 16
"""Clients let in at once."""

CAUTION = 16
"""Clients that have to be let in after fewer than expected were there, before more are expected."""


class Crowd:
    """What a door expects to find when somebody knocks.

    Attributes:
        size: how many clients to let in.
    """

    __slots__ = ("_caution", "size")

    def __init__(self) -> None:
        self.size = 1
        self._caution = CAUTION

    def found(self, number: int) -> None:
        """Learn how many there were, of as many as were expected."""
        if number < self.size:
            self.size = number or 1
            self._caution = CAUTION
        elif self._caution > 0:
            self._caution -= number
        elif self.size < MOST:
            self.size = min(2 * self.size, MOST)

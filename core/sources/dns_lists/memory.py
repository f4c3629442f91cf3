"""What lists have said of addresses, for as long as it may be believed. Bounded."""

from __future__ import annotations

from typing import Final

MOST: Final = 20_000
"""Addresses that are remembered of each list: some 3 MB."""

LISTED_SECONDS: Final = 15 * 60.0
CLEAN_SECONDS: Final = 5 * 60.0
FAILED_SECONDS: Final = 30.0
"""How long an address is left alone after a question about it failed."""

Key = tuple[int, int]
"""Version and value of an address."""


class Memory:
    """The answers of one list.

    Args:
        most: how many are remembered; the oldest are forgotten first.
    """

    __slots__ = ("_known", "_most")

    def __init__(self, most: int = MOST) -> None:
        self._known: dict[Key, tuple[float, bool]] = {}
        self._most = most

    def get(self, key: Key, now: float) -> bool | None:
        """Whether an address is listed; None when nobody knows (any more).

        Args:
            key: the address.
            now: seconds on a clock that never jumps.
        """
        found = self._known.get(key)
        return found[1] if found is not None and now < found[0] else None

    def put(self, key: Key, listed: bool, until: float) -> bool:
        """Remember an answer; whether it says something else than the one before."""
        before = self._known.pop(key, None)
        self._known[key] = (until, listed)  # at the end: the oldest stand first
        if len(self._known) > self._most:
            del self._known[next(iter(self._known))]
        return listed is not (before[1] if before is not None else False)

    def listed(self, now: float) -> int:
        """How many addresses are known to be listed."""
        # Looked at by `status`, at most once a second: 20,000 take a millisecond.
        return sum(1 for until, listed in self._known.values() if listed and now < until)

    def __len__(self) -> int:
        return len(self._known)

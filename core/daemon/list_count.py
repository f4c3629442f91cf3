"""Counts which logins each list would have refused, and how many of them had the right password.

That is the preview before a list is armed: who had the right password was probably no attacker.
"""

from __future__ import annotations

from typing import Final

from core.daemon.guard import Guard
from core.daemon.recent import Recent
from core.engine.observation import LoginSeen
from core.sources.facts import AddressFacts
from core.store.list_hits import DAY
from core.words import NetworkKind

SAME_SECONDS: Final = 10
"""A right password is told by Dovecot and asked about by the mail server: one login."""

FRESH_SECONDS: Final = 600.0
"""Lists are asked about who logs in now, not about whom an old log speaks of."""

REMEMBERED: Final = 10_000


class ListCount:
    """The counts since they were taken last.

    Args:
        guard: knows what lists say, and the settings.
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._counts: dict[tuple[int, str], list[int]] = {}
        self._lately = Recent[None](REMEMBERED)

    def observe(self, seen: LoginSeen, wall: float) -> None:
        """Count a login.

        Args:
            seen: it.
            wall: seconds since 1970.
        """
        facts, guard = seen.facts, self._guard
        if facts.local:
            return
        if guard.listings.asks and wall - seen.at < FRESH_SECONDS:
            guard.have_asked(facts, seen.account, wall)
        listed = self._lists(facts)
        if not listed or self._passes(facts, seen.account, wall) or self._is_told(seen):
            return
        for name in listed:
            count = self._counts.setdefault((int(seen.at // DAY), name), [0, 0])
            count[0 if seen.succeeded else 1] += 1

    def _lists(self, facts: AddressFacts) -> set[str]:
        hits = (*facts.hits, *self._guard.listings.hits(facts))
        return {hit.source for hit in hits if hit.kind is NetworkKind.ATTACKER}

    def _passes(self, facts: AddressFacts, account: str, wall: float) -> bool:
        """Whether no list would have refused it, because it is exempt."""
        snapshot = self._guard.snapshot
        if snapshot.policy(account).exempt.find(facts, wall) is not None:
            return True
        return snapshot.exempt_accounts.find(account, wall) is not None

    def _is_told(self, seen: LoginSeen) -> bool:
        """Whether the same good login was counted already."""
        if not seen.succeeded:
            return False
        slot = int(seen.at // SAME_SECONDS)
        keys = [hash((seen.facts.address, seen.account, each)) for each in (slot - 1, slot)]
        told = any(key in self._lately for key in keys)
        self._lately.add(keys[1])
        return told

    def take(self) -> dict[tuple[int, str], tuple[int, int]]:
        """What was counted since the last time, as `core.store.list_hits` adds it."""
        counts, self._counts = self._counts, {}
        return {key: (passed, failed) for key, (passed, failed) in counts.items()}

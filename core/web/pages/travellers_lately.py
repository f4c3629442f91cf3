"""Who was refused lately for where they were: the people who may need a pass."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from core.settings.account import domain_of
from core.store.event_filter import EventFilter, StoredEvent
from core.store.store import Store
from core.web.sight import Sight
from core.words import Reason, Stage, Verdict

LOOKED_BACK: Final = 7 * 86_400.0
MOST: Final = 6
"""Refusals that are offered for a pass."""

_REASONS: Final = frozenset({Reason.COUNTRY, Reason.COUNTRY_UNKNOWN, Reason.NETWORK_ANONYMISER})


class Refusal(Struct, frozen=True):
    """Somebody who was refused lately, and may be travelling."""

    account: str
    country: str
    address: str
    at: float


def refusals(store: Store, sight: Sight, account: str, now: float) -> list[Refusal]:
    """Who was refused lately for where they were, each once.

    Args:
        store: with the events.
        sight: of the visitor.
        account: only this mailbox; "" for all.
        now: seconds since 1970.

    Raises:
        StoreError: the store cannot be read.
    """
    wanted = EventFilter(
        account=account if sight.sees_account(account) else "",
        domains=sight.domains,
        stages=frozenset({Stage.AUTH}),
        verdicts=frozenset({Verdict.DENY, Verdict.DEFER}),
        reasons=_REASONS,
        since=now - LOOKED_BACK,
    )
    found: dict[tuple[str, str], StoredEvent] = {}
    for event in store.events.find(wanted, 100):
        if event.account and domain_of(event.account):
            found.setdefault((event.account, event.country), event)
    return [
        Refusal(event.account, event.country, event.address, event.last)
        for event in list(found.values())[:MOST]
    ]

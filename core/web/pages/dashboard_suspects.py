"""Who attacks and what looks stolen, as the first page tells it."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from core.desk import attackers
from core.desk.desk import Desk
from core.engine.stolen.signal import WEAK
from core.errors import ControlError
from core.store.signals import SignalFilter

MOST: Final = 6
"""Mailboxes that are named."""

MOST_SIGNALS: Final = 2000
"""Open signals that are looked at; more at once is a fault of the settings."""


class Suspects(Struct, frozen=True):
    """Who is suspected now.

    Attributes:
        attackers: how many are refused or watched for guessing passwords here; None when nobody
            can say.
        stolen: mailboxes that look stolen, those with the newest signs first, some of them.
        count: how many there are.
        journeys: mailboxes of which nothing but a possible journey was seen.
    """

    attackers: int | None
    stolen: tuple[str, ...]
    count: int
    journeys: int


def suspects(desk: Desk, now: float, *, reachable: bool) -> Suspects:
    """Who is suspected now.

    Args:
        desk: whose.
        now: seconds since 1970.
        reachable: whether the daemon answers; one that hangs is waited for once.

    Raises:
        StoreError: the store cannot be read.
    """
    strong: dict[str, float] = {}
    weak: set[str] = set()
    for each in desk.store.signals.find(SignalFilter(open=True), MOST_SIGNALS):
        if each.kind in WEAK:
            weak.add(each.account)
        else:
            strong[each.account] = max(each.last, strong.get(each.account, 0.0))
    named = sorted(strong, key=lambda account: (-strong[account], account))
    return Suspects(
        _attackers(desk, now, reachable=reachable),
        tuple(named[:MOST]),
        len(strong),
        len(weak - strong.keys()),
    )


def _attackers(desk: Desk, now: float, *, reachable: bool) -> int | None:
    try:
        if reachable:
            return attackers.standing(desk, 1).count
    except ControlError:
        return None
    return len(desk.store.attackers.standing(now))

"""What the country rule and the network rules did in the last weeks, or would have done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from core.store.statistics import StatisticsFilter
from core.store.store import Store
from core.words import Reason, Stage, Verdict

DAYS: Final = 30

REASONS: Final[Mapping[str, Reason]] = {
    "country.mode": Reason.COUNTRY,
    "country.unknown": Reason.COUNTRY_UNKNOWN,
    "network.cloud": Reason.NETWORK_CLOUD,
    "network.anonymiser": Reason.NETWORK_ANONYMISER,
    "network.relay": Reason.NETWORK_RELAY,
    "network.attacker": Reason.NETWORK_ATTACKER,
}
"""By the setting that decides: for what it refuses."""


class Deeds(Struct):
    """What one rule did.

    Attributes:
        reason: for which it refuses.
        refused: logins and attempts that were refused.
        watched: those that were let pass, and noted as what would have been refused.
    """

    reason: Reason
    refused: int = 0
    watched: int = 0


def deeds(store: Store, now: float) -> dict[str, Deeds]:
    """What each rule did on the whole server, by its setting.

    Args:
        store: where it is counted.
        now: seconds since 1970.

    Raises:
        StoreError: the store cannot be read.
    """
    wanted = StatisticsFilter(
        since=now - DAYS * 86_400, until=now, stages=frozenset({Stage.CONNECT, Stage.AUTH})
    )
    found = {name: Deeds(reason) for name, reason in REASONS.items()}
    by_reason = {each.reason: each for each in found.values()}
    for total in store.statistics.totals(wanted, ("verdict", "reason", "would")):
        verdict, reason, would = total.key
        if verdict != Verdict.ALLOW and reason in by_reason:
            by_reason[Reason(str(reason))].refused += total.count
        elif would in by_reason:
            by_reason[Reason(str(would))].watched += total.count
    return found


def stages(store: Store, now: float) -> dict[Stage, int]:
    """How many were refused before and after the password.

    Raises:
        StoreError: the store cannot be read.
    """
    wanted = StatisticsFilter(
        since=now - DAYS * 86_400,
        until=now,
        stages=frozenset({Stage.CONNECT, Stage.AUTH}),
        verdicts=frozenset({Verdict.DENY, Verdict.DEFER}),
    )
    found = {Stage.CONNECT: 0, Stage.AUTH: 0}
    for total in store.statistics.totals(wanted, ("stage",)):
        found[Stage(str(total.key[0]))] = total.count
    return found

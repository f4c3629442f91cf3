"""A store in which one week is counted, for reports."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from core.notify.report_period import Period, latest
from core.store.block import Block
from core.store.event import Event
from core.store.store import Store
from core.words import Reason, Service, Stage, Verdict

DAY = 86_400.0

MONDAY = 1_799_625_600.0
"""2027-01-11 00:00 UTC."""

NOW = MONDAY + 9 * 3600

WEEK: Period = latest("weekly", NOW, 0, UTC)
"""4 to 10 January."""

FORMER: Period = latest("weekly", NOW - 7 * DAY, 0, UTC)


def noted(
    account: str, verdict: Verdict, reason: Reason, times: int, days_ago: float = 3.0, **more: Any
) -> Event:
    """Some equal verdicts, so many days before the report."""
    at = MONDAY - days_ago * DAY
    known: dict[str, Any] = {
        "stage": Stage.AUTH,
        "service": Service.SUBMISSION,
        "address": "203.0.113.7",
        "country": "RU",
        "asn": 64496,
    }
    return Event(
        at=at,
        last=at,
        count=times,
        verdict=verdict,
        reason=reason,
        account=account,
        domain=account.rpartition("@")[2],
        **(known | more),
    )


def block(account: str, days_ago: float, seconds: int = 21_600) -> Block:
    """A block that began so many days before the report."""
    at = MONDAY - days_ago * DAY
    return Block(
        account=account, started=at, until=at + seconds, seconds=seconds, reason="send_limit"
    )


def count(store: Store) -> None:
    """Two domains, one of which is attacked; and what lies before and after the week."""
    deny, allow = Verdict.DENY, Verdict.ALLOW
    home: dict[str, Any] = {"country": "DE", "address": "198.51.100.7", "asn": 64500}
    store.record(
        [
            noted("ann@a.test", allow, Reason.LOGIN_OK, 40, **home),
            noted("ann@a.test", allow, Reason.NOTHING_AGAINST, 30, stage=Stage.SEND, **home),
            noted("ann@a.test", deny, Reason.COUNTRY, 7),
            noted("ann@a.test", allow, Reason.LOGIN_FAILED, 100),
            noted("bob@a.test", allow, Reason.LOGIN_OK, 5, would="network_cloud", country="FR"),
            noted("bob@a.test", deny, Reason.ACCOUNT_BLOCKED, 9, stage=Stage.SEND, **home),
            noted("eve@b.test", deny, Reason.NETWORK_ATTACKER, 3, asn=64497, country="VN"),
            noted("eve@b.test", deny, Reason.COUNTRY, 50, days_ago=9.0),
            noted("eve@b.test", deny, Reason.COUNTRY, 60, days_ago=-0.2),
        ]
    )
    store.blocks.opened(
        block("bob@a.test", 5.0), block("eve@b.test", 2.0, 30 * 86_400), block("eve@b.test", 20.0)
    )
    store.blocks.released("eve@b.test", MONDAY - DAY, "carol")

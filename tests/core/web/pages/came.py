"""What has come from where, in the tests of the pages about countries and of the dashboard."""

from __future__ import annotations

import time
from typing import Any

from core.store.event import Event
from core.store.store import Store
from core.words import Reason, Service, Stage, Verdict

HOUR = 3600.0
DAY = 24 * HOUR


def event(hours_ago: float = 5, **different: Any) -> Event:
    """A login from Germany that came through, unless the test says otherwise."""
    at = time.time() - hours_ago * HOUR
    account = different.get("account", "bob@alpha.example")
    fields: dict[str, Any] = {
        "at": at,
        "last": at,
        "stage": Stage.AUTH,
        "service": Service.SUBMISSION,
        "verdict": Verdict.ALLOW,
        "reason": Reason.NOTHING_AGAINST,
        "address": "198.51.100.9",
        "country": "DE",
        "account": account,
        "domain": account.rpartition("@")[2],
    }
    return Event(**(fields | different))


def refusal(hours_ago: float = 5, **different: Any) -> Event:
    """A refusal before the password."""
    return event(
        hours_ago,
        **{
            "stage": Stage.CONNECT,
            "verdict": Verdict.DENY,
            "reason": Reason.NETWORK_ATTACKER,
            "check": "attacker",
            "address": "203.0.113.7",
            "country": "RU",
            "account": "",
        }
        | different,
    )


def mail(hours_ago: float = 5, **different: Any) -> Event:
    """A mail that was accepted."""
    return event(hours_ago, stage=Stage.SEND, **different)


def a_month(store: Store) -> None:
    """People in Germany and Austria, one in Thailand, attackers in Russia and Brazil."""
    store.record(
        [
            event(count=500),
            event(30, account="eve@alpha.example", country="AT", count=40),
            event(50, account="dora@delta.example", country="TH", count=3, address="192.0.2.8"),
            event(60, country="RU", count=70, reason=Reason.LOGIN_FAILED),
            refusal(count=900),
            refusal(8, country="BR", count=20, address="203.0.113.90"),
            mail(2, count=33),
        ]
    )

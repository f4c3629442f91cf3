"""Events for tests: one with sensible values, and many that differ in all that can be searched."""

from __future__ import annotations

import random
from typing import Any

from core.store.event import Event
from core.store.store import Store
from core.words import Reason, Service, Stage, Verdict

NOON = 1_767_268_800.0
"""2026-01-01 12:00 UTC."""

HOUR = 3600.0
DAY = 86400.0


def event(**fields: Any) -> Event:
    """A refused connection, with some fields changed."""
    at = fields.pop("at", NOON)
    known = {
        "at": at,
        "last": at,
        "stage": Stage.CONNECT,
        "service": Service.SUBMISSION,
        "verdict": Verdict.DENY,
        "reason": Reason.COUNTRY,
        "check": "country",
        "address": "203.0.113.7",
        "country": "KP",
        "asn": 64500,
    }
    return Event(**(known | fields))


ADDRESSES = [
    "203.0.113.7",
    "203.0.113.8",
    "203.0.112.255",
    "198.51.100.1",
    "0.0.0.1",
    "2001:db8::1",
    "2001:db8:0:1::1",
    "2001:db8:ffff::",
    "",
]
ACCOUNTS = [
    "ann@example.test",
    "bob@example.test",
    "bob@mail.example.test",
    "b_b@example.test",
    "bab@example.test",
    "ann+tag@other.test",
    "100%@other.test",
    "jürgen@other.test",
    "",
]
COUNTRIES = ["KP", "DE", "AT", ""]
QUEUE_IDS = ["4XqZ1k0Yz", "4XqZ1k0Zz", ""]


def many(count: int, days: float = 20.0, seed: int = 7) -> list[Event]:
    """Events that differ in every field, some at the same moment, in order of time."""
    source = random.Random(seed)
    found = []
    at = NOON
    for _ in range(count):
        at += source.choice([0.0, 0.0, 2 * days * DAY / count * source.random() * 1.5])
        account = source.choice(ACCOUNTS)
        found.append(
            event(
                at=at,
                count=source.randrange(1, 5),
                stage=source.choice(list(Stage)),
                service=source.choice(list(Service)),
                verdict=source.choice(list(Verdict)),
                reason=source.choice([Reason.COUNTRY, Reason.LOGIN_OK, Reason.SEND_LIMIT]),
                check=source.choice(["", "country"]),
                address=source.choice(ADDRESSES),
                country=source.choice(COUNTRIES),
                asn=source.choice([0, 64500, 4_294_967_294]),
                account=account,
                domain=account.rpartition("@")[2],
                would=source.choice(["", "", "network_cloud"]),
                queue_id=source.choice(QUEUE_IDS),
                recipients=source.randrange(3),
                detail=source.choice(["", "line"]),
            )
        )
    return found


def forget(store: Store, events_before: float, statistics_before: float = 0.0) -> None:
    """Prune all that is older than these seconds, which must be whole days before each other."""
    now = max(events_before, statistics_before)
    days = {
        "events_days": round((now - events_before) / DAY),
        "statistics_days": round((now - statistics_before) / DAY),
    }
    while store.retention.step(now, **days):
        pass

"""Events for the tests of the log, in the store of their pages."""

from __future__ import annotations

from typing import Any

from core.store.event import Event
from core.store.event_filter import StoredEvent
from core.words import Reason, Service, Stage, Verdict
from tests.core.web.rig import Pages

ALLOWED: dict[str, Any] = {"verdict": Verdict.ALLOW, "reason": Reason.NOTHING_AGAINST, "check": ""}
CONNECTED: dict[str, Any] = {"stage": Stage.CONNECT, "account": "", "domain": ""}


def event(at: float, **fields: Any) -> Event:
    """A refused login of bob, with some fields changed."""
    known: dict[str, Any] = {
        "at": at,
        "last": at,
        "stage": Stage.AUTH,
        "service": Service.SUBMISSION,
        "verdict": Verdict.DENY,
        "reason": Reason.COUNTRY,
        "check": "country",
        "address": "203.0.113.7",
        "country": "KP",
        "asn": 64500,
        "account": "bob@alpha.example",
        "detail": "203.0.113.7 is in KP: is not among the allowed",
    }
    known |= fields
    if "domain" not in known:
        known["domain"] = str(known["account"]).rpartition("@")[2]
    return Event(**known)


def record(pages: Pages, *events: Event) -> list[StoredEvent]:
    """Write events; returns them as they were stored, in the order of writing."""
    store = pages.parts.store
    numbers = store.record(list(events))
    return store.events.follow(numbers[0] - 1, limit=len(numbers))

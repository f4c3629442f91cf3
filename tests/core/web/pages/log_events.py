"""Events for the tests of the log, in the store of their pages, and what is seen of them."""

from __future__ import annotations

import html
import re
import time
from typing import Any

from core.store.event import Event
from core.store.event_filter import StoredEvent
from core.words import Reason, Service, Stage, Verdict
from tests.core.web.rig import Pages

HOSTILE = '"><script>alert(1)</script>'
"""What an attacker might send as anything."""

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


def now() -> float:
    """A moment ago."""
    return time.time() - 60


def shown(text: str) -> list[int]:
    """Numbers of the events that have a row, storms' members left out."""
    return [int(number) for number in re.findall(r'<tr id="e(\d+)"', text)]


def addresses(text: str) -> list[str]:
    """Where a page's links and forms lead."""
    return [html.unescape(found) for found in re.findall(r'(?:href|action)="([^"]*)"', text)]

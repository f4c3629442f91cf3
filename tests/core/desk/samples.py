"""Events, blocks and a daemon's answers for the tests of the verbs."""

from __future__ import annotations

import time
from typing import Any

from core.store.block import Block
from core.store.event import Event
from core.words import Reason, Stage, Verdict
from tests.core.store import samples

NOW = time.time()


def event(**different: Any) -> Event:
    """A refused connection, ten minutes ago, unless the test says otherwise."""
    known: dict[str, Any] = {
        "at": NOW - 600,
        "country": "RU",
        "detail": "203.0.113.7 is in RU: is not among the allowed",
    }
    return samples.event(**(known | different))


def login(account: str, **different: Any) -> Event:
    """An allowed login."""
    domain = account.rpartition("@")[2]
    return event(
        **{
            "stage": Stage.AUTH,
            "verdict": Verdict.ALLOW,
            "reason": Reason.NOTHING_AGAINST,
            "check": "",
            "detail": "",
            "account": account,
            "domain": domain,
            "address": "198.51.100.9",
            "country": "AT",
            "asn": 64501,
        }
        | different
    )


def block(account: str, started: float = NOW - 60, seconds: int = 21_600) -> Block:
    """A send block."""
    return Block(
        account=account,
        started=started,
        until=started + seconds,
        seconds=seconds,
        reason=Reason.SEND_LIMIT,
        evidence="151 messages within 300 seconds, 150 are permitted",
    )


def status(**different: Any) -> dict[str, Any]:
    """A daemon's status in which all is well."""
    return {
        "version": "0.1.0",
        "pid": 4711,
        "started": NOW - 7200,
        "now": NOW,
        "doors": [
            {"kind": "policy", "endpoint": "unix:/p", "connections": 3, "problem": ""},
        ],
        "stages": {
            "connect": {"asked": 12, "last": NOW - 5},
            "auth": {"asked": 0, "last": 0},
            "send": {"asked": 0, "last": 0},
        },
        "faults": 0,
        "last_fault": "",
        "untrusted": 0,
        "events": {"noted": 12, "dropped": 0, "waiting": 1},
        "blocked": 0,
        "tracked": 0,
        "server_country": "AT",
        "sources": [
            {
                "name": "country",
                "vintage": "2026-06-01",
                "entries": 99,
                "age": 86_400.0,
                "problem": "",
                "credit": "IP Geolocation by DB-IP",
                "terms": "CC BY 4.0",
                "link": "https://db-ip.com",
            }
        ],
        "off": {},
        "problems": {},
    } | different

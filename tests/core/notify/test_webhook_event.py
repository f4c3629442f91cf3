"""What a webhook is told is a promise to other people's programs."""

from __future__ import annotations

import json
from typing import Any

from core.notify import webhook_event
from core.notify.webhook_event import WebhookEvent
from core.store.block import Block
from core.store.signal import NotedSignal
from core.words import Reason, SignalKind

BLOCK = Block(
    account="bob@example.test",
    started=1_763_784_000,
    until=1_763_805_600,
    seconds=21_600,
    reason=Reason.SEND_LIMIT,
    evidence="151 mails within 300 seconds",
)


SIGNAL = NotedSignal(
    account="bob@example.test",
    kind=SignalKind.COUNTRIES,
    at=1_763_780_400,
    last=1_763_784_000,
    evidence="DE, BR and VN within 1 hour",
    countries=("DE", "BR", "VN"),
)


def told(event: WebhookEvent, pages: str = "") -> dict[str, Any]:
    """The document as its receiver reads it."""
    document = webhook_event.document(event, "mx.example.test", "9.9", pages)
    found: dict[str, Any] = json.loads(document)
    return found


def test_a_block_is_told_with_all_that_is_known_of_it() -> None:
    """B14: what a receiver needs to change a password or open a ticket."""
    event = webhook_event.of_block(BLOCK)
    assert told(event, "https://panel.example.test/mailward") == {
        "schema": 1,
        "id": event.id,
        "time": "2025-11-22T04:00:00Z",
        "server": "mx.example.test",
        "mailward": "9.9",
        "kind": "block",
        "account": "bob@example.test",
        "reason": "send_limit",
        "text": "sent too many mails",
        "evidence": "151 mails within 300 seconds",
        "until": "2025-11-22T10:00:00Z",
        "link": "https://panel.example.test/mailward/blocked?q=bob@example.test",
        "details": {"seconds": 21_600},
    }


def test_an_account_that_looks_stolen_is_told_with_the_evidence() -> None:
    """A19: what was seen, since when, and from where."""
    document = told(webhook_event.of_signal(SIGNAL))
    assert document["kind"] == "stolen"
    assert document["reason"] == "countries"
    assert document["text"] == "logins from many countries"
    assert document["details"] == {
        "first": "2025-11-22T03:00:00Z",
        "countries": ["DE", "BR", "VN"],
    }


def test_every_event_has_the_same_names() -> None:
    """A receiver needs no cases to find the account or the time."""
    events = [
        webhook_event.of_block(BLOCK),
        webhook_event.of_release("bob@example.test", "root", 1.0),
        webhook_event.of_signal(SIGNAL),
        webhook_event.of_problem("store", "disk full", 1.0),
        webhook_event.of_problem("store", "", 1.0),
        webhook_event.of_attackers([("192.0.2.1", 5.0, "tried 9 accounts")], 3, 1.0),
        webhook_event.example(1.0),
    ]
    names = [list(told(event)) for event in events]
    assert all(each == names[0] for each in names)
    assert [told(event)["kind"] for event in events] == [
        "block", "release", "stolen", "health", "health", "attacker", "test",
    ]  # fmt: skip


def test_attackers_are_told_together() -> None:
    """D's digest: one event, so many named, the others counted."""
    event = webhook_event.of_attackers([("192.0.2.1", 5.0, "tried\n9 accounts")], 3, 1.0)
    document = told(event)
    assert document["evidence"] == "4 new attackers"
    assert document["details"] == {
        "attackers": [
            {"place": "192.0.2.1", "until": "1970-01-01T00:00:05Z", "evidence": "tried 9 accounts"}
        ],
        "more": 3,
    }


def test_health_says_whether_it_is_over() -> None:
    assert told(webhook_event.of_problem("store", "full", 1.0))["reason"] == "problem"
    assert told(webhook_event.of_problem("store", "", 1.0))["reason"] == "recovered"


def test_signals_have_words_and_unknown_reasons_do_not() -> None:
    event = WebhookEvent(kind="stolen", at=1.0, reason="travel")
    assert told(event)["text"] == "impossible journey"
    assert told(WebhookEvent(kind="stolen", at=1.0, reason="later"))["text"] is None


def test_evidence_is_one_line_and_not_endless() -> None:
    """It holds login names, which strangers choose."""
    event = WebhookEvent(kind="block", at=1.0, evidence="a\r\nb" + "x" * 10_000)
    assert told(event)["evidence"] == ("a b" + "x" * 10_000)[:500]


def test_ids_differ_and_sort_by_time() -> None:
    """A receiver that gets one twice can tell."""
    ids = [webhook_event.fresh_id(at) for at in (1.0, 1_763_784_000, 1_763_784_000.001, 9e9)]
    assert ids == sorted(ids)
    assert len({webhook_event.fresh_id(1.0) for _ in range(100)}) == 100

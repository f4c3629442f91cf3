"""What a webhook is told, and how it is written: one JSON document for each thing that happened.

The document is a promise to other people's programs (docs/webhooks.md): names are added to it, and
never changed or taken away without another `SCHEMA`.
"""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

import msgspec
from msgspec import Struct

from core.labels import REASONS, SIGNALS
from core.notify.pages_link import page
from core.store.block import Block
from core.store.signal import NotedSignal
from core.words import Reason, SignalKind

SCHEMA: Final = 1
"""The version of the document."""

TEST: Final = "test"
"""The kind of an event that tells nothing."""

LONGEST: Final = 500
"""Letters of evidence that are sent: it is text from outside."""


class WebhookEvent(Struct, frozen=True, kw_only=True):
    """Something that happened.

    Attributes:
        kind: one of `core.settings.webhook.Kind`, or `TEST`.
        at: when, seconds since 1970.
        account: whose, "" where it is nobody's.
        reason: a stable code: one of `core.words.Reason`, of `core.words.SignalKind`, or
            ``problem`` and ``recovered`` for health.
        evidence: what happened, one line for people.
        until: when it ends, seconds since 1970, 0 where that says nothing.
        page: the page that shows it, ``/blocked``; "" for none.
        details: what else is known, plain JSON values.
        id: names this event for ever, so that who gets it twice can tell. Later ones sort behind.
    """

    kind: str
    at: float
    account: str = ""
    reason: str = ""
    evidence: str = ""
    until: float = 0.0
    page: str = ""
    details: dict[str, Any] = msgspec.field(default_factory=dict)
    id: str = msgspec.field(default_factory=lambda: fresh_id(time.time()))


def fresh_id(at: float) -> str:
    """A name for an event that nobody else has, and that sorts by time."""
    return f"{int(at * 1000):012x}{secrets.token_hex(8)}"


def of_block(block: Block) -> WebhookEvent:
    """An account may not send."""
    return WebhookEvent(
        kind="block",
        at=block.started,
        account=block.account,
        reason=block.reason,
        evidence=block.evidence,
        until=block.until,
        page=_blocked(block.account),
        details={"seconds": block.seconds},
    )


def of_release(account: str, by: str, at: float) -> WebhookEvent:
    """A block ended before its time.

    Args:
        account: whose.
        by: who ended it.
        at: when.
    """
    return WebhookEvent(
        kind="release", at=at, account=account, reason="released", evidence=f"released by {by}"
    )


def of_signal(signal: NotedSignal) -> WebhookEvent:
    """An account looks stolen; whether it was blocked for it is an event of its own."""
    return WebhookEvent(
        kind="stolen",
        at=signal.last,
        account=signal.account,
        reason=signal.kind,
        evidence=signal.evidence,
        page=_blocked(signal.account),
        details={"first": moment(signal.at), "countries": list(signal.countries)},
    )


def of_problem(part: str, problem: str, at: float) -> WebhookEvent:
    """A part of Mailward fails, or, with "", works again."""
    return WebhookEvent(
        kind="health",
        at=at,
        reason="problem" if problem else "recovered",
        evidence=f"{part}: {problem}" if problem else f"{part}: is well again",
        page="/system",
        details={"part": part},
    )


def of_attackers(found: list[tuple[str, float, str]], more: int, at: float) -> WebhookEvent:
    """Who is refused since a while.

    Args:
        found: place, until when, evidence.
        more: how many others there are that are not named.
        at: when.
    """
    attackers = [
        {"place": place, "until": moment(until), "evidence": clean(evidence)}
        for place, until, evidence in found
    ]
    count = len(found) + more
    return WebhookEvent(
        kind="attacker",
        at=at,
        reason=Reason.ATTACKER_SEEN.value,
        evidence=f"{count} new {'attacker' if count == 1 else 'attackers'}",
        page="/security",
        details={"attackers": attackers, "more": more},
    )


def example(at: float) -> WebhookEvent:
    """An event that says only that it arrives."""
    return WebhookEvent(kind=TEST, at=at, evidence="a test: nothing has happened")


def document(event: WebhookEvent, host: str, version: str, pages: str) -> bytes:
    """The document as it is sent.

    Args:
        event: what happened.
        host: this server's full name.
        version: of Mailward.
        pages: ``notify.pages``.
    """
    link = page(pages, event.page) if event.page else ""
    told = {
        "schema": SCHEMA,
        "id": event.id,
        "time": moment(event.at),
        "server": host,
        "mailward": version,
        "kind": event.kind,
        "account": event.account or None,
        "reason": event.reason or None,
        "text": _text(event.reason),
        "evidence": clean(event.evidence),
        "until": moment(event.until) if event.until else None,
        "link": link or None,
        "details": event.details,
    }
    return msgspec.json.encode(told)


def _blocked(account: str) -> str:
    """The page that acts on an account."""
    return f"/blocked?q={quote(account, safe='@')}"


def _text(reason: str) -> str | None:
    """What people call the reason, in English; None for one that only speaks to programs."""
    if reason in REASONS:
        return REASONS[Reason(reason)]
    return SIGNALS[SignalKind(reason)] if reason in SIGNALS else None


def moment(at: float) -> str:
    """A time in UTC (RFC 3339 5.6)."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def clean(text: str) -> str:
    """One line of bounded length."""
    return " ".join(text.split())[:LONGEST]

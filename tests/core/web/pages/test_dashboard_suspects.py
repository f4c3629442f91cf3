"""Who attacks and what looks stolen, on the first page (A9, A19, D13)."""

from __future__ import annotations

import time
from typing import Any

from core.store.attacker import Attacker
from core.store.event import Event
from core.store.signal import NotedSignal
from core.web.pages.dashboard_suspects import MOST
from core.words import Reason, Service, SignalKind, Stage, Verdict
from tests.core.web.rig import Pages


def suspect(pages: Pages, account: str, kind: str = SignalKind.VOLUME, ago: float = 60) -> None:
    """Something was seen of an account."""
    at = time.time() - ago
    seen = NotedSignal(at=at, last=at, account=account, kind=kind, evidence="150 mails")
    pages.parts.store.signals.note(seen)


def test_a_calm_server_says_so(pages: Pages) -> None:
    text = pages.admin.get("/dashboard").text
    assert "Nobody attacks just now." in text
    assert "No mailbox looks stolen." in text


def test_attackers_and_stolen_mailboxes_lead_to_their_pages(pages: Pages) -> None:
    now = time.time()
    pages.parts.store.attackers.seen(
        [
            Attacker(
                place=f"203.0.113.{number}",
                kind="address",
                since=now - 60,
                until=now + 600 if number < 3 else now - 1,
                times=1,
                evidence="tried 14 accounts",
            )
            for number in range(4)
        ]
    )
    suspect(pages, "bob@alpha.example")
    suspect(pages, "bob@alpha.example", SignalKind.NEW_COUNTRY)
    suspect(pages, "info@beta.example", SignalKind.NEW_COUNTRY)
    text = pages.admin.get("/dashboard").text
    assert "3 attackers are kept out now" in text
    assert 'href="/stolen?account=bob@alpha.example"' in text
    assert "1 perhaps on a journey" in text
    assert "account=info@beta.example" not in text


def test_of_many_stolen_mailboxes_the_newest_are_named(pages: Pages) -> None:
    for number in range(MOST + 2):
        suspect(pages, f"box{number}@alpha.example", ago=1000 - number)
    text = pages.admin.get("/dashboard").text
    assert f"box{MOST + 1}@alpha.example" in text
    assert "box1@alpha.example" not in text
    assert "2 more" in text


def test_refused_attackers_are_counted_for_the_day(pages: Pages) -> None:
    now = time.time()
    common: dict[str, Any] = {
        "stage": Stage.AUTH,
        "service": Service.IMAPS,
        "address": "203.0.113.7",
        "account": "bob@alpha.example",
        "domain": "alpha.example",
    }
    pages.parts.store.write(
        [
            Event(at=now - 50, last=now - 5, verdict=Verdict.DENY, reason=reason, count=7, **common)
            for reason in (Reason.ATTACKER_SEEN, Reason.COUNTRY)
        ]
    )
    text = pages.admin.get("/dashboard").text
    tile = text.partition("refused as attackers")[0][-400:]
    assert "reason=attacker_seen" in tile
    assert ">7<" in tile

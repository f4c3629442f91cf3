"""Marks of mailboxes in lists lead to where they are dealt with, and are everybody's own (A19)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from core.store.block import Block
from core.store.ledger import Ledger
from core.store.signal import NotedSignal
from core.words import Reason, SignalKind
from tests.core.web.rig import Pages

BOB, DORA = "bob@alpha.example", "dora@delta.example"


def suspect(pages: Pages, account: str = BOB, kind: str = SignalKind.TRAVEL) -> None:
    """Something was seen of an account."""
    now = time.time()
    seen = NotedSignal(at=now, last=now, account=account, kind=kind, evidence="DE and VN")
    pages.parts.store.signals.note(seen)


def block(pages: Pages, account: str = BOB, reason: str = Reason.BLOCKED_BY_HAND) -> None:
    """An account may not send."""
    now = time.time()
    found = Block(
        account=account,
        started=now,
        until=now + 9999,
        seconds=9999,
        reason=reason,
        evidence="stolen phone (anna (customer))",
    )
    ledger = Ledger.open(pages.config.state / "ledger", now=now)
    ledger.block(found)
    ledger.close()
    pages.parts.store.blocks.opened(found)


PLACES = ["/overview", "/domains", "/domains/alpha.example", f"/domains/alpha.example/{BOB}"]


@pytest.mark.parametrize("route", [*PLACES, "/domains/alpha.example?tab=mailboxes"])
def test_a_stolen_mailbox_is_marked_wherever_it_is_listed(pages: Pages, route: str) -> None:
    suspect(pages)
    text = pages.customer.get(route).text
    assert "looks stolen" in text
    assert "/stolen?" in text.partition("<main")[2]


@pytest.mark.parametrize("route", ["/domains/alpha.example?tab=mailboxes", PLACES[-1]])
def test_whoever_is_blocked_by_hand_is_marked_with_the_reason(pages: Pages, route: str) -> None:
    block(pages)
    suspect(pages, "info@beta.example")
    text = pages.customer.get(route).text
    assert "may not send: blocked by hand" in text
    assert "/blocked?q=bob" in text
    assert "looks stolen" not in text


def test_a_journey_is_no_theft(pages: Pages) -> None:
    suspect(pages, kind=SignalKind.NEW_COUNTRY)
    assert "perhaps a journey" in pages.customer.get(PLACES[-1]).text
    for route in ("/overview", "/domains"):
        assert "looks stolen" not in pages.customer.get(route).text


@pytest.mark.parametrize("route", ["/overview", "/domains", "/customers"])
def test_nobody_sees_others_marks(pages: Pages, route: str) -> None:
    """E22"""
    suspect(pages, DORA)
    block(pages, DORA)
    text = pages.reseller.get(route).text
    assert "looks stolen" not in text
    assert "may not send" not in text
    assert "dora" not in text


def test_resellers_and_administrators_see_it_at_the_customers_domain(pages: Pages) -> None:
    suspect(pages)
    block(pages)
    for who, place in ((pages.reseller, "/blocked?q"), (pages.admin, "/limits?q")):
        text = who.get("/customers").text
        assert "1 looks stolen" in text
        assert "1 may not send" in text
        assert place in text


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Reason.BLOCKED_BY_HAND, "Locked by hand: stolen phone"),
        (Reason.ACCOUNT_STOLEN, "It looked stolen: stolen phone"),
        ("another_versions", "stolen phone"),
    ],
)
@pytest.mark.parametrize("route", ["/overview", "/blocked"])
def test_a_block_tells_its_own_reason(pages: Pages, reason: str, said: str, route: str) -> None:
    block(pages, reason=reason)
    text = pages.customer.get(route).text
    assert said in text
    assert "More mails than are permitted" not in text


def test_a_mailbox_with_a_hostile_name_is_text(pages: Pages) -> None:
    hostile: Any = '"><script>x</script>@alpha.example'
    suspect(pages, hostile)
    for route in ("/overview", "/domains/alpha.example?tab=mailboxes", "/stolen"):
        assert "<script>x" not in pages.customer.get(route).text

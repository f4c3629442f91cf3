"""Blocked mailboxes as their owners see them (B6)."""

from __future__ import annotations

import time

import pytest

from core.store.block import Block
from core.store.ledger import Ledger
from tests.core.web.pages.daemon import Daemon, standing
from tests.core.web.rig import Pages


@pytest.fixture
def daemon(pages: Pages) -> Daemon:
    """One that knows a blocked mailbox of anna's and one of dora's."""
    return Daemon(
        pages,
        blocks=lambda: standing(
            "bob@alpha.example", "dora@delta.example", near={"eve@alpha.example": 120}
        ),
        release=lambda account, by: {"released": account == "bob@alpha.example"},
    )


@pytest.mark.usefixtures("daemon")
def test_customer_sees_own_mailboxes_what_happened_and_what_is_left(pages: Pages) -> None:
    text = pages.customer.get("/blocked").text
    assert "bob@alpha.example" in text
    assert "3 h 05 min" in text
    assert "151 mails within 5 minutes" in text
    assert "120 of 150" in text  # close to the limit
    assert "dora@delta.example" not in text


@pytest.mark.usefixtures("daemon")
def test_customer_is_told_whom_to_ask_and_cannot_release(pages: Pages) -> None:
    """A stolen account must not release itself."""
    pages.parts.store.settings.change(
        ("domain", "alpha.example"), {"text.contact": "help@hoster.example"}, "root", 1.0
    )
    text = pages.customer.get("/blocked").text
    assert "help@hoster.example" in text
    assert "/blocked/release" not in text
    answer = pages.customer.post("/blocked/release", account="bob@alpha.example")
    assert answer.status_code == 403


def test_reseller_releases_their_customers_mailbox(pages: Pages, daemon: Daemon) -> None:
    """E4"""
    assert "/blocked/release" in pages.reseller.get("/blocked").text
    answer = pages.reseller.post("/blocked/release", account="bob@alpha.example")
    assert ("release", {"account": "bob@alpha.example", "by": "rita (reseller)"}) in daemon.asked
    assert "bob@alpha.example may send again." in pages.reseller.follow(answer).text


def test_reseller_releases_nobody_elses(pages: Pages, daemon: Daemon) -> None:
    both = [("account", "bob@alpha.example"), ("account", "dora@delta.example")]
    assert pages.reseller.post("/blocked/release", both).status_code == 404
    assert [verb for verb, _ in daemon.asked if verb == "release"] == []


def test_releasing_nobody_asks_for_a_mailbox(pages: Pages) -> None:
    text = pages.reseller.follow(pages.reseller.post("/blocked/release")).text
    assert "Choose a mailbox first." in text


def test_daemon_that_refuses_to_release_is_quoted(pages: Pages) -> None:
    Daemon(pages)
    answer = pages.reseller.post("/blocked/release", account="bob@alpha.example")
    assert "Not released" in pages.reseller.follow(answer).text


def _begun(account: str, ago: float = 60.0) -> Block:
    start = time.time() - ago
    return Block(
        account=account, started=start, until=start + 600, seconds=600, reason="send_limit"
    )


def test_without_the_daemon_the_ledger_tells(pages: Pages) -> None:
    ledger = Ledger.open(pages.config.state / "ledger", now=time.time())
    ledger.block(_begun("bob@alpha.example"))
    ledger.block(_begun("dora@delta.example"))
    ledger.close()
    text = pages.customer.get("/blocked").text
    assert "bob@alpha.example" in text
    assert "dora@delta.example" not in text
    assert "does not answer just now" in text


def test_daemon_that_says_nothing_leaves_the_history_to_tell(pages: Pages) -> None:
    Daemon(pages)
    begun = (_begun("bob@alpha.example"), _begun("dora@delta.example"))
    pages.parts.store.blocks.opened(*begun)
    text = pages.customer.get("/blocked").text
    assert "until it may send again" in text
    assert "dora@delta.example" not in text


def test_history_is_searched_and_paged(pages: Pages) -> None:
    store = pages.parts.store
    store.blocks.opened(*[_begun("bob@alpha.example", 1000.0 + n) for n in range(60)])
    store.blocks.opened(_begun("info@beta.example", 5000.0), _begun("dora@delta.example"))
    first = pages.customer.get("/blocked").text
    assert first.count('<th scope="row">') == 50
    assert "Older" in first
    assert "dora@delta.example" not in first
    found = pages.customer.get("/blocked", q="info").text
    assert found.count('<th scope="row">') == 1
    assert pages.customer.get("/blocked", q="dora").text.count('<th scope="row">') == 0


def test_hostile_names_are_text(pages: Pages) -> None:
    store = pages.parts.store
    store.blocks.opened(_begun("<script>@alpha.example"))
    text = pages.customer.get("/blocked").text
    assert "&lt;script&gt;@alpha.example" in text
    assert "<script>@" not in text


def test_nothing_blocked_says_so(pages: Pages) -> None:
    text = pages.customer.get("/blocked").text
    assert "No mailbox of yours is blocked." in text
    assert "No mailbox of yours was ever blocked." in text


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "٣"])
def test_nonsense_in_the_address_is_passed_over(pages: Pages, before: str) -> None:
    assert pages.customer.get("/blocked", before=before).status_code == 200


def test_administrator_has_another_page(pages: Pages) -> None:
    assert pages.admin.get("/blocked").status_code == 403

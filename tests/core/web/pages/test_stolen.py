"""Mailboxes that look stolen, as each role sees them (A19, A23)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from core.store.ledger import Ledger
from core.store.signal import NotedSignal
from core.words import SignalKind
from tests.core.web.pages.daemon import Daemon
from tests.core.web.rig import Browser, Pages

BOB, DORA = "bob@alpha.example", "dora@delta.example"


def note(pages: Pages, account: str = BOB, kind: str = SignalKind.COUNTRIES, **more: Any) -> None:
    """Something was seen of an account."""
    now = time.time()
    seen = {"at": now - 600, "last": now - 60, "evidence": "DE and VN within 10 minutes", **more}
    pages.parts.store.signals.note(NotedSignal(account=account, kind=kind, **seen))


@pytest.fixture
def daemon(pages: Pages) -> Daemon:
    """One that does what it is asked."""
    return Daemon(
        pages,
        blocks=lambda: {"blocked": [], "near": []},
        close_signals=lambda **_: {"closed": 1, "released": True},
        block=lambda **asked: {"until": time.time() + asked["seconds"]},
    )


@pytest.mark.usefixtures("daemon")
def test_everybody_sees_what_was_seen_of_their_own(pages: Pages) -> None:
    note(pages, countries=("VN",))
    note(pages, DORA)
    text = pages.customer.get("/stolen").text
    assert "logins from many countries" in text
    assert "Vietnam" in text
    assert "DE and VN within 10 minutes" in text
    assert DORA not in text
    assert DORA in pages.admin.get("/stolen").text


@pytest.mark.usefixtures("daemon")
def test_strong_signs_come_before_weak_ones(pages: Pages) -> None:
    """A journey looks like a theft at first; it is said so."""
    note(pages, "info@beta.example", SignalKind.NEW_COUNTRY, last=time.time())
    note(pages, BOB)
    text = pages.customer.get("/stolen").text
    assert text.index(BOB) < text.index("info@beta.example")
    assert "perhaps a journey" in text


@pytest.mark.parametrize(
    ("who", "release"), [("customer", False), ("reseller", True), ("admin", True)]
)
def test_a_customer_says_that_it_was_he_and_releases_nothing(
    pages: Pages, daemon: Daemon, who: str, release: bool
) -> None:
    """Whoever stole the mailbox may have the panel's password too (B6)."""
    note(pages)
    browser: Browser = getattr(pages, who)
    answer = browser.post("/stolen/close", account=BOB, who="owner")
    (asked,) = [given for verb, given in daemon.asked if verb == "close_signals"]
    assert (asked["account"], asked["owner"], asked["release"]) == (BOB, True, release)
    assert "It will not be asked about these again" in browser.follow(answer).text


def test_a_customer_locks_a_mailbox_at_once(pages: Pages, daemon: Daemon) -> None:
    """A23: the mail's link leads here."""
    answer = pages.customer.post("/stolen/lock", account=BOB, hours="6", why="phishing")
    (asked,) = [given for verb, given in daemon.asked if verb == "block"]
    assert (asked["account"], asked["seconds"], asked["why"]) == (BOB, 21_600, "phishing")
    assert asked["by"] == "anna (customer)"
    assert "may not send for 6 hours" in pages.customer.follow(answer).text


@pytest.mark.parametrize("hours", ["", "0", "-6", "999999", "x", "٦"])
def test_a_length_that_is_not_offered_is_a_day(pages: Pages, daemon: Daemon, hours: str) -> None:
    pages.customer.post("/stolen/lock", account=BOB, hours=hours)
    (asked,) = [given for verb, given in daemon.asked if verb == "block"]
    assert asked["seconds"] == 86_400


@pytest.mark.parametrize("route", ["/stolen/close", "/stolen/lock"])
def test_nobody_touches_another_s_mailbox(pages: Pages, daemon: Daemon, route: str) -> None:
    """E22: neither does he learn whether it exists."""
    note(pages, DORA)
    assert pages.customer.post(route, account=DORA).status_code == 404
    assert pages.customer.post(route, account="nobody@delta.example").status_code == 404
    assert {verb for verb, _ in daemon.asked} <= {"blocks"}


def test_a_daemon_that_refuses_is_quoted(pages: Pages) -> None:
    Daemon(pages)
    note(pages)
    for route in ("/stolen/close", "/stolen/lock"):
        answer = pages.admin.post(route, account=BOB)
        assert "Not " in pages.admin.follow(answer).text


def test_without_a_daemon_it_is_on_record(pages: Pages) -> None:
    """And the mailbox is locked as soon as the daemon is back."""
    note(pages)
    answer = pages.customer.post("/stolen/lock", account=BOB, hours="24")
    assert "is not running" in pages.customer.follow(answer).text
    ledger = Ledger.open(pages.config.state / "ledger", now=time.time())
    try:
        assert [block.account for block in ledger.standing(time.time())] == [BOB]
    finally:
        ledger.close()
    pages.customer.post("/stolen/close", account=BOB, who="owner")
    text = pages.customer.get("/stolen").text
    assert "No mailbox looks stolen." in text
    assert "anna (customer)" in text


@pytest.mark.usefixtures("daemon")
def test_history_is_searched_and_paged(pages: Pages) -> None:
    store = pages.parts.store
    for number in range(55):
        note(pages, f"box{number:02}@alpha.example", at=float(number), last=float(number))
        store.signals.close(f"box{number:02}@alpha.example", 1000.0, "root", "handled")
    first = pages.customer.get("/stolen").text
    assert first.count('<th scope="row">') == 50
    assert "Older" in first
    assert pages.customer.get("/stolen", q="box07").text.count('<th scope="row">') == 1


@pytest.mark.usefixtures("daemon")
def test_words_of_another_version_and_hostile_ones_are_text(pages: Pages) -> None:
    note(pages, kind="from_the_future", evidence="<script>alert(1)</script>")
    text = pages.admin.get("/stolen").text
    assert "from_the_future" in text
    assert "&lt;script&gt;" in text
    assert "<script>alert" not in text


@pytest.mark.usefixtures("daemon")
@pytest.mark.parametrize("query", [{"before": "x"}, {"before": "9" * 40}, {"account": "%"}])
def test_nonsense_in_the_address_is_passed_over(pages: Pages, query: dict[str, str]) -> None:
    assert pages.customer.get("/stolen", **query).status_code == 200

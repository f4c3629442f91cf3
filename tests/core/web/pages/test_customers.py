"""Domains by customer, plan and reseller (E4, E5)."""

from __future__ import annotations

import time

import pytest
from msgspec.structs import replace

from core.errors import PanelBroken
from core.licence.tier import Tier
from core.panel import MailDomain
from core.store.event import Event
from core.words import Reason, Service, Stage, Verdict
from tests.core.web.rig import DOMAINS, Pages


def _off(pages: Pages) -> set[str]:
    stored = pages.parts.store.settings.all()
    return {name for (_, name), values in stored.items() if values.get("domain.enabled") is False}


def test_administrator_sees_every_customer(pages: Pages) -> None:
    text = pages.admin.get("/customers").text
    for word in ("alpha.example", "delta.example", "anna", "dora", "rolf"):
        assert word in text


def test_reseller_sees_own_customers_only(pages: Pages) -> None:
    text = pages.reseller.get("/customers").text
    assert "gamma.example" in text
    assert "delta.example" not in text
    assert "by reseller" not in text
    assert pages.reseller.get("/customers", q="delta").text.count('<th scope="row">') == 0


def test_customers_have_no_customers(pages: Pages) -> None:
    assert pages.customer.get("/customers").status_code == 403
    assert pages.customer.post("/customers/switch", customer="anna").status_code == 403


def test_numbers_are_those_of_the_domains_that_are_seen(pages: Pages) -> None:
    now = time.time()
    events = [
        Event(
            at=now - n,
            last=now - n,
            stage=Stage.AUTH,
            service=Service.SUBMISSION,
            verdict=Verdict.ALLOW,
            reason=Reason.NOTHING_AGAINST,
            account=account,
            domain=account.partition("@")[2],
        )
        for n, account in enumerate(["bob@alpha.example"] * 37 + ["dora@delta.example"] * 11)
    ]
    pages.parts.store.write(events)
    assert ">48<" in pages.admin.get("/customers").text
    text = pages.reseller.get("/customers").text
    assert ">37<" in text
    assert ">48<" not in text


def test_all_domains_of_a_customer_are_switched_at_once_and_back(pages: Pages) -> None:
    answer = pages.reseller.post("/customers/switch", customer="anna", enabled="0")
    assert _off(pages) == {"alpha.example", "beta.example"}
    page = pages.reseller.follow(answer).text
    assert "anna: the rules of 2 domains are off" in page
    entries = ",".join(str(entry.id) for entry in pages.parts.store.audit.find())
    pages.reseller.post("/undo", entries=entries)
    assert _off(pages) == set()


def test_switching_on_takes_the_switch_away(pages: Pages) -> None:
    pages.admin.post("/customers/switch", customer="anna", enabled="0")
    pages.admin.post("/customers/switch", customer="anna", enabled="1")
    assert pages.parts.store.settings.all() == {}


def test_nobody_switches_a_foreign_customer(pages: Pages) -> None:
    """E22"""
    answer = pages.reseller.post("/customers/switch", customer="dora", enabled="0")
    assert answer.status_code == 404
    assert _off(pages) == set()


def test_page_and_search_are_kept_after_switching(pages: Pages) -> None:
    answer = pages.admin.post(
        "/customers/switch", customer="anna", enabled="0", q="alpha", by="customer", page="1"
    )
    assert "q=alpha" in answer.headers["Location"]


def test_plan_that_is_off_is_shown_with_the_reason_and_cannot_be_switched(pages: Pages) -> None:
    pages.panel.listed = [replace(DOMAINS[3], enabled=False, plan="Starter")]
    text = pages.admin.get("/customers").text
    assert "off by its plan" in text
    assert "The plan “Starter” has Mailward off." in text
    assert 'role="switch"' not in text
    answer = pages.admin.post("/customers/switch", customer="dora", enabled="0")
    assert "Nothing was changed" in pages.admin.follow(answer).text
    assert _off(pages) == set()


def test_licence_without_domain_rules_switches_off_but_not_on(pages: Pages) -> None:
    pages.sell(Tier.BASIC)
    pages.admin.post("/customers/switch", customer="anna", enabled="0")
    assert len(_off(pages)) == 2
    answer = pages.admin.post("/customers/switch", customer="anna", enabled="1")
    assert len(_off(pages)) == 2
    assert "licence" in pages.admin.follow(answer).text


def test_five_hundred_domains_are_paged(pages: Pages) -> None:
    pages.panel.listed = [
        MailDomain(f"d{n:03}.example", f"c{n // 60}", "rita", True) for n in range(500)
    ]
    first = pages.admin.get("/customers").text
    assert first.count('<th scope="row">') == 50
    assert "1 to 50 of 500" in first
    assert "60 of 60 on" in first  # the customer's domains on the next page, too
    second = pages.admin.get("/customers", page="2", by="none").text
    assert "d050.example" in second
    assert "d049.example" not in second


def test_mailbox_is_found_by_its_address(pages: Pages) -> None:
    text = pages.admin.get("/customers", q="dora@del").text
    assert "/domains/delta.example/dora@delta.example" in text


def test_names_from_the_panel_are_text(pages: Pages) -> None:
    pages.panel.listed = [MailDomain("x.example", "<b>eve</b>", "<i>", True, (), "<u>plan</u>")]
    text = pages.admin.get("/customers", by="plan").text
    assert "&lt;b&gt;eve" in text
    assert "<b>eve" not in text
    assert "<u>plan" not in text


def test_panel_without_domains_says_what_to_expect(pages: Pages) -> None:
    pages.panel.listed = []
    assert "no mail domains yet" in pages.admin.get("/customers").text
    assert "No domain is like that." not in pages.admin.get("/customers").text


def test_panel_that_does_not_answer_is_said(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> list[MailDomain]:
        raise PanelBroken("its command ended with 1")

    monkeypatch.setattr(pages.panel, "domains", fails)
    assert "its command ended with 1" in pages.admin.get("/customers").text

"""What a reseller or customer sees first (E2, E4)."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from msgspec.structs import replace

from core.licence.tier import Tier
from core.panel import MailDomain
from core.store.event import Event
from core.words import Reason, Service, Stage, Verdict
from tests.core.web.pages.daemon import Daemon, standing
from tests.core.web.rig import DOMAINS, Browser, Pages


def _event(account: str, ago: float = 60.0, **fields: Any) -> Event:
    at = time.time() - ago
    known: dict[str, Any] = {
        "stage": Stage.AUTH,
        "service": Service.SUBMISSION,
        "verdict": Verdict.ALLOW,
        "reason": Reason.NOTHING_AGAINST,
        "address": "203.0.113.7",
        "country": "DE",
        **fields,
    }
    domain = account.partition("@")[2]
    return Event(at=at, last=at, account=account, domain=domain, **known)


REFUSED: dict[str, Any] = {"verdict": Verdict.DENY, "reason": Reason.COUNTRY, "country": "TH"}


def _tiles(browser: Browser, **query: str) -> dict[str, str]:
    """The counters: label to value."""
    text = browser.get("/overview", **query).text
    found = re.findall(
        r'mw-tile-value">(.*?)</span>\s*<span class="mw-tile-label">(.*?)</span>', text, re.DOTALL
    )
    return {label: re.sub(r"<[^>]+>", "", value).strip() for value, label in found}


def test_counters_count_what_is_theirs(pages: Pages) -> None:
    store = pages.parts.store
    store.write([_event("bob@alpha.example", n) for n in range(3)])
    store.write([_event("bob@alpha.example", 20, would="network_cloud")])
    store.write([_event("bob@alpha.example", 10 + n, **REFUSED) for n in range(2)])
    store.write([_event("info@beta.example", n, stage=Stage.SEND) for n in range(5)])
    store.write([_event("carl@gamma.example", n) for n in range(7)])
    store.write([_event("dora@delta.example", n) for n in range(50)])
    anna = _tiles(pages.customer)
    assert anna["logins in 7 days"] == "4"
    assert anna["logins refused"] == "2"
    assert anna["would be refused"] == "1"
    assert anna["mails sent"] == "5"
    assert anna["blocked mailboxes"] == "0"
    assert anna["domains switched on"] == "2 of 2"
    assert _tiles(pages.reseller)["logins in 7 days"] == "11"


def test_period_is_chosen(pages: Pages) -> None:
    store = pages.parts.store
    store.write([_event("bob@alpha.example", 20 * 86_400), _event("bob@alpha.example")])
    assert _tiles(pages.customer)["logins in 7 days"] == "1"
    assert _tiles(pages.customer, days="30")["logins in 30 days"] == "2"
    assert _tiles(pages.customer, days="nonsense")["logins in 7 days"] == "1"


def test_newest_refusals_are_told_in_plain_words(pages: Pages) -> None:
    store = pages.parts.store
    store.write([_event("bob@alpha.example", **REFUSED), _event("dora@delta.example", **REFUSED)])
    text = pages.customer.get("/overview").text
    assert "Login refused, country not allowed: Thailand" in text
    assert "dora@delta.example" not in text


def test_blocked_mailboxes_and_what_is_left(pages: Pages) -> None:
    """B6"""
    Daemon(pages, blocks=lambda: standing("bob@alpha.example", "dora@delta.example"))
    text = pages.customer.get("/overview").text
    assert "may send again in 3 h 05 min" in text
    assert "dora@delta.example" not in text
    assert "does not answer" not in text


@pytest.mark.parametrize("who", ["customer", "reseller"])
def test_a_daemon_that_is_down_is_told_as_to_the_administrator(pages: Pages, who: str) -> None:
    """A25: in the same words, and with nothing of the server's own."""
    browser, said = getattr(pages, who), "Mailward is not guarding: the daemon does not run"
    assert said in pages.admin.get("/dashboard").text
    text = browser.get("/overview").text
    assert f"{said}. Tell the administrator of the server." in text
    assert "systemctl" not in text
    assert str(pages.config.control) not in text
    Daemon(pages, blocks=standing)
    assert said not in browser.get("/overview").text


def test_reseller_sees_a_line_for_each_customer(pages: Pages) -> None:
    """E4"""
    pages.parts.store.write([_event("carl@gamma.example", n) for n in range(13)])
    text = pages.reseller.get("/overview").text
    assert "Your customers" in text
    assert re.search(r"carl</bdi>.*?1 of 1.*?>13<", text, re.DOTALL)
    assert "dora" not in text
    assert "Your customers" not in pages.customer.get("/overview").text


def test_switch_leads_back_here(pages: Pages) -> None:
    """E5"""
    assert 'value="overview.show"' in pages.customer.get("/overview").text
    answer = pages.customer.post(
        "/domains/-switch", domain="alpha.example", enabled="0", back="overview.show"
    )
    assert answer.headers["Location"].startswith("/overview?")
    assert "1 of 2" in pages.customer.follow(answer).text


def test_plan_that_is_off_is_not_switched_on(pages: Pages) -> None:
    pages.panel.listed = [replace(DOMAINS[0], enabled=False), DOMAINS[1]]
    assert _tiles(pages.customer)["domains switched on"] == "1 of 2"
    assert "off by its plan" in pages.customer.get("/overview").text


def test_pass_that_cannot_help_needs_attention(pages: Pages) -> None:
    """A11, A17"""
    store = pages.parts.store
    only = {"country.mode": "allow", "country.list": ["DE"]}
    travel = {"country": "TH", "expires": time.time() + 30 * 86_400, "comment": ""}
    store.settings.change(("server", ""), only, "root", 1.0)
    bob = ("mailbox", "bob@alpha.example")
    store.settings.change(bob, {"country.passes": [travel]}, "anna", 1.0)
    assert "for Thailand cannot help yet" in pages.customer.get("/overview").text


def test_hostile_names_are_text(pages: Pages) -> None:
    name = "<script>x</script>@alpha.example"
    pages.parts.store.write([_event(name, n, **REFUSED) for n in range(40)])
    pages.panel.listed = [replace(DOMAINS[0], customer="rita", mailboxes=(name,))]
    text = pages.reseller.get("/overview").text
    assert "&lt;script&gt;x&lt;/script&gt;@alpha.example was refused 40 times" in text
    assert "<script>x" not in text


@pytest.mark.parametrize("who", ["customer", "reseller"])
def test_empty_server_is_calm(pages: Pages, who: str) -> None:
    text = getattr(pages, who).get("/overview").text
    assert "None. Everybody may send." in text
    assert "Nothing was refused so far." in text
    assert "What needs your attention" not in text


def test_somebody_without_domains_is_told_what_to_do(pages: Pages) -> None:
    pages.panel.listed = [MailDomain("delta.example", "dora", "rolf", True)]
    assert "You have no mail domain yet." in pages.customer.get("/overview").text


def test_administrator_has_another_page(pages: Pages) -> None:
    assert pages.admin.get("/overview").status_code == 403


def test_tier_without_customer_pages_says_so(pages: Pages) -> None:
    """E2"""
    pages.sell(Tier.BASIC)
    assert pages.customer.get("/overview").status_code == 403

"""Domains and the rules of each and of its mailboxes (A12, A13, E5, E6)."""

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
from tests.core.web.forms import filled
from tests.core.web.rig import DOMAINS, Browser, Pages

ALPHA = ("domain", "alpha.example")
BOB = ("mailbox", "bob@alpha.example")
BOB_PAGE = "/domains/alpha.example/bob@alpha.example"


def _form(page: str) -> str:
    """The form of the rules alone."""
    found = re.search(r'<form method="post"[^>]*id="rules">.*?</form>', page, re.DOTALL)
    assert found, page
    return found[0]


def _send(browser: Browser, path: str, **changes: Any) -> Any:
    form = filled(_form(browser.get(path).text), **changes)
    form.poplist("csrf_token")
    return browser.post(path, list(form.items(multi=True)))


def _logins(pages: Pages, account: str, country: str, count: int = 3) -> None:
    now = time.time()
    pages.parts.store.write(
        [
            Event(
                at=now - 60 * n,
                last=now - 60 * n,
                stage=Stage.AUTH,
                service=Service.IMAPS,
                verdict=Verdict.ALLOW,
                reason=Reason.LOGIN_OK,
                account=account,
                domain=account.partition("@")[2],
                address="203.0.113.9",
                country=country,
            )
            for n in range(count)
        ]
    )


def test_each_role_sees_its_own_domains(pages: Pages) -> None:
    assert "delta.example" in pages.admin.get("/domains").text
    reseller = pages.reseller.get("/domains").text
    assert "gamma.example" in reseller
    assert "delta.example" not in reseller
    assert "gamma.example" not in pages.customer.get("/domains").text


@pytest.mark.parametrize(
    "path",
    [
        "/domains/delta.example",
        "/domains/delta.example/dora@delta.example",
        "/domains/alpha.example/dora@delta.example",
        "/domains/alpha.example/info@beta.example",  # hers, but of the other domain
        "/domains/alpha.example/bob",
        "/domains/nonsense of mine",
    ],
)
def test_what_is_not_there_or_not_theirs_is_not_found(pages: Pages, path: str) -> None:
    """E22"""
    assert pages.customer.get(path).status_code == 404
    assert pages.customer.post(path, act="sure").status_code == 404
    assert pages.parts.store.settings.all() == {}


def test_domain_is_switched_off_and_on_and_undone(pages: Pages) -> None:
    """E5"""
    words: dict[str, Any] = {"domain": "alpha.example", "back": "domains.show", "page": "1"}
    answer = pages.customer.post("/domains/-switch", enabled="0", **words)
    assert pages.parts.store.settings.all() == {ALPHA: {"domain.enabled": False}}
    text = pages.customer.follow(answer).text
    assert "alpha.example: own rules are off" in text
    assert 'name="entries"' in text
    pages.customer.post("/domains/-switch", enabled="1", **words)
    assert pages.parts.store.settings.all() == {}


@pytest.mark.parametrize("back", ["", "system.show", "https://evil.example/", "preferences.save"])
def test_switch_leads_back_to_known_pages_only(pages: Pages, back: str) -> None:
    answer = pages.customer.post("/domains/-switch", domain="alpha.example", back=back)
    assert answer.headers["Location"].startswith("/domains?")


def test_nobody_switches_a_foreign_domain(pages: Pages) -> None:
    answer = pages.customer.post("/domains/-switch", domain="delta.example", enabled="0")
    assert answer.status_code == 404
    assert pages.parts.store.settings.all() == {}


def test_plan_that_is_off_is_stronger_than_the_switch(pages: Pages) -> None:
    pages.panel.listed = [replace(DOMAINS[0], enabled=False, plan="Mini")]
    assert "The plan “Mini” has Mailward off." in pages.customer.get("/domains/alpha.example").text
    answer = pages.customer.post("/domains/-switch", domain="alpha.example", enabled="0")
    assert "Nothing was changed" in pages.customer.follow(answer).text
    assert pages.parts.store.settings.all() == {}


def test_rules_of_a_domain_are_set_and_inherited_again(pages: Pages) -> None:
    """A12, E6"""
    changes = {"country_mode": "refuse", "country_mode__inherit": None}
    lists = {"country_list": ["CN", "RU"], "country_list__inherit": None}
    answer = _send(pages.customer, "/domains/alpha.example", **changes, **lists)
    assert answer.status_code == 303, answer.text
    stored = pages.parts.store.settings.all()[ALPHA]
    assert stored == {"country.mode": "refuse", "country.list": ["CN", "RU"]}
    assert pages.parts.store.audit.find()[0].who == "anna (customer)"
    inherit = {"country_mode__inherit": "1", "country_list__inherit": "1"}
    _send(pages.customer, "/domains/alpha.example", **inherit)
    assert pages.parts.store.settings.all() == {}


def test_mailbox_decides_otherwise_than_its_domain(pages: Pages) -> None:
    """A13"""
    _send(pages.customer, BOB_PAGE, network_cloud="refuse", network_cloud__inherit=None)
    assert pages.parts.store.settings.all() == {BOB: {"network.cloud": "refuse"}}
    listed = pages.customer.get("/domains/alpha.example", tab="mailboxes").text
    assert "1 own rule" in listed
    only = pages.customer.get("/domains/alpha.example", tab="mailboxes", own="1").text
    assert "bob@alpha.example" in only
    assert "eve@alpha.example" not in only


def test_administrator_reaches_the_same_page(pages: Pages) -> None:
    answer = _send(pages.admin, BOB_PAGE, network_cloud="off", network_cloud__inherit=None)
    assert answer.status_code == 303
    assert pages.parts.store.audit.find()[0].who == "root (admin)"


def test_narrower_countries_are_shown_before_they_count(pages: Pages) -> None:
    """Whoever closes a country sees which of the own mailboxes came from there."""
    _logins(pages, "bob@alpha.example", "FR")
    _logins(pages, "info@beta.example", "FR")
    path = "/domains/alpha.example"
    changes = {
        "country_mode": "allow",
        "country_mode__inherit": None,
        "country_list": ["DE"],
        "country_list__inherit": None,
    }
    first = _send(pages.customer, path, **changes)
    assert first.status_code == 200
    assert "1 mailbox of yours came from where it would be refused, with 3 logins" in first.text
    assert "info@beta.example" not in first.text
    assert pages.parts.store.settings.all() == {}
    again = filled(_form(first.text))
    again.poplist("csrf_token")
    sure = pages.customer.post(path, [*again.items(multi=True), ("act", "sure")])
    assert sure.status_code == 303
    assert pages.parts.store.settings.all()[ALPHA]["country.list"] == ["DE"]


def test_what_was_looked_at_does_not_speak_for_something_else(pages: Pages) -> None:
    _logins(pages, "bob@alpha.example", "FR")
    path = "/domains/alpha.example"
    first = _send(
        pages.customer,
        path,
        country_mode="allow",
        country_mode__inherit=None,
        country_list=["DE"],
        country_list__inherit=None,
    )
    other = filled(_form(first.text), country_list=["AT"])
    other.poplist("csrf_token")
    second = pages.customer.post(path, [*other.items(multi=True), ("act", "sure")])
    assert "Nothing is saved yet." in second.text
    assert pages.parts.store.settings.all() == {}


def test_only_looking_saves_nothing(pages: Pages) -> None:
    changes = {"country_mode": "refuse", "country_mode__inherit": None, "act": "preview"}
    lists = {"country_list": ["CN"], "country_list__inherit": None}
    answer = _send(pages.customer, "/domains/alpha.example", **changes, **lists)
    assert "nobody of yours would have been refused" in answer.text
    unchanged = _send(pages.customer, "/domains/alpha.example", act="preview")
    assert "No country rule would change" in unchanged.text
    assert pages.parts.store.settings.all() == {}


def test_what_the_server_overrides_is_said_with_the_reason(pages: Pages) -> None:
    store = pages.parts.store
    allowed = {"country.mode": "allow", "country.list": ["DE"]}
    store.settings.change(("server", ""), allowed, "root", 1.0)
    store.settings.change(ALPHA, {"country.list": ["DE", "FR"]}, "anna", 1.0)
    text = pages.customer.get("/domains/alpha.example").text
    assert "Overridden by the server" in text
    assert "The server refuses these countries before the password." in text


def test_passes_of_mailboxes_are_counted_at_their_domain(pages: Pages) -> None:
    """Somebody who looks for them there must not read that there are none."""
    assert "passes of mailboxes" not in pages.customer.get("/domains/alpha.example").text
    for account in ("bob@alpha.example", "eve@alpha.example", "info@beta.example"):
        given = [
            {"country": "TH", "expires": time.time() + 86_400, "comment": ""},
            {"country": "FR", "expires": 1.0, "comment": "over"},
        ]
        scope = ("mailbox", account)
        pages.parts.store.settings.change(scope, {"country.passes": given}, "anna", 1.0)
    text = pages.customer.get("/domains/alpha.example").text
    assert '<a href="/travellers?q=@alpha.example">2 passes of mailboxes</a>' in text
    text = pages.customer.get("/travellers?q=@alpha.example").text
    assert 'name="scope" value="eve@alpha.example"' in text
    assert 'name="scope" value="info@beta.example"' not in text
    assert "passes of mailboxes" not in pages.customer.get(BOB_PAGE).text


def test_rules_of_a_domain_that_is_off_are_kept_and_do_not_count(pages: Pages) -> None:
    values = {"domain.enabled": False, "network.cloud": "off"}
    pages.parts.store.settings.change(ALPHA, values, "anna", 1.0)
    assert "These rules do not count now" in pages.customer.get("/domains/alpha.example").text
    assert "These rules do not count now" in pages.customer.get(BOB_PAGE).text


def test_input_is_kept_beside_its_fault(pages: Pages) -> None:
    answer = _send(
        pages.customer,
        "/domains/alpha.example",
        text_contact="x" * 200,
        text_contact__inherit=None,
    )
    assert answer.status_code == 422
    assert "x" * 200 in answer.text
    assert pages.parts.store.settings.all() == {}


def test_licence_without_domain_rules_keeps_and_says_so(pages: Pages) -> None:
    pages.sell(Tier.BASIC)
    answer = _send(pages.admin, BOB_PAGE, network_cloud="off", network_cloud__inherit=None)
    assert answer.status_code == 422
    assert pages.parts.store.settings.all() == {}


def test_statistics_of_a_domain_are_its_own(pages: Pages) -> None:
    _logins(pages, "bob@alpha.example", "FR", 7)
    _logins(pages, "info@beta.example", "IT")
    text = pages.customer.get("/domains/alpha.example", tab="statistics").text
    assert "France" in text
    assert "Italy" not in text


def test_mailbox_page_tells_what_happened(pages: Pages) -> None:
    _logins(pages, "bob@alpha.example", "FR", 4)
    _logins(pages, "eve@alpha.example", "IT")
    text = pages.customer.get(BOB_PAGE).text
    assert "4 logins" in text
    assert "3 logins" not in text


def test_five_hundred_domains_are_paged_and_searched(pages: Pages) -> None:
    pages.panel.listed = [MailDomain(f"d{n:03}.example", "anna", "rita", True) for n in range(500)]
    first = pages.customer.get("/domains").text
    assert first.count('<th scope="row">') == 50
    assert "451 to 500 of 500" in pages.customer.get("/domains", page="10").text
    found = pages.customer.get("/domains", q="d123").text
    assert found.count('<th scope="row">') == 1


def test_hostile_mailbox_is_text_and_has_a_page(pages: Pages) -> None:
    name = 'x"><script>/y@alpha.example'
    pages.panel.listed = [replace(DOMAINS[0], mailboxes=(name,))]
    listed = pages.customer.get("/domains/alpha.example", tab="mailboxes").text
    assert "<script>/y" not in listed
    found = re.search(r'href="(/domains/alpha\.example/x[^"]+)"', listed)
    assert found
    page = pages.customer.get(found[1])
    assert page.status_code == 200
    assert "<script>/y" not in page.text


def test_customer_without_domains_is_told_what_to_do(pages: Pages) -> None:
    pages.panel.listed = []
    assert "You have no mail domain yet." in pages.customer.get("/domains").text


def test_owner_says_where_reports_and_notices_go(pages: Pages) -> None:
    """B3, D10: of the domain; a mailbox has no owner of its own."""
    page = pages.customer.get("/domains/alpha.example").text
    assert 'name="owner-address"' in page
    assert 'name="notify-language"' in page
    assert 'name="owner-pages"' not in page
    assert (
        'name="owner-address"'
        not in pages.customer.get("/domains/alpha.example/bob@alpha.example").text
    )

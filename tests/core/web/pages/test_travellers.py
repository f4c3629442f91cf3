"""Traveller passes: who gives which, and what becomes of them (A17)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from core.licence.feature import Feature
from core.licence.tier import Tier
from core.net.countries import CODES
from core.panel import Requirement
from tests.core.web.rig import Browser, Pages

BOB, SERVER = ("mailbox", "bob@alpha.example"), ("server", "")
ONLY_GERMANY = {"country.mode": "allow", "country.list": ["DE"]}
DAY = 86_400
NEW = {"account": "bob@alpha.example", "kind": "country", "country": "TH", "until": "14"}


def _stored(pages: Pages, scope: tuple[str, str] = BOB, name: str = "country.passes") -> Any:
    return pages.parts.store.settings.all().get(scope, {}).get(name)


def _give(pages: Pages, *passes: tuple[str, float], scope: tuple[str, str] = BOB) -> None:
    value = [{"country": c, "expires": end, "comment": "<i>x</i>"} for c, end in passes]
    pages.parts.store.settings.change(scope, {"country.passes": value}, "somebody", 1.0)


def _named(country: str, scope: tuple[str, str] = BOB) -> dict[str, str]:
    return {
        "name": "country.passes",
        "level": scope[0],
        "scope": scope[1],
        "entry": country,
    }


def _told(browser: Browser, answer: Any) -> str:
    return browser.follow(answer).text


def test_customer_gives_a_pass_and_takes_it_back(pages: Pages) -> None:
    before = time.time()
    answer = pages.customer.post("/travellers", NEW, comment="holiday")
    (stored,) = _stored(pages)
    assert (stored["country"], stored["comment"]) == ("TH", "holiday")
    assert before + 14 * DAY <= stored["expires"] <= time.time() + 14 * DAY
    assert "mailbox bob@alpha.example: Thailand is open until" in _told(pages.customer, answer)
    (entry,) = pages.parts.store.audit.find()
    assert entry.who == "anna (customer)"
    pages.customer.post("/undo", entries=str(entry.id))
    assert _stored(pages) is None


def test_a_mailbox_that_there_is_not_is_told(pages: Pages) -> None:
    """A slip of the pen would let nobody in, and nobody would know why."""
    for account, unknown in (("bbo@alpha.example", True), ("Eve@Alpha.example", False)):
        answer = pages.customer.post("/travellers", {**NEW, "account": account})
        text = _told(pages.customer, answer)
        assert f"mailbox {account.lower()}: Thailand is open until" in text
        assert (f"knows no mailbox {account.lower()}" in text) is unknown


def test_address_goes_into_the_exemptions_of_the_mailbox(pages: Pages) -> None:
    pages.customer.post("/travellers", {**NEW, "kind": "address", "address": "203.0.113.7"})
    (stored,) = _stored(pages, name="exempt.addresses")
    assert stored["entry"] == "203.0.113.7"
    assert stored["expires"] > time.time()


@pytest.mark.parametrize("account", ["dora@delta.example", "delta.example", ""])
def test_nobody_gives_passes_to_others(pages: Pages, account: str) -> None:
    """E22"""
    answer = pages.customer.post("/travellers", {**NEW, "account": account}, server="1")
    assert answer.status_code == 422
    assert pages.parts.store.settings.all() == {}


def test_customers_tick_for_the_server_is_not_heard(pages: Pages) -> None:
    """E22"""
    pages.customer.post("/travellers", NEW, server="1")
    assert _stored(pages, SERVER) is None
    assert 'name="server"' not in pages.customer.get("/travellers").text


def test_input_is_kept_when_something_is_wrong(pages: Pages) -> None:
    said = {**NEW, "account": '"><b>who', "comment": "to <Rome>"}
    answer = pages.customer.post("/travellers", said)
    assert answer.status_code == 422
    assert "&#34;&gt;&lt;b&gt;who" in answer.text
    assert "to &lt;Rome&gt;" in answer.text
    assert '<option value="TH" selected>' in answer.text


def test_address_fills_the_form(pages: Pages) -> None:
    text = pages.customer.get("/travellers", account="eve@alpha.example", country="th").text
    assert 'value="eve@alpha.example"' in text
    assert '<option value="TH" selected>' in text


def test_pass_that_the_server_overrides_is_said_with_the_reason(pages: Pages) -> None:
    """A11"""
    pages.parts.store.settings.change(SERVER, ONLY_GERMANY, "root", 1.0)
    text = _told(pages.customer, pages.customer.post("/travellers", NEW))
    assert "The server refuses it before the password, so it does not help yet." in text
    assert "overridden" in text
    assert "sees this pass on their dashboard" in text
    assert "/travellers/open" not in text


def test_administrator_opens_the_country_at_the_server_at_once(pages: Pages) -> None:
    pages.parts.store.settings.change(SERVER, ONLY_GERMANY, "root", 1.0)
    answer = pages.admin.post("/travellers", NEW, server="1")
    assert _stored(pages, SERVER) == _stored(pages)
    text = _told(pages.admin, answer)
    assert "overridden" not in text
    entries = ",".join(str(entry.id) for entry in pages.parts.store.audit.find(limit=2))
    pages.admin.post("/undo", entries=entries)
    assert (_stored(pages, SERVER), _stored(pages)) == (None, None)


def test_longer_pass_of_the_server_is_not_cut(pages: Pages) -> None:
    long = time.time() + 100 * DAY
    _give(pages, ("TH", long), scope=SERVER)
    pages.admin.post("/travellers", NEW, server="1")
    assert [each["expires"] for each in _stored(pages, SERVER)] == [long]


def test_administrator_opens_the_server_for_a_customers_pass(pages: Pages) -> None:
    end = time.time() + 5 * DAY
    pages.parts.store.settings.change(SERVER, ONLY_GERMANY, "root", 1.0)
    _give(pages, ("TH", end))
    assert "/travellers/open" in pages.admin.get("/travellers").text
    pages.admin.post("/travellers/open", _named("TH"))
    assert [each["expires"] for each in _stored(pages, SERVER)] == [end]
    assert pages.customer.post("/travellers/open", _named("TH")).status_code == 403
    gone = pages.admin.post("/travellers/open", _named("FR"))
    assert "gone already" in _told(pages.admin, gone)


def test_pass_is_ended_before_its_time(pages: Pages) -> None:
    _give(pages, ("TH", time.time() + DAY), ("FR", time.time() + DAY))
    answer = pages.customer.post("/travellers/end", _named("TH"))
    assert [each["country"] for each in _stored(pages)] == ["FR"]
    assert "Thailand is closed again" in _told(pages.customer, answer)
    again = pages.customer.post("/travellers/end", _named("TH"))
    assert "gone already" in _told(pages.customer, again)


def test_pass_is_made_longer_and_one_that_is_over_begins_anew(pages: Pages) -> None:
    end = time.time() + 2 * DAY
    _give(pages, ("TH", end), ("FR", 1000.0))
    pages.customer.post("/travellers/extend", _named("TH"), days="7")
    pages.customer.post("/travellers/extend", _named("FR"), days="3")
    stored = {each["country"]: each["expires"] for each in _stored(pages)}
    assert stored["TH"] == end + 7 * DAY
    assert abs(stored["FR"] - time.time() - 3 * DAY) < 60


def test_pass_does_not_become_longer_than_a_year(pages: Pages) -> None:
    end = time.time() + 360 * DAY
    _give(pages, ("TH", end))
    answer = pages.customer.post("/travellers/extend", _named("TH"), days="30")
    assert "a year at most" in _told(pages.customer, answer)
    assert _stored(pages)[0]["expires"] == end


@pytest.mark.parametrize("days", ["", "5000", "x", "-3"])
def test_nonsense_lengths_are_refused(pages: Pages, days: str) -> None:
    _give(pages, ("TH", time.time() + DAY))
    assert pages.customer.post("/travellers/extend", _named("TH"), days=days).status_code == 400


@pytest.mark.parametrize("verb", ["end", "extend"])
@pytest.mark.parametrize(
    ("scope", "code"),
    [(("mailbox", "dora@delta.example"), 404), (SERVER, 403), (("moon", "x"), 404)],
)
def test_nobody_touches_passes_of_others(
    pages: Pages, verb: str, scope: tuple[str, str], code: int
) -> None:
    """E22"""
    if scope[0] != "moon":
        _give(pages, ("TH", time.time() + DAY), scope=scope)
    before = pages.parts.store.settings.all()
    answer = pages.customer.post(f"/travellers/{verb}", _named("TH", scope), days="7")
    assert answer.status_code == code
    assert pages.parts.store.settings.all() == before


def test_only_lists_of_passes_are_touched(pages: Pages) -> None:
    named = {**_named("bob@alpha.example"), "name": "exempt.send"}
    assert pages.admin.post("/travellers/end", named).status_code == 400


def test_what_is_over_is_dimmed_and_purged_of_ones_own_only(pages: Pages) -> None:
    dora = ("mailbox", "dora@delta.example")
    _give(pages, ("TH", 1000.0), ("FR", time.time() + DAY))
    _give(pages, ("IT", 1000.0), scope=dora)
    assert 'class="mw-over"' in pages.customer.get("/travellers").text
    pages.customer.post("/travellers/purge")
    assert [each["country"] for each in _stored(pages)] == ["FR"]
    assert [each["country"] for each in _stored(pages, dora)] == ["IT"]
    again = pages.customer.post("/travellers/purge")
    assert "No pass is over." in _told(pages.customer, again)


def test_licence_without_passes_keeps_them_and_ends_them(pages: Pages) -> None:
    _give(pages, ("TH", time.time() + DAY))
    pages.sell(Tier.BASIC)
    text = pages.admin.get("/travellers").text
    assert "No new passes" in text
    assert 'name="account"' not in text
    assert pages.admin.post("/travellers", NEW).status_code == 422
    pages.admin.post("/travellers/extend", _named("TH"), days="7")
    assert _stored(pages)[0]["expires"] < time.time() + 2 * DAY
    pages.admin.post("/travellers/end", _named("TH"))
    assert _stored(pages) is None


def test_pass_of_a_domain_that_is_off_is_said(pages: Pages) -> None:
    pages.parts.store.settings.change(
        ("domain", "alpha.example"), {"domain.enabled": False}, "anna", 1.0
    )
    text = _told(pages.customer, pages.customer.post("/travellers", NEW))
    assert "It does not count" in text
    assert "does not count" in pages.customer.get("/travellers").text


def test_search_and_pages(pages: Pages) -> None:
    codes = ["PT", *sorted(CODES - {"PT"})[:24]]
    for number in range(4):
        _give(
            pages,
            *[(code, time.time() + DAY) for code in codes],
            scope=("mailbox", f"u{number}@alpha.example"),
        )
    assert "1 to 25 of 100" in pages.customer.get("/travellers").text
    found = pages.customer.get("/travellers", q="portugal").text
    assert found.count("End now") == 4
    assert "No pass is like that." in pages.customer.get("/travellers", q="zzz").text


def test_comment_is_text(pages: Pages) -> None:
    _give(pages, ("TH", time.time() + DAY))
    text = pages.customer.get("/travellers").text
    assert "&lt;i&gt;x&lt;/i&gt;" in text
    assert "<i>x</i>" not in text


def test_nobody_travels(pages: Pages) -> None:
    assert "Nobody travels just now." in pages.reseller.get("/travellers").text


def test_without_checks_before_the_password_no_pass_is_overridden(pages: Pages) -> None:
    """E7: nothing is refused before the password then, whatever the server's rules say."""
    allowed = {"country.mode": "allow", "country.list": ["DE"]}
    pages.parts.store.settings.change(("server", ""), allowed, "root", 1.0)
    _give(pages, ("TH", time.time() + DAY))
    assert "overridden" in pages.customer.get("/travellers").text
    pages.panel.requirements = [Requirement(Feature.CONNECT, "99.0", "", "", "")]
    pages.parts.forget_situation()
    assert "overridden" not in pages.customer.get("/travellers").text

"""The page of restrictions: who may see it, what it shows, and what it changes."""

from __future__ import annotations

import pytest

from core.licence.tier import Tier
from core.store.event import Event
from core.words import Reason, Service, Stage, Verdict
from tests.core.web.forms import filled
from tests.core.web.rig import Pages


@pytest.mark.parametrize("person", ["reseller", "customer"])
def test_only_the_administrator(pages: Pages, person: str) -> None:
    """E22"""
    browser = getattr(pages, person)
    assert browser.get("/security").status_code == 403
    assert browser.post("/security", field="network-cloud").status_code == 403


def test_rules_are_set_with_one_save(pages: Pages) -> None:
    """A5, A20: each kind of network is off, watched or refused."""
    page = pages.admin.get("/security").text
    sent = filled(page, network_cloud="refuse", country_mode="refuse", text_contact="Eve")
    answer = pages.admin.post("/security", list(sent.items(multi=True)))
    assert "Country rule: off → refuse the countries listed" in pages.admin.follow(answer).text
    assert pages.parts.store.settings.all() == {
        ("server", ""): {
            "network.cloud": "refuse",
            "country.mode": "refuse",
            "text.contact": "Eve",
        }
    }


def test_fault_stands_beside_its_field(pages: Pages) -> None:
    page = pages.admin.get("/security").text
    sent = filled(page, text_country="", text_contact="<i>Eve</i>")
    answer = pages.admin.post("/security", list(sent.items(multi=True)))
    assert answer.status_code == 422
    assert "must not be empty" in answer.text
    assert "&lt;i&gt;Eve&lt;/i&gt;" in answer.text
    assert pages.parts.store.settings.all() == {}


def test_says_what_each_rule_did(pages: Pages) -> None:
    """A20: refused, and what would have been refused."""
    now = pages.clock()
    pages.parts.store.record(
        [
            _event(now, Stage.CONNECT, Verdict.DENY, Reason.NETWORK_ATTACKER, count=2),
            _event(now, would=Reason.NETWORK_CLOUD),
            _event(now - 40 * 86_400, Stage.AUTH, Verdict.DENY, Reason.COUNTRY),
        ]
    )
    page = pages.admin.get("/security").text
    assert "2 refused</a>" in page
    assert "1 would have been refused" in page
    assert "2 refused before the password" in page
    assert "0 after it" in page
    assert page.count("nothing in the last 30 days") == 4


def _event(
    at: float,
    stage: Stage = Stage.AUTH,
    verdict: Verdict = Verdict.ALLOW,
    reason: Reason = Reason.NOTHING_AGAINST,
    *,
    would: str = "",
    count: int = 1,
) -> Event:
    return Event(
        at=at,
        last=at,
        stage=stage,
        service=Service.IMAPS,
        verdict=verdict,
        reason=reason,
        would=would,
        count=count,
    )


def test_says_why_the_stage_is_off(pages: Pages) -> None:
    """A2, E17: what was set stays to be seen."""
    pages.sell(Tier.BASIC)
    assert "Checks before the password need a PLUS licence" in pages.admin.get("/security").text


@pytest.mark.parametrize(
    ("mode", "listed", "said"),
    [
        ("off", [], "People may log in from everywhere"),
        ("allow", [], "none is listed: nobody is refused"),
        ("allow", ["AT"], "allowed from 1 country only"),
        ("refuse", ["AT", "DE"], "from 2 countries are refused"),
    ],
)
def test_summary_of_the_countries(pages: Pages, mode: str, listed: list[str], said: str) -> None:
    values = {"country.mode": mode, "country.list": listed}
    pages.parts.store.settings.change(("server", ""), values, "x", 1.0)
    assert said in pages.admin.get("/security").text

"""Which features are on, and why not, as pages and programs hear it."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from core.licence.feature import Feature
from core.licence.tier import Tier
from core.panel import Role
from core.settings.scope import SERVER_SCOPE, Scope
from core.web.features import is_on, lacking, plan_words, why_locked, why_off
from tests.core.web.api.program import Program
from tests.core.web.forms import filled
from tests.core.web.rig import DOMAINS, Pages


@pytest.mark.parametrize(
    ("tier", "role", "feature", "missing"),
    [
        (Tier.PRO, Role.CUSTOMER, Feature.API, None),
        (Tier.PLUS, Role.ADMIN, Feature.API, None),
        (Tier.PLUS, Role.CUSTOMER, Feature.API, Feature.CUSTOMER_PAGES),
        (Tier.PLUS, Role.RESELLER, None, Feature.CUSTOMER_PAGES),
        (Tier.BASIC, Role.ADMIN, None, None),
        (Tier.BASIC, Role.ADMIN, Feature.API, Feature.API),
    ],
)
def test_what_an_entry_lacks(
    pages: Pages, tier: Tier, role: Role, feature: Feature | None, missing: Feature | None
) -> None:
    """E2, E7: the pages of customers need what the administrator's own do not."""
    pages.sell(tier)
    with pages.app.test_request_context():
        found = lacking(role, feature)
    assert (None if found is None else found.feature) is missing


def test_a_feature_that_is_off_says_why(pages: Pages) -> None:
    """E10."""
    pages.sell(Tier.BASIC)
    with pages.app.test_request_context():
        assert not is_on(Feature.CONNECT)
        assert "need a PLUS licence" in why_off(Feature.CONNECT)
        assert is_on(Feature.SEND_WINDOW)
        assert why_off(Feature.SEND_WINDOW) == ""


def test_plan_is_named(pages: Pages) -> None:
    with pages.app.test_request_context():
        assert "“Gold”" in plan_words(replace(DOMAINS[0], plan="Gold"))
        assert plan_words(DOMAINS[0]) == "The plan has Mailward off."


@pytest.mark.parametrize(
    ("scope", "tier", "why"),
    [
        (SERVER_SCOPE, Tier.BASIC, ""),
        (Scope("domain", "alpha.example"), Tier.BASIC, "need a PLUS licence"),
        (Scope("domain", "alpha.example"), Tier.PRO, "“Mini” has Mailward off"),
        (Scope("mailbox", "bob@alpha.example"), Tier.PRO, "“Mini” has Mailward off"),
        (Scope("domain", "beta.example"), Tier.PRO, ""),
        (Scope("domain", "unknown.example"), Tier.PRO, ""),
    ],
)
def test_where_nothing_more_can_be_set(pages: Pages, scope: Scope, tier: Tier, why: str) -> None:
    """E3, E7."""
    pages.sell(tier)
    pages.panel.listed[0] = replace(DOMAINS[0], enabled=False, plan="Mini")
    with pages.app.test_request_context():
        assert why in why_locked(scope)
        assert bool(why_locked(scope)) is bool(why)


def test_a_plan_that_is_off_locks_every_way_in(pages: Pages) -> None:
    """E3: rules, exemptions and passes; what is set stays and may be taken back."""
    store = pages.parts.store
    scope = ("domain", "alpha.example")
    store.settings.change(scope, {"network.cloud": "refuse"}, "anna", 1.0)
    before = store.settings.all()
    pages.panel.listed[0] = replace(DOMAINS[0], enabled=False, plan="Mini")
    person, program = pages.customer, Program(pages, Role.CUSTOMER)
    page = person.get("/domains/alpha.example").text
    assert "“Mini” has Mailward off" in page
    sent = filled(page, network_anonymiser="refuse", network_anonymiser__inherit=None)
    sent.poplist("csrf_token")
    tries = (
        person.post("/domains/alpha.example", list(sent.items(multi=True))),
        person.post("/exemptions", entry="192.0.2.1", where="alpha.example", ends="30"),
        person.post("/travellers", account="bob@alpha.example", country="TH", until="14"),
        program.send("PATCH", "/settings", _change({"network.anonymiser": "refuse"})),
        program.send("POST", "/exemptions", _exemption()),
    )
    assert [each.status_code for each in tries] == [422, 422, 422, 403, 403]
    assert all("has Mailward off" in each.text for each in tries)
    assert store.settings.all() == before
    assert program.send("PATCH", "/settings", _change({"network.cloud": None})).status_code == 200
    assert store.settings.all() == {}


def _change(values: dict[str, Any]) -> dict[str, Any]:
    return {"level": "domain", "name": "alpha.example", "values": values}


def _exemption() -> dict[str, Any]:
    return {
        "list": "exempt.addresses",
        "entry": "192.0.2.1",
        "level": "domain",
        "name": "alpha.example",
    }

"""Who may enter which route; a route that does not say so cannot exist."""

from __future__ import annotations

import pytest
from flask import Flask

from core.licence.feature import OFFERS, Feature
from core.licence.tier import Tier
from core.panel import Role
from core.web.access import access_of
from tests.core.web.rig import Pages

PEOPLE = {Role.ADMIN: "root", Role.RESELLER: "rita", Role.CUSTOMER: "anna"}

OPEN = {"door.enter", "door.body_sheet"}
"""The only routes, besides files of style sheets and scripts, that ask nobody who they are."""


def test_route_that_does_not_say_who_may_enter_is_an_error() -> None:
    app = Flask("test")
    app.add_url_rule("/x", "x", lambda: "")
    with pytest.raises(LookupError, match="x does not say"):
        access_of(app, "x")


def test_only_the_door_is_open_to_the_world(pages: Pages) -> None:
    """E22"""
    rules = {rule.endpoint for rule in pages.app.url_map.iter_rules()}
    pages_only = {e for e in rules if not e.endswith("static") and not e.startswith("api")}
    assert {e for e in pages_only if not access_of(pages.app, e).roles} == OPEN


@pytest.mark.parametrize("tier", list(Tier))
@pytest.mark.parametrize("role", list(Role))
def test_every_route_asks_for_what_its_tier_has(pages: Pages, tier: Tier, role: Role) -> None:
    """E2, E7: route x role x tier; a page whose feature is off says so and shows nothing else."""
    pages.sell(tier)
    person = pages.visitor(role, PEOPLE[role])
    for rule in pages.app.url_map.iter_rules():
        access = access_of(pages.app, rule.endpoint)
        if role not in access.roles or rule.arguments or "GET" not in (rule.methods or ()):
            continue
        if rule.rule.startswith("/api/"):
            continue
        needed = [Feature.CUSTOMER_PAGES] if role is not Role.ADMIN else []
        needed += [access.feature] if access.feature else []
        is_on = all(tier.covers(OFFERS[feature].tier) for feature in needed)
        answer = person.get(rule.rule)
        if is_on:
            assert answer.status_code in (200, 302, 400, 404), (rule.rule, answer.text)
        else:
            assert answer.status_code == 403, rule.rule
            assert f"{OFFERS[needed[0]].tier.value} licence" in answer.text


def test_every_route_refuses_the_roles_it_does_not_name_and_strangers(pages: Pages) -> None:
    """E22: every route x role, by what the routes themselves say."""
    tried = 0
    for rule in pages.app.url_map.iter_rules():
        access = access_of(pages.app, rule.endpoint)
        if not access.roles:
            continue
        path = rule.rule
        for argument in rule.arguments:
            path = path.replace(f"<{argument}>", "1").replace(f"<int:{argument}>", "1")
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        if not path.startswith("/api/"):
            stranger = pages.stranger.open(path, method=method)
            assert stranger.status_code == 401, path
        for role in set(Role) - access.roles:
            answer = pages.visitor(role, PEOPLE[role]).send(method, path)
            assert answer.status_code in (401, 403), (path, role)
            tried += 1
    assert tried > 10

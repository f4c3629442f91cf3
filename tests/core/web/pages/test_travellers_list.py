"""Passes as their page and the overview show them (A17)."""

from __future__ import annotations

from typing import Any

import pytest

from core.panel import Role, Viewer
from core.settings.scope import Resolved, typed
from core.sources import seed
from core.web.pages.travellers_list import SOON, TravelPass, closed, passes
from core.web.sight import Sight
from tests.core.web.rig import Pages

NOW = 1_800_000_000.0
LATER = NOW + 10 * 86_400
ONLY_GERMANY: dict[str, Any] = {"country.mode": "allow", "country.list": ["DE"]}
SERVER, BOB = ("server", ""), ("mailbox", "bob@alpha.example")
DORA = ("mailbox", "dora@delta.example")


def _pass(country: str, expires: float = LATER) -> dict[str, Any]:
    return {"country": country, "expires": expires, "comment": ""}


def _passes(
    pages: Pages,
    stored: dict[tuple[str, str], dict[str, Any]],
    role: Role = Role.CUSTOMER,
    login: str = "anna",
) -> list[TravelPass]:
    sight = Sight(Viewer(role, login), pages.parts.directory)
    return passes(sight, _resolved(stored), NOW, "", pages.config)


def _resolved(stored: dict[tuple[str, str], dict[str, Any]]) -> Resolved:
    resolved, problems = typed(stored)
    assert problems == []
    return resolved


def test_each_sees_own_passes_those_that_end_first_on_top(pages: Pages) -> None:
    stored = {
        BOB: {"country.passes": [_pass("FR"), _pass("IT", NOW + 60), _pass("ES", NOW - 60)]},
        ("domain", "beta.example"): {"country.passes": [_pass("GR", NOW - 5)]},
        DORA: {"country.passes": [_pass("US")]},
        SERVER: {"country.passes": [_pass("TH")]},
    }
    found = _passes(pages, stored)
    assert [(each.entry.entry, each.is_over) for each in found] == [
        ("IT", False),
        ("FR", False),
        ("GR", True),
        ("ES", True),
    ]
    everything = _passes(pages, stored, Role.ADMIN, "root")
    assert {each.entry.entry for each in everything} == {"FR", "IT", "ES", "GR", "US", "TH"}


def test_address_with_an_end_is_a_pass_one_without_is_not(pages: Pages) -> None:
    addresses = [
        {"entry": "203.0.113.7", "comment": "hotel", "expires": LATER},
        {"entry": "203.0.113.8", "comment": "office", "expires": 0},
    ]
    (found,) = _passes(pages, {BOB: {"exempt.addresses": addresses}})
    assert (found.entry.entry, found.is_country, found.is_overridden) == (
        "203.0.113.7",
        False,
        False,
    )


@pytest.mark.parametrize(
    ("server", "overridden"),
    [
        (ONLY_GERMANY, True),
        ({**ONLY_GERMANY, "connect.enabled": False}, False),
        ({**ONLY_GERMANY, "country.watch": True}, False),
        ({**ONLY_GERMANY, "country.list": ["DE", "TH"]}, False),
        ({**ONLY_GERMANY, "country.passes": [_pass("TH")]}, False),
        ({**ONLY_GERMANY, "country.passes": [_pass("TH", NOW - 1)]}, True),
        ({}, False),
    ],
)
def test_pass_is_overridden_while_the_server_refuses_before_the_password(
    pages: Pages, server: dict[str, Any], overridden: bool
) -> None:
    """A11"""
    stored = {SERVER: server, BOB: {"country.passes": [_pass("TH")]}}
    (found,) = _passes(pages, stored)
    assert found.is_overridden is overridden


@pytest.mark.parametrize(
    ("entry", "server", "overridden"),
    [
        ("9.9.9.9", {}, False),
        ("9.9.9.9", ONLY_GERMANY, True),
        ("9.9.9.0/24", ONLY_GERMANY, True),
        ("9.9.9.9", {**ONLY_GERMANY, "connect.enabled": False}, False),
        ("9.9.9.9", {**ONLY_GERMANY, "exempt.addresses": [{"entry": "9.9.9.0/24"}]}, False),
        ("AS64500", ONLY_GERMANY, False),  # it has no country
    ],
)
def test_address_is_looked_up_in_the_data(
    pages: Pages, entry: str, server: dict[str, Any], overridden: bool
) -> None:
    """A11"""
    pages.config.data.mkdir(parents=True)
    seed.plant(pages.config.data)
    address = {"entry": entry, "comment": "", "expires": LATER}
    (found,) = _passes(pages, {SERVER: server, BOB: {"exempt.addresses": [address]}})
    assert found.is_overridden is overridden


def test_without_data_nobody_can_tell(pages: Pages) -> None:
    address = {"entry": "9.9.9.9", "comment": "", "expires": LATER}
    (found,) = _passes(pages, {SERVER: ONLY_GERMANY, BOB: {"exempt.addresses": [address]}})
    assert not found.is_overridden


def test_pass_of_a_domain_that_is_off_does_not_count(pages: Pages) -> None:
    off = ("domain", "alpha.example")
    stored: dict[tuple[str, str], dict[str, Any]] = {
        off: {"domain.enabled": False},
        BOB: {"country.passes": [_pass("FR")]},
    }
    assert [each.counts for each in _passes(pages, stored)] == [False]


def test_ends_soon(pages: Pages) -> None:
    stored = {BOB: {"country.passes": [_pass("FR", NOW + SOON), _pass("IT"), _pass("ES", NOW)]}}
    soon = {each.entry.entry for each in _passes(pages, stored) if each.ends_soon(NOW)}
    assert soon == {"FR"}


def test_closed_countries_are_those_that_the_server_refuses() -> None:
    refused = closed(_resolved({SERVER: ONLY_GERMANY}), NOW, "AT")
    assert "TH" in refused
    assert not refused & {"DE", "AT"}
    assert closed(_resolved({}), NOW, "") == frozenset()

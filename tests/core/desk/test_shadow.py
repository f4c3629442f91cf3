"""What a scope permits and the server refuses all the same, exactly."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.desk.shadow import Shadow, shadows
from core.net.countries import CODES
from core.settings import fields
from core.settings.scope import SERVER_SCOPE, Resolved, Scope

DOMAIN = Scope("domain", "example.test")
MAILBOX = Scope("mailbox", "bob@example.test")
LATER = 4e9


def _rules(**scopes: dict[str, Any]) -> Resolved:
    """Settings of the server, the domain and the mailbox, by public name."""
    places = {"server": SERVER_SCOPE, "domain": DOMAIN, "mailbox": MAILBOX}
    return Resolved(
        {
            places[level]: {
                name: fields.check(name, value, places[level].level)
                for name, value in values.items()
            }
            for level, values in scopes.items()
        }
    )


def _found(rules: Resolved, scope: Scope = DOMAIN, **how: Any) -> dict[str, Shadow]:
    return {each.name: each for each in shadows(rules, scope, now=1000, **how)}


REFUSES = {"country.mode": "refuse", "country.list": ["RU", "CN"]}
ALLOWS = {"country.mode": "allow", "country.list": ["AT", "DE"]}


@pytest.mark.parametrize(
    ("server", "own", "found"),
    [
        pytest.param({}, {"country.mode": "off"}, {}, id="server refuses nothing"),
        pytest.param(
            REFUSES,
            {"country.mode": "off"},
            {"country.mode": ["CN", "RU"]},
            id="off",
        ),
        pytest.param(
            ALLOWS,
            {"country.list": ["AT", "DE", "RU"]},
            {"country.list": ["RU"]},
            id="one country more",
        ),
        pytest.param(
            REFUSES,
            {"country.list": ["RU", "BR"]},
            {"country.list": ["CN"]},
            id="one refused country less",
        ),
        pytest.param(
            REFUSES,
            {"country.mode": "allow", "country.list": ["AT", "RU"]},
            {"country.list": ["RU"]},
            id="allowed by name",
        ),
        pytest.param(
            REFUSES, {"country.mode": "allow"}, {"country.mode": ["CN", "RU"]}, id="list turned"
        ),
        pytest.param(ALLOWS, {"country.list": ["AT"]}, {}, id="tighter"),
        pytest.param(REFUSES, {"country.watch": True}, {"country.watch": ["CN", "RU"]}, id="watch"),
        pytest.param(REFUSES | {"country.watch": True}, {"country.mode": "off"}, {}, id="watched"),
        pytest.param(
            {"country.mode": "allow", "country.list": []}, {"country.mode": "off"}, {}, id="empty"
        ),
        pytest.param(
            REFUSES | {"country.unknown": "refuse"},
            {"country.unknown": "allow"},
            {"country.unknown": []},
            id="unknown",
        ),
        pytest.param(
            REFUSES | {"country.server": "RU"},
            {"country.mode": "off"},
            {"country.mode": ["CN"]},
            id="the server's own country",
        ),
    ],
)
def test_countries(
    server: dict[str, Any], own: dict[str, Any], found: dict[str, list[str]]
) -> None:
    """A11: only what the server refuses, beside the setting that permits it."""
    shown = _found(_rules(server=server, domain=own))
    assert {name: list(each.countries) for name, each in shown.items()} == found


def test_a_whole_world_less_a_few() -> None:
    """A list of refused countries is looser than a list of allowed ones nearly everywhere."""
    found = _found(_rules(server=ALLOWS, domain={"country.mode": "refuse", "country.list": ["RU"]}))
    assert set(found["country.mode"].countries) == CODES - {"AT", "DE", "RU"}


@given(
    st.sampled_from(["off", "allow", "refuse"]),
    st.sets(st.sampled_from(["AT", "DE", "RU", "CN"])),
    st.sampled_from(["off", "allow", "refuse"]),
    st.sets(st.sampled_from(["AT", "DE", "RU", "CN"])),
)
def test_no_country_is_named_wrongly_or_forgotten(
    mode: str, named: set[str], own_mode: str, own_named: set[str]
) -> None:
    """A11: what is shadowed is what the scope lets pass and the server does not."""

    def refused(how: str, countries: set[str]) -> set[str]:
        if how == "off" or (how == "allow" and not countries):
            return set()
        return set(CODES - countries) if how == "allow" else countries

    rules = _rules(
        server={"country.mode": mode, "country.list": sorted(named)},
        domain={"country.mode": own_mode, "country.list": sorted(own_named)},
    )
    found = {code for each in shadows(rules, DOMAIN) for code in each.countries}
    assert found == refused(mode, named) - refused(own_mode, own_named)


def test_what_a_wider_scope_permits_is_shown_there() -> None:
    """A mailbox that sets nothing is not to blame."""
    rules = _rules(server=REFUSES, domain={"country.mode": "off"}, mailbox={"send.limit": 5})
    assert _found(rules, MAILBOX) == {}
    assert list(_found(rules)) == ["country.mode"]


def test_the_detected_country_of_the_server_is_never_shadowed() -> None:
    """It is always allowed."""
    rules = _rules(server=REFUSES, domain={"country.mode": "off"})
    assert _found(rules, server_country="CN")["country.mode"].countries == ("RU",)


@pytest.mark.parametrize(
    ("server", "own", "shadowed"),
    [
        ("refuse", "off", True),
        ("refuse", "watch", True),
        ("refuse", "refuse", False),
        ("watch", "off", False),
        ("off", "refuse", False),
    ],
)
@pytest.mark.parametrize("kind", ["cloud", "anonymiser", "relay", "attacker"])
def test_networks(kind: str, server: str, own: str, shadowed: bool) -> None:
    """A11: a kind that the server refuses stays refused."""
    name = f"network.{kind}"
    quiet = {"network.attacker": "off"} | {name: server}
    found = _found(_rules(server=quiet, domain={name: own}))
    assert list(found) == ([name] if shadowed else [])


def test_passes_for_what_the_server_refuses() -> None:
    """K11: a traveller pass of a mailbox does not open the server's door; the server's own does."""
    passes = [
        {"country": "RU", "expires": LATER},
        {"country": "CN", "expires": LATER},
        {"country": "AT", "expires": LATER},
        {"country": "CN", "expires": 900},
    ]
    server = REFUSES | {"country.passes": [{"country": "CN", "expires": LATER}]}
    found = _found(_rules(server=server, mailbox={"country.passes": passes}), MAILBOX)
    assert list(found) == ["country.passes"]
    assert [each["country"] for each in found["country.passes"].value] == ["RU"]


@pytest.mark.parametrize(
    ("entry", "shadowed"),
    [
        ("192.0.2.7", True),
        ("192.0.2.0/24", True),
        ("198.51.100.7", False),
        ("198.51.100.0/25", False),
        ("198.51.0.0/16", True),
        ("2001:db8:1::/48", False),
        ("AS64500", False),
        ("AS64501", True),
        ("203.0.113.9", True),
    ],
)
def test_exempt_addresses_that_the_server_does_not_exempt(entry: str, shadowed: bool) -> None:
    """A11: an entry inside one of the server's counts before the password, too."""
    server = [
        {"entry": "198.51.100.0/24"},
        {"entry": "2001:db8::/32"},
        {"entry": "as64500"},
        {"entry": "203.0.113.0/24", "expires": 900},
    ]
    rules = _rules(
        server={"exempt.addresses": server},
        domain={"exempt.addresses": [{"entry": entry}, {"entry": "192.0.2.200", "expires": 5}]},
    )
    found = _found(rules)
    assert (
        [each["entry"] for each in found["exempt.addresses"].value] == [entry]
        if shadowed
        else (found == {})
    )


def test_addresses_that_the_server_lets_pass_anyway_are_no_shadows() -> None:
    """Where somebody knows, only what is really refused is named."""
    own = [{"entry": "192.0.2.1"}, {"entry": "192.0.2.2"}, {"entry": "203.0.113.0/24"}]
    found = _found(
        _rules(domain={"exempt.addresses": own}), refuses=lambda address: address == "192.0.2.2"
    )
    entries = [each["entry"] for each in found["exempt.addresses"].value]
    assert entries == ["192.0.2.2", "203.0.113.0/24"]


@pytest.mark.parametrize(
    ("scope", "entries"),
    [
        (SERVER_SCOPE, ["bob@example.test", "example.test", "other.test"]),
        (DOMAIN, ["bob@example.test", "example.test"]),
        (MAILBOX, ["bob@example.test", "example.test"]),
        (Scope("mailbox", "al@example.test"), ["example.test"]),
        (Scope("domain", "x.test"), []),
    ],
)
def test_exempt_accounts(scope: Scope, entries: list[str]) -> None:
    """A11, vector 5: exempt by name, and refused before the name is known."""
    named = ["bob@example.test", "Example.test", "other.test"]
    listed = [{"entry": entry} for entry in named] + [{"entry": "example.test", "expires": 5}]
    found = _found(_rules(server={"exempt.accounts": listed}), scope)
    shown = found["exempt.accounts"].value if found else []
    assert [each["entry"].lower() for each in shown] == entries


def test_nothing_is_shadowed_while_that_check_is_off_or_refuses_nobody() -> None:
    """Then the account's settings are the only ones."""
    own = {"country.mode": "off", "exempt.addresses": [{"entry": "192.0.2.1"}]}
    off = _rules(server=REFUSES | {"connect.enabled": False}, domain=own)
    mild = _rules(server={"network.attacker": "off"}, domain=own)
    assert (_found(off), _found(mild)) == ({}, {})


def test_nothing_counts_in_a_domain_that_is_switched_off() -> None:
    """So nothing of it is in a shadow."""
    rules = _rules(server=REFUSES, domain={"domain.enabled": False, "country.mode": "off"})
    assert _found(rules) == {}

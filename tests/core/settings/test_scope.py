"""Mailbox over domain over server, field by field; exempt addresses add up."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import SettingError
from core.settings.model import CountryPass, ExemptAddress
from core.settings.scope import SERVER_SCOPE, Resolved, Scope, inspect, scope_of, typed

DOMAIN = Scope("domain", "example.test")
MAILBOX = Scope("mailbox", "bob@example.test")

LAYERS = Resolved(
    {
        SERVER_SCOPE: {
            "country.mode": "allow",
            "country.list": ("DE",),
            "exempt.addresses": (ExemptAddress("192.0.2.1"),),
        },
        DOMAIN: {
            "country.list": ("DE", "AT"),
            "send.seconds": 900,
            "exempt.addresses": (ExemptAddress("192.0.2.2"),),
        },
        MAILBOX: {"country.list": ("FR",)},
    }
)


@pytest.mark.parametrize(
    ("account", "countries"),
    [
        ("bob@example.test", ("FR",)),
        ("alice@example.test", ("DE", "AT")),
        ("alice@other.test", ("DE",)),
        ("", ("DE",)),
    ],
)
def test_the_nearest_scope_counts(account: str, countries: tuple[str, ...]) -> None:
    """A12, A13, E6: each field is inherited or overridden by itself."""
    settings = LAYERS.of_account(account)
    assert settings.country.list == countries
    assert settings.country.mode == "allow"


@pytest.mark.parametrize(
    ("login", "account"),
    [
        ("anna", "anna@shop.test"),
        (" Anna ", "anna@shop.test"),
        ("bert", "bert@example.test"),
        ("anna@example.test", "anna@example.test"),
        ("", ""),
    ],
)
def test_a_login_name_is_an_account(login: str, account: str) -> None:
    """D4: what the panel says of a name goes before the domain that all others get."""
    homes = {"anna": "anna@shop.test"}
    rules = LAYERS.under((), homes)
    given = Resolved({SERVER_SCOPE: {"login.default_domain": "example.test"}}).under((), homes)
    assert given.account(login) == account
    assert rules.account(login) == account.replace("bert@example.test", "bert")
    assert rules.under((), dict(homes)) is rules
    assert rules.under((), {}).account("anna") == "anna"


def test_exempt_addresses_of_all_scopes_count() -> None:
    """What the server exempts is exempt for a domain that has exemptions of its own."""
    entries = [e.entry for e in LAYERS.of_account("alice@example.test").exempt.addresses]
    assert entries == ["192.0.2.1", "192.0.2.2"]


@pytest.mark.parametrize(
    ("name", "scope", "origin"),
    [
        ("country.list", MAILBOX, MAILBOX),
        ("send.seconds", MAILBOX, DOMAIN),
        ("country.mode", MAILBOX, SERVER_SCOPE),
        ("send.limit", MAILBOX, None),
        ("country.list", SERVER_SCOPE, SERVER_SCOPE),
    ],
)
def test_origin_names_the_scope(name: str, scope: Scope, origin: Scope | None) -> None:
    """Pages and explanations say where a value comes from."""
    assert LAYERS.origin(name, scope) == origin


def test_the_longest_window_of_any_scope_is_kept() -> None:
    """A domain with a longer window must not have its mails forgotten early."""
    assert LAYERS.longest_window == 900


def test_stored_values_that_no_longer_pass_are_left_out_and_reported() -> None:
    """A downgrade must not stop the daemon."""
    resolved, problems = typed(
        {
            ("server", ""): {"send.limit": 20, "send.colour": "red", "country.mode": "what"},
            ("galaxy", "x"): {"send.limit": 1},
            ("domain", "example.test"): {"country.server": "DE"},
        }
    )
    assert resolved.server.send.limit == 20
    assert resolved.server.country.mode == "off"
    assert len(problems) == 4
    assert any("send.colour" in problem for problem in problems)


def test_traveller_passes_of_all_scopes_count() -> None:
    """A17: a mailbox's pass does not take the server's away."""
    passes = [CountryPass(code, 1.0) for code in ("TH", "VN", "LA")]
    scopes = (SERVER_SCOPE, DOMAIN, MAILBOX)
    resolved = Resolved({s: {"country.passes": (p,)} for s, p in zip(scopes, passes, strict=True)})
    found = [resolved.of(scope).country.passes for scope in scopes]
    assert found == [tuple(passes[:1]), tuple(passes[:2]), tuple(passes)]


def switched(server: bool | None, domain: bool | None) -> Resolved:
    """A server with a domain and a mailbox that have rules of their own."""
    own = {"country.mode": "refuse", "exempt.addresses": (ExemptAddress("192.0.2.2"),)}
    switches = {SERVER_SCOPE: server, DOMAIN: domain}
    layers: dict[Scope, dict[str, Any]] = {
        SERVER_SCOPE: {"exempt.addresses": (ExemptAddress("192.0.2.1"),)},
        DOMAIN: dict(own),
        MAILBOX: own | {"send.limit": 7},
        Scope("mailbox", "x@silent.test"): {"send.limit": 7},
    }
    for scope, switch in switches.items():
        if switch is not None:
            layers[scope]["domain.enabled"] = switch
    return Resolved(layers)


@pytest.mark.parametrize(
    ("server", "domain", "counts"),
    [
        (None, None, True),
        (None, True, True),
        (None, False, False),
        (True, False, False),
        (False, None, False),
        (False, True, True),
        (False, False, False),
    ],
)
def test_a_domain_that_is_off_has_the_server_s_rules(
    server: bool | None, domain: bool | None, counts: bool
) -> None:
    """E5, vector 11: neither its own rules nor its mailboxes' count, exemptions included."""
    resolved = switched(server, domain)
    for scope in (DOMAIN, MAILBOX):
        settings = resolved.of(scope)
        assert resolved.counts(scope) is counts
        assert settings.domain.enabled is counts
        assert settings.country.mode == ("refuse" if counts else "off")
        exempt = {entry.entry for entry in settings.exempt.addresses}
        assert exempt == ({"192.0.2.1", "192.0.2.2"} if counts else {"192.0.2.1"})
        assert resolved.origin("country.mode", scope) == (scope if counts else None)
        switch = DOMAIN if domain is not None else SERVER_SCOPE if server is not None else None
        assert resolved.origin("domain.enabled", scope) == switch
    assert resolved.of(MAILBOX).send.limit == (7 if counts else 150)


@pytest.mark.parametrize("domain", [None, True, False])
def test_a_plan_that_is_off_is_stronger_than_the_switch(domain: bool | None) -> None:
    """E3: the server's rules go on; what the domain and its mailboxes have set is kept."""
    resolved = Resolved(switched(None, domain).overrides, [DOMAIN.name])
    for scope in (DOMAIN, MAILBOX):
        assert not resolved.counts(scope)
        assert resolved.of(scope).country.mode == "off"
        assert [each.entry for each in resolved.of(scope).exempt.addresses] == ["192.0.2.1"]
        assert resolved.origin("country.mode", scope) is None
        assert resolved.overrides[scope]["country.mode"] == "refuse"
    assert resolved.of_account("x@silent.test").send.limit == 7


@pytest.mark.parametrize(("server", "limit"), [(True, 7), (False, 150)])
def test_a_silent_domain_does_as_the_server_says(server: bool, limit: int) -> None:
    """E5: a mailbox may have rules while its domain has none."""
    assert switched(server, None).of_account("x@silent.test").send.limit == limit


def test_a_bad_value_is_replaced_by_the_last_good_one() -> None:
    """A damaged value must not lower the guard to the default while something better is known."""
    domain = ("domain", "example.test")
    stored: dict[tuple[str, str], dict[str, Any]] = {
        ("server", ""): {"send.limit": -1, "send.seconds": 60, "country.mode": "what"},
        domain: {"send.limit": "?"},
    }
    former: dict[tuple[str, str], dict[str, Any]] = {
        ("server", ""): {"send.limit": 20, "send.seconds": 1, "country.mode": "who", "keep.x": 1},
        ("mailbox", "gone@example.test"): {"send.limit": 1},
    }
    found = inspect(stored, former)
    assert found.overrides[SERVER_SCOPE] == {"send.limit": 20, "send.seconds": 60}
    assert found.overrides[DOMAIN] == {}
    assert Scope("mailbox", "gone@example.test") not in found.overrides
    assert [problem.endswith("the last good value counts") for problem in found.problems] == [
        True,
        False,
        False,
    ]
    assert found.worth_keeping == {
        ("server", ""): {"send.limit": 20, "send.seconds": 60, "country.mode": "what"},
        domain: {"send.limit": "?"},
    }
    assert stored["server", ""]["send.limit"] == -1


@pytest.mark.parametrize(
    ("domain", "mailbox", "scope"),
    [
        ("", "", SERVER_SCOPE),
        ("Example.TEST", "", DOMAIN),
        ("", "Bob@Example.test", MAILBOX),
    ],
)
def test_scope_of(domain: str, mailbox: str, scope: Scope) -> None:
    """Names are normalised as accounts are."""
    assert scope_of(domain, mailbox) == scope


@pytest.mark.parametrize(
    ("domain", "mailbox"), [("a.test", "b@a.test"), ("b@a.test", ""), ("", "a.test"), ("", "@")]
)
def test_scope_of_refuses_confusion(domain: str, mailbox: str) -> None:
    """A domain is no mailbox."""
    with pytest.raises(SettingError):
        scope_of(domain, mailbox)

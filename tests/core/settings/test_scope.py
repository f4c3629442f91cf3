"""Mailbox over domain over server, field by field; exempt addresses add up."""

from __future__ import annotations

import pytest

from core.errors import SettingError
from core.settings.model import ExemptAddress
from core.settings.scope import SERVER_SCOPE, Resolved, Scope, scope_of, typed

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

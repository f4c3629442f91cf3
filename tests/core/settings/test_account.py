"""Account names mean the same mailbox on every wire."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.settings.account import LONGEST, domain_of, is_account_or_domain, normalise


@pytest.mark.parametrize(
    ("login", "default", "account"),
    [
        ("Bob@Example.TEST", "", "bob@example.test"),
        ("  bob@example.test ", "", "bob@example.test"),
        ("bob@example.test.", "", "bob@example.test"),
        ("bob+shop@example.test", "", "bob+shop@example.test"),
        ("bob", "example.test", "bob@example.test"),
        ("bob", "", "bob"),
        ("", "example.test", ""),
        ("jörg@müller.test", "", "jörg@müller.test"),
        ("bob@example.test\x00\x1b[2J", "", "bob@example.test??[2j"),
        ("bob\n@example.test", "", "bob?@example.test"),
    ],
)
def test_one_mailbox_has_one_name(login: str, default: str, account: str) -> None:
    """Case, blanks, dots and control characters do not make another account; a tag does."""
    assert normalise(login, default) == account


@given(st.text(max_size=600), st.sampled_from(["", "example.test"]))
def test_normalising_twice_changes_nothing(login: str, default: str) -> None:
    """Whatever a client sends becomes one bounded printable line, and stays it."""
    once = normalise(login, default)
    assert once.isprintable()
    assert len(once) <= LONGEST + len(default) + 1
    assert "\n" not in once
    if len(once) <= LONGEST and once == once.strip().rstrip("."):
        assert normalise(once, default) == once


@pytest.mark.parametrize(
    ("account", "domain"),
    [("bob@example.test", "example.test"), ("bob", ""), ("a@b@c.test", "c.test"), ("", "")],
)
def test_domain_of(account: str, domain: str) -> None:
    """The last @ separates: the local part may hold others."""
    assert domain_of(account) == domain


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("bob@example.test", True),
        ("example.test", True),
        ("local:www-data", True),
        ("@example.test", False),
        ("bob@", False),
        ("", False),
        ("two words", False),
        ("local:", False),
        ("-x.test", False),
    ],
)
def test_is_account_or_domain(text: str, fits: bool) -> None:
    """What an exemption may name."""
    assert is_account_or_domain(text) is fits

"""Limits of their own: in which order, and which."""

from __future__ import annotations

from core.settings.scope import SERVER_SCOPE, Resolved, Scope
from core.web.pages.limits_overrides import described, overrides
from tests.core.web.rig import Pages

A, B = Scope("domain", "a.example"), Scope("domain", "b.example")
ANN, BOB = Scope("mailbox", "ann@b.example"), Scope("mailbox", "bob@a.example")
RULES = Resolved(
    {
        SERVER_SCOPE: {"send.limit": 1},
        BOB: {"send.watch": True},
        B: {"send.limit": 2, "domain.enabled": False},
        ANN: {"send.limit": 3},
        A: {"country.mode": "off"},
    }
)


def test_a_domain_stands_before_its_mailboxes() -> None:
    """B8"""
    assert overrides(RULES, "") == [BOB, B, ANN]
    assert overrides(RULES, "ANN") == [ANN]


def test_what_does_not_count_is_told(pages: Pages) -> None:
    with pages.app.test_request_context():
        assert described(RULES, ANN).values == (("Mails permitted", "3 mails"),)
        assert not described(RULES, ANN).counts
        assert described(RULES, BOB).counts

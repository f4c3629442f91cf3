"""The form for one exemption: what other pages wish to stand in it."""

from __future__ import annotations

import pytest

from core.panel import Role
from core.web.pages.exemptions_form import EntryForm, asked, meant
from core.web.visitor import visitor
from tests.core.web.forms import at_desk
from tests.core.web.rig import Pages

BOB = "bob@alpha.example"


@pytest.mark.parametrize(
    ("role", "login", "said", "found"),
    [
        (Role.ADMIN, "root", {"address": "10.0.0.1"}, ("addresses", "", "10.0.0.1")),
        (Role.ADMIN, "root", {"account": BOB}, ("accounts", "", BOB)),
        (Role.ADMIN, "root", {"account": BOB, "list": "send"}, ("send", "", BOB)),
        (
            Role.ADMIN,
            "root",
            {"address": "10.0.0.1", "account": BOB, "scope": "mailbox"},
            ("addresses", BOB, "10.0.0.1"),
        ),
        (
            Role.ADMIN,
            "root",
            {"address": "10.0.0.1", "scope": "beta.example"},
            ("addresses", "beta.example", "10.0.0.1"),
        ),
        (
            Role.CUSTOMER,
            "anna",
            {"address": "10.0.0.1", "account": BOB, "scope": "domain"},
            ("addresses", "alpha.example", "10.0.0.1"),
        ),
        (Role.CUSTOMER, "anna", {"account": BOB, "list": "send"}, ("addresses", BOB, "")),
    ],
)
def test_asked(
    pages: Pages, role: Role, login: str, said: dict[str, str], found: tuple[str, str, str]
) -> None:
    """D5"""
    with at_desk(pages, role, login):
        form = asked(visitor().sight, said)
        assert (form.list, form.where, form.entry) == found


def test_all_faults_are_told_at_once(pages: Pages) -> None:
    form = EntryForm(entry="", comment="x" * 501, ends="date")
    with at_desk(pages, Role.ADMIN, "root"):
        assert meant(form, None, 1000.0) is None
    assert form.faults.keys() == {"entry", "comment", "ends"}

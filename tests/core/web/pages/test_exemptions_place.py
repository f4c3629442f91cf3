"""Which list is meant, and whose it is."""

from __future__ import annotations

import pytest
from werkzeug.exceptions import Forbidden, NotFound

from core.desk.entry import Place
from core.panel import Role
from core.settings.scope import SERVER_SCOPE, Scope
from core.web.pages.exemptions_place import Key, key_of, place, place_typed
from core.web.visitor import visitor
from tests.core.web.forms import at_desk
from tests.core.web.rig import Pages


def test_key_comes_back_whatever_is_in_it() -> None:
    """IPv6 has colons, a local part nearly everything."""
    key = Key("send", "mailbox", 'a":,[]@x.example', "2001:db8::/32")
    assert key_of(str(key)) == key


@pytest.mark.parametrize(
    ("name", "where", "found"),
    [
        ("addresses", "", Place("exempt.addresses", SERVER_SCOPE)),
        ("addresses", "server", Place("exempt.addresses", SERVER_SCOPE)),
        ("addresses", "a.example", Place("exempt.addresses", Scope("domain", "a.example"))),
        ("send", "a.example", Place("exempt.send", SERVER_SCOPE)),
    ],
)
def test_administrators_lists(pages: Pages, name: str, where: str, found: Place) -> None:
    with at_desk(pages, Role.ADMIN, "root"):
        assert place_typed(visitor().sight, name, where) == found


@pytest.mark.parametrize(
    ("name", "level", "scope", "error"),
    [
        ("addresses", "server", "", Forbidden),
        ("addresses", "domain", "delta.example", NotFound),
        ("addresses", "mailbox", "dora@delta.example", NotFound),
        ("addresses", "plan", "x", NotFound),
        ("send", "server", "", NotFound),
        ("send", "domain", "alpha.example", NotFound),
    ],
)
def test_customers_lists(
    pages: Pages, name: str, level: str, scope: str, error: type[Exception]
) -> None:
    """E22"""
    with at_desk(pages, Role.CUSTOMER, "anna"), pytest.raises(error):
        place(visitor().sight, name, level, scope)


def test_lists_of_accounts_are_the_servers_only(pages: Pages) -> None:
    with at_desk(pages, Role.ADMIN, "root"), pytest.raises(NotFound):
        place(visitor().sight, "send", "domain", "alpha.example")

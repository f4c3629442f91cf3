"""Would this be exempt?"""

from __future__ import annotations

from typing import Any

from core.panel import Role
from core.web.pages.exemptions_answer import Answer, answer
from core.web.parts import parts
from core.web.visitor import visitor
from tests.core.web.forms import at_desk
from tests.core.web.rig import Pages

BOB = "bob@alpha.example"


def _set(pages: Pages, **values: Any) -> None:
    named = {name.replace("_", ".", 1): value for name, value in values.items()}
    pages.parts.store.settings.change(("server", ""), named, "somebody", 1.0)


def _ask(pages: Pages, role: Role, login: str, address: str, account: str) -> Answer:
    with at_desk(pages, role, login):
        return answer(parts().desk("x"), visitor().sight, address, account)


def _said(found: Answer) -> dict[str, bool]:
    return {line.question: line.is_exempt for line in found.lines}


def test_account_counts_after_the_password_only(pages: Pages) -> None:
    """A11"""
    _set(pages, exempt_accounts=[{"entry": BOB}])
    found = _ask(pages, Role.ADMIN, "root", "192.0.2.1", BOB)
    assert _said(found) == {
        "Before the password": False,
        "After the password": True,
        "From the send limit": False,
    }
    assert _said(_ask(pages, Role.ADMIN, "root", "192.0.2.1", "")) == {
        "Before the password": False,
        "After the password": False,
    }


def test_customers_are_not_told_of_limits_that_nobody_lifted(pages: Pages) -> None:
    """B5: what the administrator has done for them is told, without the comment."""
    assert "From the send limit" not in _said(_ask(pages, Role.CUSTOMER, "anna", "", BOB))
    _set(pages, exempt_send=[{"entry": "alpha.example", "comment": "secret"}])
    found = _ask(pages, Role.CUSTOMER, "anna", "", BOB)
    assert [line.said for line in found.lines] == ["nothing exempts it", "by the administrator"]

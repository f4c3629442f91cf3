"""API tokens: made for somebody, shown once, taken back (E19)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.licence.tier import Tier
from core.store.tokens import Token
from tests.core.web.rig import Pages


def _make(pages: Pages, **different: Any) -> Any:
    values = {"name": "portal", "role": "customer", "login": "anna", "domains": "", "end": "30"}
    return pages.admin.post("/system/tokens", values | different)


def _all(pages: Pages) -> list[Token]:
    return pages.parts.store.tokens.all()


def test_token_is_shown_once_and_opens(pages: Pages) -> None:
    """E19"""
    answer = _make(pages, domains="Alpha.example", name="<i>portal")
    found = re.search(r'id="secret">([^<]+)<', answer.text)
    assert found is not None
    token = pages.parts.store.tokens.find(found[1], pages.clock())
    assert token is not None
    assert (token.name, token.role, token.login) == ("<i>portal", "customer", "anna")
    assert token.domains == ("alpha.example",)
    assert token.expires == pytest.approx(token.created + 30 * 86_400)
    assert token.by == "root (admin)"
    listed = pages.admin.get("/system/tokens").text
    assert found[1] not in listed
    assert "&lt;i&gt;portal" in listed


def test_administrators_token_stands_in_their_own_place(pages: Pages) -> None:
    _make(pages, role="admin", login="", end="never")
    token = _all(pages)[0]
    assert (token.role, token.login, token.domains, token.expires) == ("admin", "root", None, None)


@pytest.mark.parametrize(
    ("different", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"role": "god"}, "role"),
        ({"login": ""}, "login"),
        ({"login": "nobody"}, "login"),
        ({"domains": "delta.example"}, "domains"),
        ({"domains": "two@three"}, "domains"),
        ({"end": "0"}, "end"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    pages: Pages, different: dict[str, str], field: str
) -> None:
    """E22: nobody gets a token for what is not theirs."""
    answer = _make(pages, **different)
    assert f'id="{field}-fault"' in answer.text
    assert 'id="secret"' not in answer.text
    assert _all(pages) == []


def test_token_is_taken_back_for_good(pages: Pages) -> None:
    _make(pages)
    number = _all(pages)[0].id
    answer = pages.admin.post("/system/tokens/revoke", number=number)
    text = pages.admin.follow(answer).text
    assert ">taken back<" in text
    assert "Take back" not in text
    assert not _all(pages)[0].is_good(pages.clock())
    for odd in (str(number), "x", "", "9" * 40):
        again = pages.admin.follow(pages.admin.post("/system/tokens/revoke", number=odd)).text
        assert "There is no such token" in again


def test_tier_without_the_interface_says_so_and_still_takes_back(pages: Pages) -> None:
    """E10: what was made may be taken back."""
    _make(pages)
    pages.sell(Tier.BASIC)
    text = pages.admin.get("/system/tokens").text
    assert "Calls of the web API need a PLUS licence." in text
    assert 'name="role"' not in text
    assert _make(pages).status_code == 403
    assert len(_all(pages)) == 1
    pages.admin.post("/system/tokens/revoke", number=_all(pages)[0].id)
    assert _all(pages)[0].revoked is not None

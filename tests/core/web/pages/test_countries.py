"""The page of where logins and mails come from."""

from __future__ import annotations

import re

import pytest

from core.net.countries import CODES
from core.store.audit import StoredScope
from core.web.pages import countries
from core.web.pages.countries import SHORT
from tests.core.web.pages.came import a_month, event
from tests.core.web.rig import Pages

SERVER: StoredScope = ("server", "")


@pytest.fixture
def busy(pages: Pages) -> Pages:
    """Pages with a month behind them."""
    a_month(pages.parts.store)
    pages.parts.store.settings.change(SERVER, {"country.server": "DE"}, "test", 1.0)
    return pages


def _order(text: str) -> list[str]:
    return re.findall(r'<span class="mw-country">([^<]+)</span>', text)


@pytest.mark.parametrize(
    ("view", "order"),
    [
        ("logins", ["Germany", "Austria", "Thailand"]),
        ("refused", ["Russia", "Brazil"]),
        ("mails", ["Germany"]),
    ],
)
def test_each_view_ranks_its_countries(busy: Pages, view: str, order: list[str]) -> None:
    """D1, D2: those with the most first, with the map above."""
    text = busy.admin.get("/countries", view=view).text
    assert _order(text) == order
    assert "<svg" in text


def test_not_known_is_no_country(pages: Pages) -> None:
    """D2: neither counted as one, nor in the share of those that have most."""
    logins = {"": 500, "DE": 190, "AT": 7, "TH": 3}
    pages.parts.store.record([event(country=code, count=n) for code, n in logins.items()])
    text = " ".join(pages.admin.get("/countries").text.split())
    assert "95% of those whose country is known come from Germany. 3 countries in all." in text


def test_it_is_the_administrators(busy: Pages) -> None:
    """E4: where everybody's customers log in from is nobody else's business."""
    assert busy.reseller.get("/countries").status_code == 403
    assert busy.customer.get("/countries/choose").status_code == 403
    assert busy.stranger.get("/countries").status_code == 401


def test_a_period_and_a_domain_narrow_it(busy: Pages) -> None:
    """D2: and the links into the log ask for the same."""
    assert _order(busy.admin.get("/countries", days="1").text) == ["Germany"]
    text = busy.admin.get("/countries", domain="delta.example", days="7").text
    assert _order(text) == ["Thailand"]
    assert "account=*@delta.example" in text.replace("%2A", "*").replace("%40", "@")
    assert "period=7d" in text


def test_what_is_no_domain_is_told_beside_the_field(busy: Pages) -> None:
    """And kept as it was typed, escaped."""
    text = busy.admin.get("/countries", domain='"><b>@x').text
    assert "This is no name of a domain." in text
    assert "&#34;&gt;&lt;b&gt;@x" in text
    assert _order(text) == ["Germany", "Austria", "Thailand"]


def test_nonsense_in_the_address_is_the_default(busy: Pages) -> None:
    """Nobody meets an error page for it."""
    text = busy.admin.get("/countries", view="<x>", days="-1", all="yes").text
    assert _order(text) == ["Germany", "Austria", "Thailand"]


def test_nothing_yet_says_what_to_do(pages: Pages) -> None:
    """The empty state leads to the dashboard."""
    text = pages.admin.get("/countries").text
    assert "No logins in this period." in text
    assert 'href="/dashboard"' in text


def test_the_servers_own_country_is_marked(busy: Pages) -> None:
    """A7, A20: and there is no button to refuse it."""
    text = busy.admin.get("/countries").text
    assert "always allowed" in text
    assert "refuse=DE" not in text
    assert "refuse=AT" in text


def test_a_rule_is_shown_where_it_counts(busy: Pages) -> None:
    """A1, A11: what is refused has the button that allows it."""
    rule = {"country.mode": "allow", "country.list": ["AT"], "country.watch": True}
    busy.parts.store.settings.change(SERVER, rule, "test", 1.0)
    text = busy.admin.get("/countries").text
    assert "watch only" in text
    assert "allow=TH" in text
    assert "refuse=AT" in text


def test_an_empty_list_is_explained(busy: Pages) -> None:
    """A6: 'allow' with nothing in the list refuses nobody, which must not surprise."""
    busy.parts.store.settings.change(SERVER, {"country.mode": "allow"}, "test", 1.0)
    assert "nobody is refused until a country is in it" in busy.admin.get("/countries").text


def test_a_long_table_begins_short(busy: Pages) -> None:
    """All of them are one click away."""
    codes = sorted(CODES - {"DE", "AT", "TH", "RU", "BR"})[:30]
    busy.parts.store.record([event(country=code) for code in codes])
    text = busy.admin.get("/countries").text
    assert len(_order(text)) == SHORT
    assert f"Show {len(codes) + 3 - SHORT} more countries" in text
    assert len(_order(busy.admin.get("/countries", all="1").text)) == len(codes) + 3


@pytest.mark.parametrize("wish", ["refuse", "allow"])
def test_other_pages_may_point_here_with_a_country(busy: Pages, wish: str) -> None:
    """The log's "refuse this country" ends at the list, ticked."""
    answer = busy.admin.get("/countries", **{wish: "CN"})
    assert answer.headers["Location"] == f"/countries/choose?{wish}=CN"


def test_only_the_first_rows_look_up_when(busy: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of lookups would make the page wait; it says what is left out."""
    assert busy.admin.get("/countries").text.count("ago</span>") == 3
    monkeypatch.setattr(countries, "SEEN", 2)
    text = busy.admin.get("/countries").text
    assert text.count("ago</span>") == 2
    assert "is told for the first 2." in text

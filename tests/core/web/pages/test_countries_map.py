"""The map of countries: what is marked, and where it leads."""

from __future__ import annotations

from core.web.pages.countries_choice import Choice
from core.web.pages.countries_counts import CountryCounts, View
from core.web.pages.countries_map import amount, country_map
from tests.core.web.rig import Pages

RANKED = (CountryCounts("DE", 500, refused=2, mails=9), CountryCounts("AT", 40, refused=1))


def _drawn(pages: Pages, choice: Choice, view: View = "logins") -> str:
    with pages.app.test_request_context("/"):
        return str(country_map(RANKED, view, "DE", choice, "7d"))


def test_it_says_the_most_and_leads_into_the_log(pages: Pages) -> None:
    """D1: a country with logins is a link, one without is not."""
    drawn = _drawn(pages, Choice("off", frozenset(), False))
    assert "Most from Germany: 500 of 540" in drawn
    assert "Austria: 40 logins" in drawn
    assert 'href="/log?country=AT&amp;period=7d"' in drawn
    assert "country=FR" not in drawn


def test_the_rule_is_marked(pages: Pages) -> None:
    """A7: the own country stands among the allowed and never among the refused."""
    allowed = _drawn(pages, Choice("allow", frozenset({"AT"}), False))
    assert "mw-allowed" in allowed
    assert "mw-hatched" not in allowed
    refused = _drawn(pages, Choice("refuse", frozenset({"DE", "CN"}), False))
    assert refused.count('class="mw-hatched') == 1
    assert "mw-allowed" not in refused
    assert "mw-allowed" not in _drawn(pages, Choice("off", frozenset({"AT"}), False))


def test_amounts_are_in_words(pages: Pages) -> None:
    """One is not many."""
    with pages.app.test_request_context("/"):
        assert [amount("logins", n) for n in (1, 1200)] == ["1 login", "1,200 logins"]
        assert amount("refused", 1) == "1 refusal"
        assert amount("mails", 2) == "2 mails"

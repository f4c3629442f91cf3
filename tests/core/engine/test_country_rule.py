"""The country rule by itself: its laws, and what it says of passes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.country_rule import CountryRule, describe
from core.settings.model import CountryPass
from core.words import Reason
from tests.core.engine.asking import WALL, snapshot

codes = st.sampled_from(["DE", "AT", "TH", "VN"])
rules = st.fixed_dictionaries(
    {
        "country.mode": st.sampled_from(["off", "allow", "refuse"]),
        "country.list": st.lists(codes, max_size=3),
        "country.unknown": st.sampled_from(["allow", "refuse"]),
        "country.match": st.sampled_from(["either", "primary"]),
        "country.passes": st.lists(
            st.fixed_dictionaries(
                {"country": codes, "expires": st.sampled_from([WALL - 1, WALL, WALL + 1])}
            ),
            max_size=4,
        ),
    }
)


def rule(values: dict[str, Any], server_country: str = "") -> CountryRule:
    """The server's rule with these settings."""
    return snapshot(values, server_country=server_country).server.country


@given(rules, codes | st.just(""), codes | st.just(""), codes | st.just(""))
def test_a_pass_opens_refused_countries_only_and_only_while_it_lasts(
    values: dict[str, Any], first: str, second: str, server: str
) -> None:
    """A17: with passes the rule says what it says without, but for countries with a live pass."""
    without = rule(values | {"country.passes": []}, server).judge(first, second, WALL)
    found = rule(values, server).judge(first, second, WALL)
    open_ = {each["country"] for each in values["country.passes"] if each["expires"] > WALL}
    asked = {first, second} if values["country.match"] == "either" else {first}
    if without is Reason.COUNTRY and asked & open_:
        assert isinstance(found, CountryPass)
        assert found.country in asked & open_
        assert found.expires > WALL
    else:
        assert found == without


@pytest.mark.parametrize(
    ("expires", "until"),
    [(WALL, "2027-01-15 08:00 UTC"), (1e300, "the end of the calendar")],
)
def test_a_pass_is_described_with_its_country_end_and_comment(expires: float, until: str) -> None:
    """D11: the evidence names it."""
    said = describe(CountryPass("TH", expires, "Bob's holiday"))
    assert said == f"traveller pass for Thailand until {until} (Bob's holiday)"
    assert describe(CountryPass("TH", expires)) == f"traveller pass for Thailand until {until}"

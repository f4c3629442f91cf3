"""A choice of countries: what the form says, what would be stored, who would be refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from core.engine.country_rule import CountryRule
from core.net.countries import CODES
from core.settings import fields
from core.settings.access import Country
from core.web.pages.countries_choice import MODES, Choice, chosen, where_people_are
from core.web.pages.countries_counts import CountryCounts

choices = st.builds(
    Choice,
    st.sampled_from(MODES),
    st.frozensets(st.sampled_from(sorted(CODES)), max_size=4),
    st.just(False),
)
codes = st.sampled_from(sorted(CODES))


@given(choices, codes, codes | st.just(""))
def test_it_refuses_what_the_engine_refuses(choice: Choice, code: str, own: str) -> None:
    """A1, A6, A7: the page says of each country what the rule will do."""
    country = Country(mode=choice.mode, list=tuple(choice.countries))  # type: ignore[arg-type]
    assert choice.refuses(code, own) == CountryRule.of(country, own).refuses(code, 0)


@given(choices, codes, codes | st.just(""))
def test_settling_changes_nothing_for_anybody(choice: Choice, code: str, own: str) -> None:
    """A7: the own country is allowed whether or not it is listed; only an empty list begins."""
    if choice.mode == "allow" and not choice.countries:
        return
    assert choice.settled(own).refuses(code, own) == choice.refuses(code, own)


@given(choices, codes)
def test_refusing_and_allowing_do_that(choice: Choice, code: str) -> None:
    """D1: the buttons beside a country."""
    assert choice.refusing(code).refuses(code, "")
    assert not choice.allowing(code).refuses(code, "") or choice.allowing(code).is_unfinished


@given(choices, codes)
def test_refusing_one_refuses_no_other_of_a_list(choice: Choice, code: str) -> None:
    """Somebody who refuses Brazil does not want Austria refused with it."""
    after = choice.refusing(code)
    if choice.mode == "off" or choice.countries <= {code}:
        assert after == Choice("refuse", after.countries, choice.watch)
    for other in choice.countries - {code}:
        if not choice.refuses(other, ""):
            assert not after.refuses(other, "")


def test_a_form_is_read() -> None:
    """A1: repeated names, a tick, a mode."""
    form = MultiDict([("mode", "allow"), ("country", "DE"), ("country", "AT"), ("watch", "1")])
    assert chosen(form) == Choice("allow", frozenset({"DE", "AT"}), True)


@pytest.mark.parametrize(
    "pairs",
    [
        pytest.param([("mode", "forbid")], id="mode"),
        pytest.param([("mode", "allow"), ("country", "ZZ")], id="country"),
        pytest.param([("mode", "allow"), ("country", "<b>")], id="hostile"),
        pytest.param([], id="nothing"),
    ],
)
def test_what_no_form_of_ours_sends_is_refused(pairs: list[tuple[str, str]]) -> None:
    """Nothing of it reaches the settings."""
    with pytest.raises(BadRequest):
        chosen(MultiDict(pairs))


@given(choices)
def test_what_would_be_stored_is_legal_and_means_the_same(choice: Choice) -> None:
    """A round trip through the settings."""
    values = {name: fields.check(name, value) for name, value in choice.wanted().items()}
    assert choice == Choice.of(
        Country(values["country.mode"], values["country.list"], watch=values["country.watch"])
    )


@given(choices, choices)
def test_the_mark_tells_choices_apart(one: Choice, other: Choice) -> None:
    """It notices that somebody else was faster."""
    assert (one.mark == other.mark) == (one == other)


def test_people_are_where_enough_logins_come_from() -> None:
    """D1: a few logins may be a stolen password; an unknown country cannot be listed."""
    came = [
        CountryCounts("DE", logins=500),
        CountryCounts("AT", logins=10),
        CountryCounts("TH", logins=9, refused=1000),
        CountryCounts("", logins=700),
        CountryCounts("ZZ", logins=700),
    ]
    assert where_people_are(came, 10) == {"DE", "AT"}

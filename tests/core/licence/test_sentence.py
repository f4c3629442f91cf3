"""Sentences can be shown in English at once, and translated by whoever shows them."""

from __future__ import annotations

import pytest

from core.licence.sentence import date, english, sentence


def test_gaps_are_filled() -> None:
    """Dates are whole days in UTC."""
    said = sentence("{who} has {count} keys until {date}.", who="Bob {x}", count=2, date=86_400.0)
    assert str(said) == "Bob {x} has 2 keys until 1970-01-02."
    assert english((said, sentence("Yes."))) == f"{said} Yes."
    assert english(()) == ""


@pytest.mark.parametrize(
    ("moment", "shown"), [(0.0, "1970-01-01"), (1e18, "9999-12-31"), (-1e18, "0001-01-01")]
)
def test_no_date_is_beyond_it(moment: float, shown: str) -> None:
    """A damaged file may hold any number."""
    assert date(moment) == shown

"""Lengths of time as people give them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SettingError
from core.web.settings_form_length import Length, joined, split
from tests.core.web.rig import Pages


@pytest.mark.parametrize(
    ("seconds", "length"),
    [
        (1, Length("1", "s")),
        (90, Length("90", "s")),
        (300, Length("5", "m")),
        (21_600, Length("6", "h")),
        (86_400, Length("1", "d")),
        (90_000, Length("25", "h")),
    ],
)
def test_largest_unit_without_a_rest(seconds: int, length: Length) -> None:
    """B2"""
    assert split(seconds) == length


@given(st.integers(1, 2_592_000))
def test_what_is_shown_means_the_same(seconds: int) -> None:
    assert joined(*split(seconds)) == seconds


@pytest.mark.parametrize(("amount", "seconds"), [("1.5", 5400), ("0,5", 1800), (" 2 ", 7200)])
def test_fractions(amount: str, seconds: int) -> None:
    assert joined(amount, "h") == seconds


@pytest.mark.parametrize(
    ("amount", "unit"), [("", "h"), ("-1", "h"), ("1e9", "h"), ("1", "y"), ("1.5", "s"), ("٣", "h")]
)
def test_nonsense(pages: Pages, amount: str, unit: str) -> None:
    with pages.app.test_request_context(), pytest.raises(SettingError):
        joined(amount, unit)

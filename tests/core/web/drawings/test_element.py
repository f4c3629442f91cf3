"""Nothing gets into a drawing unescaped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from core.web.drawings.element import element, percent, plain, together
from tests.core.web.drawings.svg import parse

TEXT = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cn")))


@given(TEXT, TEXT)
def test_text_stays_text(child: str, value: str) -> None:
    tree = parse(element("p", child, title=value))
    (found,) = tree
    assert (found.text or "") == child
    assert found.get("title") == value
    assert list(found) == []


def test_markup_stays_markup() -> None:
    assert element("p", Markup("<b>x</b>"), "<i>") == "<p><b>x</b>&lt;i&gt;</p>"


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"class_": "a"}, '<p class="a"></p>'),
        (
            {"aria_hidden": "true", "viewBox": "0 0 1 1"},
            '<p aria-hidden="true" viewBox="0 0 1 1"></p>',
        ),
        ({"x": None, "y": False, "open": True}, "<p open></p>"),
        ({"x": 1 / 3, "y": 7}, '<p x="0.33" y="7"></p>'),
    ],
)
def test_attributes(attributes: dict[str, str], expected: str) -> None:
    assert element("p", **attributes) == expected


def test_a_style_is_refused() -> None:
    with pytest.raises(ValueError, match="style"):
        element("p", style="color: red")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.0, "0"), (-0.001, "0"), (100.0, "100"), (0.25, "0.25"), (1e9, "1000000000")],
)
def test_coordinates_are_short(value: float, text: str) -> None:
    assert plain(value) == text


def test_percentages() -> None:
    assert (percent(0), percent(1 / 8), percent(1)) == ("0%", "12.5%", "100%")


def test_parts_are_put_together() -> None:
    assert together([Markup("<b></b>"), "<"]) == "<b></b>&lt;"

"""Drawings have names, and links do not trap the keyboard."""

from __future__ import annotations

import pytest

from core.web.drawings.caption import Caption, canvas, figure, linked
from core.web.drawings.element import element
from tests.core.web.drawings.svg import is_permitted, parse, words


def test_a_drawing_is_one_picture_with_a_name() -> None:
    svg = parse(canvas(Caption("a", "Logins <by> hour", "Most at noon"), viewBox="0 0 1 1"))[0]
    assert svg.get("role") == "img"
    assert svg.get("viewBox") == "0 0 1 1"
    names = {found.get("id"): found.text for found in svg if found.get("id")}
    labels = (svg.get("aria-labelledby") or "").split()
    assert [names[label] for label in labels] == ["Logins <by> hour", "Most at noon"]


def test_without_description_there_is_no_empty_one() -> None:
    svg = parse(canvas(Caption("a", "Logins")))[0]
    assert svg.get("aria-labelledby") == "a-title"
    assert words(svg, "desc") == []


def test_an_image_with_links_is_a_group() -> None:
    """An image may hold nothing that can be focused (axe: nested-interactive)."""
    assert parse(canvas(Caption("a", "Logins"), links=True))[0].get("role") == "group"


@pytest.mark.parametrize("ident", ["", "1a", "a b", "a)", 'a"'])
def test_idents_that_cannot_be_ids_are_refused(ident: str) -> None:
    with pytest.raises(ValueError, match="cannot begin an id"):
        Caption(ident, "title")


def test_links_are_for_the_pointer() -> None:
    link = parse(linked("?a=1&b=2", element("path")))[0]
    assert (link.tag, link.get("href"), link.get("tabindex")) == ("a", "?a=1&b=2", "-1")
    assert parse(linked(None, element("path")))[0].tag == "g"


def test_a_figure_holds_drawing_and_table() -> None:
    tree = parse(figure(element("svg"), element("table"), "Show as a <table>"))
    assert is_permitted(tree)
    assert words(tree, "summary") == ["Show as a <table>"]
    assert [found.tag for found in tree[0]] == ["svg", "details"]
    assert tree.find("figure/details/div/table") is not None

"""Rankings are tables; the bar in them repeats the number."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from core.web.drawings.ranking import Rank, Ranking, ranking
from tests.core.web.drawings.charts import LAYERS
from tests.core.web.drawings.svg import having, is_permitted, parse, words


def drawn(*rows: Rank, **wishes: Any) -> ET.Element:
    wanted: dict[str, Any] = {
        "title": "Busiest",
        "heads": ("name", "count", "part"),
        "layers": LAYERS,
        "rows": rows,
        "number": lambda value: f"n{value}",
        "part": lambda part: f"{part:.0%}",
        "nothing": "none",
    }
    tree = parse(ranking(Ranking(**{**wanted, **wishes})))
    assert is_permitted(tree)
    return tree


def test_rows_have_numbers_and_parts() -> None:
    tree = drawn(Rank("a", (30, 10)), Rank("b", (40, 20), "owner", "?b", marked=True))
    assert words(tree, "td") == ["n40", "40%", "n60", "60%"]
    assert words(tree, "bdi") == ["a", "b", "owner"]
    assert [link.get("href") for link in tree.iter("a")] == ["?b"]
    assert len(having(tree, "mw-marked")) == 1


def test_the_longest_bar_is_the_largest_sum() -> None:
    tree = drawn(Rank("a", (30, 0)), Rank("b", (60, 0)))
    widths = [box.get("width") for box in having(tree, "mw-fill-allowed")]
    assert widths == ["50%", "100%"]


def test_parts_of_a_larger_whole() -> None:
    assert words(drawn(Rank("a", (5, 5)), whole=100), "td") == ["n10", "10%"]


def test_two_columns_are_enough() -> None:
    assert words(drawn(Rank("a", (5, 5)), heads=("name", "count")), "td") == ["n10"]


def test_without_rows_it_says_so() -> None:
    tree = drawn()
    (cell,) = tree.iter("td")
    assert (cell.text, cell.get("colspan")) == ("none", "3")


def test_nothing_of_nothing() -> None:
    assert words(drawn(Rank("a", (0, -0.0))), "td") == ["n0.0", "0%"]


@pytest.mark.parametrize("name", ["<script>x</script>", "\u202egpj.exe", "مثال", "網" * 200])
def test_names_are_text_of_their_own_direction(name: str) -> None:
    assert words(drawn(Rank(name, (1, 1), name)), "bdi") == [name, name]

"""The map says how much came from where, and what is allowed."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from core.net.countries import CODES
from core.web.drawings.atlas import Region, world
from core.web.drawings.caption import Caption
from core.web.drawings.tone import Tone
from core.web.drawings.worldmap import MapWords, WorldMap, unplaced, worldmap
from tests.core.web.drawings.svg import having, is_permitted, parse, words

WORDS = MapWords(
    country=lambda code, count: f"<{code}> {count}",
    number=lambda count: f"{count:,}",
    none="none",
    own="own",
    allowed="may",
    refused="may not",
)


def drawn(counts: dict[str, int], **wishes: Any) -> ET.Element:
    tree = parse(worldmap(WorldMap(Caption("m", "Logins"), WORDS, counts, **wishes)))
    assert is_permitted(tree)
    return tree


def country(tree: ET.Element, title: str) -> ET.Element:
    """The group or link of a country, by its tooltip."""
    (found,) = (
        parent
        for parent in tree.iter()
        if parent.tag in ("g", "a") and parent.findtext("title") == title
    )
    return found


def test_shades_follow_counts() -> None:
    tree = drawn({"DE": 90_000, "FR": 1, "SG": 90_000, "AQ": 5})
    shades = {
        code: country(tree, f"<{code}> {n}")[1].get("class")
        for code, n in {"DE": 90_000, "FR": 1, "PL": 0}.items()
    }
    assert shades == {"DE": "mw-shade-5", "FR": "mw-shade-1", "PL": "mw-shade-0"}
    assert having(country(tree, "<SG> 90000"), "mw-dot-5")


def test_every_country_has_a_tooltip() -> None:
    titles = words(drawn({}), "title")
    assert {f"<{code}> 0" for code in world().places} <= set(titles)


def test_the_legend_has_the_ranges() -> None:
    tree = drawn({"DE": 90_000, "FR": 1}, own="DE", allowed={"DE"}, refused={"FR"})
    ranges = ["1–9", "10–99", "100–999", "1,000–9,999", "10,000–90,000"]  # noqa: RUF001  meant
    assert words(tree, "span") == ["none", *ranges, "own", "may", "may not"]


def test_without_data_the_legend_is_short() -> None:
    assert words(drawn({}), "span") == ["none"]


def test_marks() -> None:
    tree = drawn({"CN": 3}, own="DE", allowed={"AT", "MT"}, refused={"CN"})
    assert "mw-allowed" in (country(tree, "<AT> 0")[1].get("class") or "")
    assert having(country(tree, "<MT> 0"), "mw-halo")
    hatched = country(tree, "<CN> 3")[1]
    (pattern,) = (found for found in tree.iter("pattern") if found.get("id") == "m-1")
    assert hatched.get("fill") == "url(#m-1)"
    assert having(pattern, "mw-shade-1")
    svg = tree[0]
    assert len(having(svg, "mw-home-rim")) == 1


def test_outlines_of_the_marked_lie_above_their_neighbours() -> None:
    tree = drawn({}, own="DE", allowed={"AT"})
    order = [title for title in words(tree[0], "title") if title.startswith("<")]
    assert order[-2:] == ["<AT> 0", "<DE> 0"]


def test_links_where_there_are_any() -> None:
    tree = drawn({"DE": 3}, link=lambda code: "log?country=DE&x" if code == "DE" else None)
    assert tree[0].get("role") == "group"
    assert [found.get("href") for found in tree.iter("a")] == ["log?country=DE&x"]


def test_hostile_words_are_text() -> None:
    attack = '"><script>alert(1)</script>'
    hostile = MapWords(country=lambda *_: attack, number=lambda _: attack, none=attack)
    chart = WorldMap(Caption("m", attack, attack), hostile, {"DE": 1})
    assert is_permitted(parse(worldmap(chart)))


@pytest.mark.parametrize("own", ["", "AQ", "ZZ"])
def test_an_own_country_without_place_is_no_harm(own: str) -> None:
    assert not having(drawn({}, own=own)[0], "mw-home-rim")


def test_region_and_tone() -> None:
    svg = drawn({}, region=Region.EUROPE, tone=Tone.REFUSED)[0]
    assert (svg.get("viewBox") or "").split()[0] != "0"
    assert "mw-map-refused" in (svg.get("class") or "")


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="-1 cannot be drawn"):
        drawn({"DE": -1})


def test_what_has_no_place_is_counted() -> None:
    assert unplaced({"DE": 5, "AQ": 2, "": 3}) == 5


def test_the_whole_map_is_small() -> None:
    counts = dict.fromkeys(CODES, 12345)
    chart = WorldMap(Caption("m", "Logins"), WORDS, counts, refused=CODES, link=lambda c: f"?c={c}")
    assert len(worldmap(chart).encode()) < 120_000

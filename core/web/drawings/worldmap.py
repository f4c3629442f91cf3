"""The map of the world: countries shaded by how often something came from them.

Knows outlines and shades; which countries are allowed, and what is counted, comes in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from markupsafe import Markup
from msgspec import Struct

from core.data.world import Place
from core.web.drawings.atlas import Region, frame, world
from core.web.drawings.caption import Caption, canvas, linked
from core.web.drawings.element import element, together
from core.web.drawings.scale import class_of, classes
from core.web.drawings.tone import Tone, legend, swatch

TO = "\N{EN DASH}"


class MapWords(Struct, frozen=True):
    """The words of a map, in the visitor's language.

    Attributes:
        country: code and count to a country's tooltip, "Germany: 1,234 logins".
        number: a count as people write it.
        none: "no logins", for the legend.
        own, allowed, refused: "this server", "allowed", "refused"; shown where they are marked.
    """

    country: Callable[[str, int], str]
    number: Callable[[int], str]
    none: str
    own: str = ""
    allowed: str = ""
    refused: str = ""


class WorldMap(Struct, frozen=True):
    """Everything that a map shows.

    Attributes:
        caption, words: what is said.
        counts: by country code. Codes that have no place on the map are left to the table.
        tone: PLAIN shades in blue, REFUSED in red.
        own: code of the server's own country, marked with a ring; "" when it is not known.
        allowed: codes that get a firm outline.
        refused: codes that are hatched.
        link: code to an address, or None for no link.
        region: what part is shown.
    """

    caption: Caption
    words: MapWords
    counts: Mapping[str, int]
    tone: Tone = Tone.PLAIN
    own: str = ""
    allowed: Collection[str] = ()
    refused: Collection[str] = ()
    link: Callable[[str], str | None] | None = None
    region: Region = Region.WORLD


def worldmap(chart: WorldMap) -> Markup:
    """Draw the map and its legend.

    Raises:
        ValueError: a count is negative.
    """
    bounds = classes(chart.counts.values())
    places = world().places
    # What is marked comes last: the outline of a neighbour must not cover its own.
    order = sorted(places, key=lambda code: (code == chart.own, code in chart.allowed))
    drawing = canvas(
        chart.caption,
        _patterns(chart, len(bounds)) if chart.refused else "",
        *(_country(code, places[code], chart, bounds) for code in order),
        _home(places[chart.own]) if chart.own in places else "",
        links=chart.link is not None,
        viewBox=" ".join(map(str, frame(chart.region))),
        class_=f"mw-map mw-map-{chart.tone} mw-map-{chart.region}",
    )
    return together([drawing, _legend(chart, bounds)])


def unplaced(counts: Mapping[str, int]) -> int:
    """Return how many of the counts have no place on the map: unknown country, Antarctica."""
    places = world().places
    return sum(count for code, count in counts.items() if code not in places)


def _country(code: str, place: Place, chart: WorldMap, bounds: tuple[int, ...]) -> Markup:
    count = chart.counts.get(code, 0)
    shade = class_of(count, bounds)
    hatched = code in chart.refused
    marks = " mw-allowed" if code in chart.allowed else ""
    marks += " mw-own" if code == chart.own else ""
    paint = f"url(#{chart.caption.ident}-{shade})" if hatched else None
    parts = [element("title", chart.words.country(code, count))]
    if place.path:
        look = f"mw-hatched{marks}" if hatched else f"mw-shade-{shade}{marks}"
        parts.append(element("path", class_=look, fill=paint, d=place.path))
    if place.small:
        spot = "M{} {}h0".format(*place.centre)
        if marks or hatched:
            halo = f"mw-halo{marks}{' mw-refused' if hatched else ''}"
            parts.append(element("path", class_=halo, d=spot))
        parts.append(element("path", class_=f"mw-dot mw-dot-{shade}", d=spot))
    return linked(chart.link(code) if chart.link else None, *parts)


def _home(place: Place) -> Markup:
    """The ring at the server's own country; its size does not depend on the map's."""
    spot = "M{} {}h0".format(*place.centre)
    return together([element("path", class_=f"mw-home-{part}", d=spot) for part in ("rim", "core")])


def _patterns(chart: WorldMap, highest: int) -> Markup:
    """One hatching for each shade."""
    made = (
        element(
            "pattern",
            element("rect", class_=f"mw-shade-{shade}", width=12, height=12),
            element("path", class_=f"mw-hatch mw-hatch-{shade}", d="M-3 9l6 6M-3-3l18 18M9-3l6 6"),
            id=f"{chart.caption.ident}-{shade}",
            patternUnits="userSpaceOnUse",
            width=12,
            height=12,
        )
        for shade in range(highest + 1)
    )
    return element("defs", *made)


def _legend(chart: WorldMap, bounds: tuple[int, ...]) -> Markup:
    entries = [(swatch("mw-shade-0"), chart.words.none)]
    largest = max(chart.counts.values(), default=0)
    for shade, low in enumerate(bounds, 1):
        high = bounds[shade] - 1 if shade < len(bounds) else largest
        entries.append((swatch(f"mw-shade-{shade}"), _range(low, high, chart.words)))
    if chart.own:
        ring = (element("path", class_=f"mw-home-{part}", d="M8 8h0") for part in ("rim", "core"))
        entries.append((swatch("", *ring), chart.words.own))
    if chart.allowed:
        entries.append((swatch("mw-shade-0 mw-allowed"), chart.words.allowed))
    if chart.refused:
        hatch = element("path", class_="mw-hatch", d="M1 9l8-8M1 15l14-14M7 15l8-8")
        entries.append((swatch("mw-shade-0", hatch), chart.words.refused))
    return element("div", legend(entries), class_=f"mw-map-{chart.tone}")


def _range(low: int, high: int, words: MapWords) -> str:
    return words.number(low) if low == high else f"{words.number(low)}{TO}{words.number(high)}"

"""The map of what came from which country, in the visitor's words."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext, ngettext
from markupsafe import Markup

from core.web import wording
from core.web.drawings.caption import Caption
from core.web.drawings.tone import Tone
from core.web.drawings.worldmap import MapWords, WorldMap, worldmap
from core.web.pages.countries_choice import Choice
from core.web.pages.countries_counts import CountryCounts, View


def country_map(
    ranked: Sequence[CountryCounts], view: View, own: str, choice: Choice, period: str
) -> Markup:
    """Draw it. The table that it needs is the page's.

    Args:
        ranked: the countries, those with the most first; one at least.
        view: what is counted.
        own: the server's own country.
        choice: the country rule, whose countries are marked.
        period: in the log's words.
    """
    found = {each.code: each.of(view) for each in ranked}
    total, first = sum(found.values()), ranked[0]
    titles = {
        "logins": gettext("Logins by country"),
        "refused": gettext("Refused logins by country"),
        "mails": gettext("Mails sent by country"),
    }
    desc = gettext(
        "Most from %(country)s: %(part)s of %(total)s",
        country=wording.country(first.code),
        part=wording.number(first.of(view)),
        total=wording.number(total),
    )
    listed = choice.countries if not choice.is_unfinished else frozenset()
    return worldmap(
        WorldMap(
            Caption("countries-map", titles[view], desc),
            words(view),
            counts=found,
            tone=Tone.REFUSED if view == "refused" else Tone.PLAIN,
            own=own,
            allowed=listed if choice.mode == "allow" else (),
            refused=listed - {own} if choice.mode == "refuse" else (),
            link=lambda code: (
                url_for("log.show", country=code, period=period) if found.get(code) else None
            ),
        )
    )


def words(view: View) -> MapWords:
    """What a map of that says."""
    return MapWords(
        country=lambda code, count: f"{wording.country(code)}: {amount(view, count)}",
        number=wording.number,
        none={
            "logins": gettext("no logins"),
            "refused": gettext("no refusals"),
            "mails": gettext("no mails"),
        }[view],
        own=gettext("this server"),
        allowed=gettext("allowed"),
        refused=gettext("refused"),
    )


def amount(view: View, count: int) -> str:
    """A number of logins, refusals or mails."""
    shown = wording.number(count)
    if view == "refused":
        return str(ngettext("%(n)s refusal", "%(n)s refusals", count, n=shown))
    if view == "mails":
        return str(ngettext("%(n)s mail", "%(n)s mails", count, n=shown))
    return str(ngettext("%(n)s login", "%(n)s logins", count, n=shown))

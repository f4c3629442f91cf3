"""Where logins and mails come from: by country, as a map and a table.

From here the allowed countries are chosen; that is `core.web.pages.countries_rule`.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from markupsafe import Markup
from msgspec import Struct
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from core.web.access import ADMIN, allow
from core.web.drawings.strip import strip
from core.web.drawings.tone import Layer, Tone
from core.web.home_country import home_country
from core.web.pages import countries_rule
from core.web.pages.countries_choice import Choice
from core.web.pages.countries_counts import VIEWS, CountryCounts, View, counts, last_seen
from core.web.pages.countries_map import country_map
from core.web.parts import parts
from core.web.visitor import visitor

bp = Blueprint("countries", __name__, url_prefix="/countries")
bp.add_url_rule("/choose", "choose", countries_rule.choose, methods=["GET", "POST"])
bp.add_url_rule("/preview", "preview", countries_rule.preview, methods=["GET", "POST"])
bp.add_url_rule("/save", "save", countries_rule.save, methods=["POST"])

DAY: Final = 86_400

PERIODS: Final = {
    "1": lazy_gettext("24 hours"),
    "7": lazy_gettext("7 days"),
    "30": lazy_gettext("30 days"),
    "90": lazy_gettext("90 days"),
}
"""Days, as the address has them, and what people call them."""

LOG_PERIODS: Final = {"1": "24h", "7": "7d", "30": "30d", "90": "all"}
"""The same, as the log's address has them."""

VIEW_NAMES: Final = {
    "logins": lazy_gettext("Logins"),
    "refused": lazy_gettext("Refused logins"),
    "mails": lazy_gettext("Mails sent"),
}

SHORT: Final = 25
"""Rows of the table before somebody asks for all."""

SEEN: Final = 25
"""Rows that tell when the country was last seen, which has to be looked up for each."""


class Asked(Struct, frozen=True):
    """What the address asks for.

    Attributes:
        view: what is counted.
        days: length of the period.
        domain: the only domain, "" for all.
        all: whether every country gets a row.
    """

    view: View
    days: str
    domain: str = ""
    all: bool = False

    @classmethod
    def read(cls) -> Asked:
        """From the present request; what makes no sense is the first of its kind.

        Raises:
            NotFound: there can be no such domain.
        """
        view, days = request.args.get("view", ""), request.args.get("days", "")
        domain = request.args.get("domain", "").strip()
        return cls(
            view=view if view in VIEWS else VIEWS[0],
            days=days if days in PERIODS else "30",
            domain=visitor().sight.domain(domain) if domain else "",
            all=request.args.get("all", "") == "1",
        )

    def query(self, **changed: Any) -> dict[str, Any]:
        """The words of an address that asks the same, but for what is changed."""
        found = {"view": self.view, "days": self.days, "domain": self.domain, **changed}
        return {name: value for name, value in found.items() if value}

    @property
    def domains(self) -> frozenset[str] | None:
        """For the filters of the store."""
        return frozenset({self.domain}) if self.domain else None


class Shares(Struct, frozen=True):
    """What rows are compared with: all of them together, and the first."""

    total: int
    most: int


class Line(Struct, frozen=True):
    """One row of the table.

    Attributes:
        counts: the numbers.
        share: part of one that it has in what is shown.
        bar: the same as a picture.
        last: when anything came from there last, None when nobody knows.
        is_own: it is the server's own country.
        refused: the country rule refuses it, or would be but for watching.
        asked: what the page shows.
    """

    counts: CountryCounts
    share: float
    bar: Markup
    last: float | None
    is_own: bool
    refused: bool
    asked: Asked

    def log(self, result: str = "", stage: str = "", reason: str = "") -> str:
        """Where the log shows it; "" for an unknown country, which it cannot search for."""
        if not self.counts.code:
            return ""
        wanted: dict[str, Any] = {
            "country": self.counts.code,
            "result": result,
            "stage": stage,
            "reason": reason,
            "account": f"*@{self.asked.domain}" if self.asked.domain else "",
            "period": LOG_PERIODS[self.asked.days],
        }
        return url_for("log.show", **{name: word for name, word in wanted.items() if word})


@bp.get("")
@allow(ADMIN)
def show() -> str | Response:
    """The page."""
    refuse, unrefuse = request.args.get("refuse", ""), request.args.get("allow", "")
    if refuse or unrefuse:
        return redirect(url_for("countries.choose", refuse=refuse or None, allow=unrefuse or None))
    complaint = ""
    try:
        asked = Asked.read()
    except NotFound:
        complaint = gettext("This is no name of a domain.")
        asked = Asked(VIEWS[0], "30")
    desk, now = parts().desk(visitor().who), parts().clock()
    server = desk.rules().resolved.server
    own, choice = home_country(), Choice.of(server.country)
    since = now - int(asked.days) * DAY
    found = counts(desk.store, since, now, asked.domains)
    ranked = sorted((c for c in found if c.of(asked.view)), key=lambda c: -c.of(asked.view))
    known = [c for c in ranked if c.code]
    shares = Shares(
        sum(c.of(asked.view) for c in ranked), ranked[0].of(asked.view) if ranked else 0
    )
    shown = ranked if asked.all else ranked[:SHORT]
    return render_template(
        "pages/countries.html",
        asked=asked,
        typed=request.args.get("domain", ""),
        complaint=complaint,
        periods=PERIODS,
        views=VIEW_NAMES,
        domains=[domain.name for domain in visitor().sight.domain_list()],
        since=since,
        now=now,
        own=own,
        choice=choice,
        sums={name: sum(getattr(c, name) for c in found) for name in _SUMS},
        nearly=_nearly_all(known, asked.view),
        known=known,
        ranked=ranked,
        rest=len(ranked) - len(shown),
        seen=SEEN,
        lines=[
            _line(c, asked, shares, since if place < SEEN else None, own, choice)
            for place, c in enumerate(shown)
        ],
        drawing=country_map(ranked, asked.view, own, choice, LOG_PERIODS[asked.days])
        if ranked
        else "",
    )


_SUMS: Final = ("logins", "refused", "failed", "mails")


def _nearly_all(known: list[CountryCounts], view: View) -> tuple[int, float]:
    """How many countries together have nearly everything that has a country, and their share."""
    total, so_far = sum(c.of(view) for c in known), 0
    for place, each in enumerate(known, 1):
        so_far += each.of(view)
        if so_far >= total * _NEARLY:
            return place, so_far / total
    return 0, 0.0


_NEARLY: Final = 0.95


def _line(
    each: CountryCounts,
    asked: Asked,
    shares: Shares,
    since: float | None,
    own: str,
    choice: Choice,
) -> Line:
    view = asked.view
    last = None
    if since is not None:
        last = last_seen(parts().store, each.code, since, asked.domains)
    layers, values = _bar(each, view)
    return Line(
        counts=each,
        share=each.of(view) / shares.total,
        bar=strip(layers, values, shares.most),
        last=last,
        is_own=bool(own) and each.code == own,
        refused=choice.refuses(each.code, own),
        asked=asked,
    )


def _bar(each: CountryCounts, view: View) -> tuple[tuple[Layer, ...], tuple[int, ...]]:
    if view == "logins":
        layers = (Layer(Tone.ALLOWED, ""), Layer(Tone.WATCHED, ""))
        return layers, (each.logins - each.watched, each.watched)
    tone = Tone.REFUSED if view == "refused" else Tone.PLAIN
    return (Layer(tone, ""),), (each.of(view),)

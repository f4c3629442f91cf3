"""The last 24 hours: how many, hour by hour, and from where what was refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup
from msgspec import Struct

from core.store.kinds import PASSED, outcome
from core.store.statistics import Group, StatisticsFilter, Total
from core.store.store import Store
from core.web import wording
from core.web.drawings.bars import bars
from core.web.drawings.caption import Caption, figure
from core.web.drawings.chart import Chart, ChartWords, chart_table
from core.web.drawings.timeline import filled
from core.web.drawings.tone import Layer, Tone
from core.web.drawings.worldmap import WorldMap, worldmap
from core.web.pages.countries_counts import counts
from core.web.pages.countries_map import words
from core.words import Reason, Stage

HOUR: Final = 3600
HOURS: Final = 24

_GROUPS: Final[tuple[Group, ...]] = ("hour", "stage", "verdict", "reason", "would")


class Hour(Struct):
    """What was counted in one hour, or in all of them.

    Attributes:
        allowed: what went through, without a word against it.
        watched: what a check that only watches would have refused.
        refused: refusals, but for blocked accounts.
        blocked: mails of accounts that were blocked.
        failed: wrong passwords.
        mails: mails that were accepted; they are among the allowed, too.
        attackers: attackers of this server who were refused; they are among the refused.
    """

    allowed: int = 0
    watched: int = 0
    refused: int = 0
    blocked: int = 0
    failed: int = 0
    mails: int = 0
    attackers: int = 0

    @property
    def layers(self) -> tuple[int, int, int, int]:
        """What the chart shows."""
        return (self.allowed, self.watched, self.refused, self.blocked)

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.layers) + self.failed


class Day(Struct, frozen=True):
    """The last 24 hours.

    Attributes:
        sum: all hours together.
        hours: by the second at which each begins; hours in which nothing was counted are missing.
        now: the end, seconds since 1970.
        refused: refusals by country.
    """

    sum: Hour
    hours: dict[int, Hour]
    now: float
    refused: dict[str, int]


def day(store: Store, now: float) -> Day:
    """Count the last 24 hours of the whole server; the hour that they begin in counts whole.

    Raises:
        StoreError: the store cannot be read.
    """
    since = (now - HOURS * HOUR) // HOUR * HOUR
    wanted = StatisticsFilter(since=since, until=now)
    hours, whole = _by_hour(store.statistics.totals(wanted, _GROUPS))
    refused = {each.code: each.refused for each in counts(store, since, now) if each.refused}
    return Day(whole, hours, now, refused)


def _by_hour(totals: Iterable[Total]) -> tuple[dict[int, Hour], Hour]:
    hours: dict[int, Hour] = {}
    whole = Hour()
    for total in totals:
        at, *said = total.key
        stage, verdict, reason, would = map(str, said)
        for place in (hours.setdefault(int(at), Hour()), whole):
            _add(place, stage, verdict, reason, would, total.count)
    return hours, whole


def _add(place: Hour, stage: str, verdict: str, reason: str, would: str, count: int) -> None:
    came = outcome(verdict, reason, would)
    setattr(place, came, getattr(place, came) + count)
    if stage == Stage.SEND and came in PASSED:
        place.mails += count
    if reason == Reason.ATTACKER_SEEN and came == "refused":
        place.attackers += count


def chart(seen: Day) -> Markup:
    """Draw the hours, with their table."""
    zone = wording.zone()
    last = datetime.fromtimestamp(seen.now // HOUR * HOUR, zone)
    columns = filled(
        {datetime.fromtimestamp(at, zone): hour.layers for at, hour in seen.hours.items()}
        or {last: (0, 0, 0, 0)},
        last - timedelta(hours=HOURS),
        last,
        timedelta(hours=1),
    )
    drawn = Chart(
        Caption("dashboard-day", gettext("The last 24 hours, hour by hour")),
        ChartWords(
            number=wording.number,
            moment=lambda when: wording.moment(when.timestamp()),
            tick=lambda when: wording.clock_time(when.timestamp()),
            time=gettext("Hour"),
            unknown=gettext("not known"),
        ),
        layers=(
            Layer(Tone.ALLOWED, gettext("allowed")),
            Layer(Tone.WATCHED, gettext("only watched")),
            Layer(Tone.REFUSED, gettext("refused")),
            Layer(Tone.BLOCKED, gettext("account blocked")),
        ),
        columns=columns,
    )
    return figure(bars(drawn), chart_table(drawn), gettext("Show as a table"))


def refusal_map(seen: Day, own: str) -> Markup:
    """Draw from where what was refused came; its table is the page's.

    Args:
        seen: the day.
        own: the server's own country, "" when unknown.
    """
    first = max(seen.refused, key=lambda code: seen.refused[code], default="")
    desc = gettext("Most from %(country)s", country=wording.country(first)) if first else ""
    return worldmap(
        WorldMap(
            Caption("dashboard-map", gettext("Refused in the last 24 hours, by country"), desc),
            words("refused"),
            counts=seen.refused,
            tone=Tone.REFUSED,
            own=own,
            link=lambda code: (
                url_for("log.show", country=code, result="stopped")
                if seen.refused.get(code)
                else None
            ),
        )
    )

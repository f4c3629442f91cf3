"""Logins over time, one column for each day of the visitor's calendar."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from core.store.store import Store
from core.web import wording
from core.web.drawings.bars import bars
from core.web.drawings.caption import Caption, figure
from core.web.drawings.chart import Chart, ChartWords, chart_table
from core.web.drawings.timeline import filled
from core.web.drawings.tone import Layer, Tone
from core.web.pages.domains_tally import DAY, Tally, by_time

MOST_HOURS: Final = 600
"""Domains times days that are read hour by hour; more of them are read by days of UTC."""


def layers() -> tuple[Layer, ...]:
    """What a login became, from the bottom of a bar up."""
    return (
        Layer(Tone.ALLOWED, gettext("allowed")),
        Layer(Tone.WATCHED, gettext("would be refused")),
        Layer(Tone.REFUSED, gettext("refused")),
    )


def values(tally: Tally) -> tuple[int, int, int]:
    """What a login became, in the same order."""
    return tally.plain, tally.watched, tally.refused


def first_day(now: float, days: int) -> datetime:
    """Midnight of the first of so many days that end with today, in the visitor's zone."""
    today = wording.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=days - 1)


def day_chart(
    store: Store,
    now: float,
    days: int,
    domains: frozenset[str],
    account: str = "",
) -> Markup:
    """Draw the days.

    Args:
        store: with the counts.
        now: seconds since 1970; the last column is this moment's day.
        days: how many.
        domains: whose logins.
        account: what the log is searched for when a day is clicked: ``*@example.test``.

    Raises:
        StoreError: the store cannot be read.
    """
    first = first_day(now, days)
    counted: dict[datetime, tuple[int, ...]] = {first: values(Tally())}
    for day, tally in _by_day(store, first, now, days, domains).items():
        counted[day] = values(tally)
    today = first_day(now, 1)

    def log(when: datetime) -> str:
        until = when + timedelta(days=1)
        period: dict[str, Any] = {"from": f"{when:%Y-%m-%dT%H:%M}", "to": f"{until:%Y-%m-%dT%H:%M}"}
        return url_for("log.show", account=account or None, stage="auth", **period)

    chart = Chart(
        Caption("days", gettext("Logins per day")),
        ChartWords(
            number=wording.number,
            moment=lambda when: wording.date(when.timestamp()),
            tick=lambda when: wording.day(when.timestamp()),
            time=gettext("Day"),
            unknown=gettext("no data"),
        ),
        layers=layers(),
        columns=filled(counted, first, today, timedelta(days=1)),
        height=150,
        link=log,
    )
    return figure(bars(chart), chart_table(chart), gettext("Show as a table"))


def _by_day(
    store: Store, first: datetime, now: float, days: int, domains: frozenset[str]
) -> dict[datetime, Tally]:
    exact = len(domains) * days <= MOST_HOURS
    since = first.timestamp()
    counted = by_time(store, since, now + 1, domains, "hour" if exact else "day")
    found: dict[datetime, Tally] = {}
    for begin, tally in counted.items():
        middle = begin if exact else begin + DAY // 2
        moment = max(wording.local(middle), first)
        day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        found.setdefault(day, Tally()).add_all(tally)
    return found

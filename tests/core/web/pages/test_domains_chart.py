"""Logins per day of the visitor's calendar."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from flask import g

from core.panel import Role, Viewer
from core.store.event import Event
from core.web.pages import domains_chart
from core.web.sight import Sight
from core.web.visitor import Taste, Visitor
from core.words import Reason, Service, Stage, Verdict
from tests.core.web.rig import Pages

ALPHA = frozenset({"alpha.example"})


def _login(at: float) -> Event:
    return Event(
        at=at,
        last=at,
        stage=Stage.AUTH,
        service=Service.IMAPS,
        verdict=Verdict.ALLOW,
        reason=Reason.LOGIN_OK,
        account="bob@alpha.example",
        domain="alpha.example",
    )


def _rows(pages: Pages, zone: str, now: float, days: int) -> list[list[str]]:
    """The rows of the chart's table: day, allowed, watched, refused."""
    viewer = Viewer(Role.CUSTOMER, "anna")
    with pages.app.test_request_context("/"):
        taste = Taste("en", zone, True, "auto")
        g.visitor = Visitor(viewer, Sight(viewer, pages.parts.directory), None, taste)
        drawn = str(domains_chart.day_chart(pages.parts.store, now, days, ALPHA, "*@x"))
    table = drawn[drawn.index("<tbody>") :]
    cells = table.replace("</th>", "|").replace("</td>", "|").replace("</a>", "")
    rows = cells.split("<tr>")[1:]
    return [[cell.rpartition(">")[2] for cell in row.split("|")[:4]] for row in rows]


@pytest.mark.parametrize(
    ("zone", "days"), [("Pacific/Auckland", [0, 1]), ("America/Los_Angeles", [1, 0])]
)
def test_login_stands_on_the_visitors_own_day(pages: Pages, zone: str, days: list[int]) -> None:
    evening = datetime(2026, 3, 10, 20, 30, tzinfo=ZoneInfo("UTC")).timestamp()
    pages.parts.store.write([_login(evening)])
    now = datetime(2026, 3, 11, 12, 0, tzinfo=ZoneInfo(zone)).timestamp()
    rows = _rows(pages, zone, now, 2)
    assert [row[0] for row in rows] == ["10 Mar 2026", "11 Mar 2026"]
    assert [int(row[1]) for row in rows] == days


def test_many_domains_are_read_by_days_of_utc(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domains_chart, "MOST_HOURS", 0)
    noon = datetime(2026, 3, 10, 12, 0, tzinfo=ZoneInfo("UTC")).timestamp()
    pages.parts.store.write([_login(noon)])
    rows = _rows(pages, "Europe/Berlin", noon + 3600, 7)
    assert [int(row[1]) for row in rows] == [0, 0, 0, 0, 0, 0, 1]


def test_day_of_a_clock_change_is_one_column(pages: Pages) -> None:
    now = datetime(2026, 3, 30, 12, 0, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
    early = datetime(2026, 3, 29, 3, 30, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
    pages.parts.store.write([_login(early)])
    assert [row[1] for row in _rows(pages, "Europe/Berlin", now, 3)] == ["0", "1", "0"]


def test_nothing_counted_is_noughts(pages: Pages) -> None:
    now = datetime(2026, 3, 30, 12, 0, tzinfo=ZoneInfo("UTC")).timestamp()
    assert [row[1:] for row in _rows(pages, "UTC", now, 2)] == [["0", "0", "0"]] * 2

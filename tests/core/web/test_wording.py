"""Numbers, dates and lengths as the visitor reads them (E20)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import g

from core.panel import Role, Viewer
from core.web import wording
from core.web.visitor import recognise
from tests.core.web.rig import Pages

AT = 1_700_000_000.0  # 2023-11-14 22:13:20 UTC

CASES: list[tuple[Callable[[], object], str, str]] = [
    (lambda: wording.number(1234567), "1,234,567", "1.234.567"),
    (lambda: wording.short_number(512), "512", "512"),
    (lambda: wording.short_number(13_676), "13.7K", "13.676"),
    (lambda: wording.short_number(1_250_000), "1.2M", "1,2 Mio."),
    (lambda: wording.percent(0.125), "12%", "12 %"),
    (lambda: wording.percent(0.004), "0.4%", "0,4 %"),
    (lambda: wording.percent(0), "0%", "0 %"),
    (lambda: wording.moment(AT), "15 Nov 2023, 07:13", "15. Nov. 2023, 07:13"),
    (lambda: wording.date(AT), "15 Nov 2023", "15. Nov. 2023"),
    (lambda: wording.day(AT), "15 Nov", "15. Nov."),
    (lambda: wording.edition("2026-06-01"), "1 Jun 2026", "1. Juni 2026"),
    (lambda: wording.edition("2.7.1"), "2.7.1", "2.7.1"),
    (lambda: wording.edition(""), "", ""),
    (lambda: wording.clock_time(AT), "07:13", "07:13"),
    (lambda: wording.country("DE"), "Germany", "Deutschland"),
    (lambda: wording.country("ZZ"), "ZZ", "ZZ"),
    (lambda: wording.length(300), "5 minutes", "5 Minuten"),
    (lambda: wording.length(-5), "0 seconds", "0 Sekunden"),
    (lambda: wording.length(11.6 * 86_400), "12 days", "12 Tage"),
    (lambda: wording.length(200 * 86_400), "7 months", "7 Monate"),
    (lambda: wording.ago(AT + 0.4, AT), "1 second ago", "vor 1 Sekunde"),
    (lambda: wording.ago(AT - 120, AT), "2 minutes ago", "vor 2 Minuten"),
    (lambda: wording.ago(AT + 7200, AT), "in 2 hours", "in 2 Stunden"),
]


@pytest.mark.parametrize(("say", "english", "german"), CASES)
def test_each_language_has_its_way(
    pages: Pages, say: Callable[[], object], english: str, german: str
) -> None:
    for language, expected in (("en", english), ("de", german)):
        claim = {"language": language, "zone": "Asia/Tokyo"}
        with _request(pages, claim):
            assert str(say()).replace("\xa0", " ").replace("\u202f", " ") == expected


@pytest.mark.parametrize("at", [-1e18, 1e18, -62_135_596_800.0, 253_402_300_800.0])
def test_times_at_the_edge_of_the_calendar_break_nothing(pages: Pages, at: float) -> None:
    with _request(pages, {"zone": "Asia/Tokyo"}):
        assert "<time" in wording.when(at)
        assert wording.ago(at, 0)
        assert wording.length(at)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.9, "59 s"), (60, "1 min"), (21_600, "6 h 00 min"), (19_999, "5 h 33 min")],
)
def test_what_is_left_of_a_block(pages: Pages, seconds: float, text: str) -> None:
    with _request(pages, {}):
        assert wording.length_parts(seconds) == text


@contextmanager
def _request(pages: Pages, claim: dict[str, str]) -> Iterator[None]:
    """A request of somebody who reads so."""
    viewer = Viewer(Role.ADMIN, "root", (), claim.get("language", "en"), claim.get("zone", ""))
    pages.panel.known = viewer
    with pages.app.test_request_context("/"):
        g.visitor = recognise(pages.parts)
        yield

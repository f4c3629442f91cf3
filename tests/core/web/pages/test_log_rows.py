"""Rows and storms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from core.store.event_filter import StoredEvent
from core.web.pages.log_rows import STORM_GAP, clock, exact, lines_of, upper_first
from core.words import Reason, Service, Verdict
from tests.core.web.pages.log_events import ALLOWED, event, record
from tests.core.web.rig import Pages

START = 1_767_268_800.0


@pytest.fixture(autouse=True)
def in_a_request(pages: Pages) -> Iterator[None]:
    with pages.app.test_request_context("/log"):
        yield


def newest_first(pages: Pages, *fields: Mapping[str, object]) -> list[StoredEvent]:
    """Events a minute apart, in the order in which pages have them."""
    made = [event(START + 60 * n, **each) for n, each in enumerate(fields)]
    return record(pages, *made)[::-1]


def test_equal_refusals_that_follow_each_other_are_one_row_that_opens(pages: Pages) -> None:
    storm = {"count": 5, "last": START + 300}
    events = newest_first(pages, storm, {"address": "198.51.100.9"}, {"count": 7}, {})
    lines = lines_of(events)
    assert [line.event.address for line in lines] == ["203.0.113.7", "198.51.100.9"]
    assert lines[0].event == events[0]
    assert (lines[0].count, lines[0].first, lines[0].last) == (13, START, START + 300)
    assert [member.event for member in lines[0].members] == [events[0], events[1], events[3]]
    assert lines[1].members == ()


def test_line_by_line_each_event_is_a_row(pages: Pages) -> None:
    events = newest_first(pages, {}, {}, {})
    assert [line.event for line in lines_of(events, single=True)] == events


@pytest.mark.parametrize(
    "other",
    [
        {"account": "eve@alpha.example"},
        {"address": "203.0.113.8"},
        {"reason": Reason.NETWORK_CLOUD},
        {"verdict": Verdict.DEFER},
        {"service": Service.SMTPS},
    ],
)
def test_refusals_that_differ_stay_apart(pages: Pages, other: dict[str, object]) -> None:
    assert len(lines_of(newest_first(pages, {}, other))) == 2


def test_what_was_let_in_is_no_storm(pages: Pages) -> None:
    assert len(lines_of(newest_first(pages, ALLOWED, ALLOWED))) == 2


def test_after_a_pause_it_is_another_storm(pages: Pages) -> None:
    later = START + STORM_GAP + 1
    events = record(pages, event(START), event(later), event(later + 60))[::-1]
    assert [line.count for line in lines_of(events)] == [2, 1]


def test_moments_and_sentences() -> None:
    assert exact(START) == "2026-01-01T12:00:00+00:00"
    assert clock(START).endswith(":00:00")
    assert upper_first("vor dem Passwort") == "Vor dem Passwort"
    assert upper_first("") == ""

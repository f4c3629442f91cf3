"""The last 24 hours, counted and drawn."""

from __future__ import annotations

import time

from core.web.pages.countries_counts import counts
from core.web.pages.dashboard_day import Day, Hour, chart, day, refusal_map
from core.words import Reason, Stage, Verdict
from tests.core.web.pages.came import HOUR, a_month, event, refusal
from tests.core.web.rig import Pages


def _day(pages: Pages) -> Day:
    return day(pages.parts.store, time.time())


def test_everything_is_counted_once(pages: Pages) -> None:
    """D8: allowed, watched, refused, blocked and guessed, and nothing of the day before."""
    a_month(pages.parts.store)
    pages.parts.store.record(
        [
            event(3, would=Reason.NETWORK_CLOUD, count=7),
            event(
                1,
                stage=Stage.SEND,
                verdict=Verdict.DEFER,
                reason=Reason.ACCOUNT_BLOCKED,
                count=11,
            ),
            event(2, reason=Reason.LOGIN_FAILED, count=5),
        ]
    )
    found = _day(pages)
    assert found.sum == Hour(allowed=533, watched=7, refused=920, blocked=11, failed=5, mails=33)
    assert found.refused == {"RU": 900, "BR": 20}
    assert sum(hour.total for hour in found.hours.values()) == found.sum.total == 1476


def test_it_agrees_with_the_page_of_countries(pages: Pages) -> None:
    """D8: the hour in which the 24 begin counts whole there too, and where the link leads."""
    store, now = pages.parts.store, time.time()
    store.record([refusal(each) for each in (0, 12, 23.9, 24, 26)])
    there = counts(store, now - 24 * HOUR, now)
    assert day(store, now).refused == {each.code: each.refused for each in there}


def test_hours_are_told_apart(pages: Pages) -> None:
    """D8: each event lies in the hour in which it fell."""
    pages.parts.store.record([event(0, count=2), event(7, count=3)])
    found = _day(pages)
    now = int(time.time() // HOUR * HOUR)
    assert {at: hour.allowed for at, hour in found.hours.items()} == {
        now: 2,
        int(now - 7 * HOUR): 3,
    }


def test_the_chart_has_a_table_with_every_hour(pages: Pages) -> None:
    """People would rather look than read, and some cannot look."""
    a_month(pages.parts.store)
    seen = _day(pages)
    with pages.app.test_request_context("/"):
        drawn = str(chart(seen))
    assert drawn.count('<th scope="row">') == 25
    assert "only watched" in drawn


def test_the_map_leads_to_the_refusals(pages: Pages) -> None:
    """A country with refusals is a link; one without is not."""
    a_month(pages.parts.store)
    seen = _day(pages)
    with pages.app.test_request_context("/"):
        drawn = str(refusal_map(seen, "DE"))
    assert "country=RU&amp;result=stopped" in drawn
    assert "country=AT" not in drawn
    assert "Most from Russia" in drawn


def test_a_store_without_events_is_a_day_of_nothing(pages: Pages) -> None:
    """And it can be drawn."""
    seen = _day(pages)
    assert seen.sum.total == 0
    with pages.app.test_request_context("/"):
        assert "<svg" in chart(seen)
        assert "<svg" in refusal_map(seen, "")


def test_words_of_another_version_are_refusals_or_not(pages: Pages) -> None:
    """An unknown reason does not lose the verdict."""
    pages.parts.store.record([refusal(1, reason="novelty", count=4)])
    assert _day(pages).sum.refused == 4

"""Pages of a search: nothing is lost or shown twice between them."""

from __future__ import annotations

import pytest

from core.store.event_filter import EventFilter
from core.web.pages.log_page import find_page
from core.web.pages.log_search import Search
from tests.core.web.pages.log_events import event, record
from tests.core.web.rig import Pages


def asked(before: int | None = None, after: int | None = None, fault: str = "") -> Search:
    """A search for everything of one account."""
    wanted = EventFilter(account="bob@alpha.example")
    faults = {"to": fault} if fault else {}
    return Search(wanted, {}, faults, "all", before=before, after=after)


@pytest.mark.parametrize("length", [1, 3, 4, 11, 12, 13])
def test_older_pages_show_every_event_once_and_newer_ones_lead_back(
    pages: Pages, length: int
) -> None:
    bobs = [event(1000.0 + n) for n in range(12)]
    other = [event(1000.5 + n, account="eve@alpha.example") for n in range(12)]
    record(pages, *[each for pair in zip(bobs, other, strict=True) for each in pair])
    events = pages.parts.store.events
    page = find_page(events, asked(), length)
    assert page.newer is None
    seen, walked = [each.at for each in page.events], [page]
    while page.older is not None:
        page = find_page(events, asked(before=page.older), length)
        seen += [each.at for each in page.events]
        walked.append(page)
    assert seen == [each.at for each in reversed(bobs)]
    for expected in reversed(walked[:-1]):
        assert page.newer is not None
        page = find_page(events, asked(after=page.newer), length)
        if expected.is_newest:
            assert page == walked[0]
        else:
            assert page.events == expected.events
    assert page.newer is None


def test_what_happens_meanwhile_moves_no_older_page(pages: Pages) -> None:
    record(pages, *[event(1000.0 + n) for n in range(6)])
    events = pages.parts.store.events
    first = find_page(events, asked(), 2)
    second = find_page(events, asked(before=first.older), 2)
    record(pages, *[event(2000.0 + n) for n in range(3)])
    assert find_page(events, asked(before=first.older), 2) == second
    back = find_page(events, asked(after=second.newer), 2)
    assert [each.at for each in back.events] == [1005.0, 1004.0]
    assert not back.is_newest


def test_a_wrong_search_finds_nothing(pages: Pages) -> None:
    record(pages, event(1000.0))
    assert find_page(pages.parts.store.events, asked(fault="no"), 5).events == ()


def test_a_page_whose_end_was_pruned_is_empty(pages: Pages) -> None:
    (only,) = record(pages, event(1000.0))
    page = find_page(pages.parts.store.events, asked(before=only.id), 5)
    assert (list(page.events), page.older, page.newer, page.is_newest) == ([], None, None, False)

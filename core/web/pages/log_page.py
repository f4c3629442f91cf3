"""One page of a search, and whether there are older and newer ones. Knows nothing of how it looks.

Pages are cut by the number of an event and not by counting, so that the thousandth is as quick as
the first and nothing moves while somebody reads.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from core.store.event_filter import StoredEvent
from core.store.events import Events
from core.web.pages.log_search import Search


class Page(Struct, frozen=True):
    """One page.

    Attributes:
        events: newest first.
        older: number of the event that an older page goes on from, None when there is none.
        newer: likewise for a newer page.
        is_newest: whether it is the first page.
    """

    events: Sequence[StoredEvent]
    older: int | None = None
    newer: int | None = None
    is_newest: bool = True


def find_page(events: Events, search: Search, length: int) -> Page:
    """The page that a search asks for; the newest where there is not a whole newer one.

    Args:
        events: of the store.
        search: what is asked.
        length: events on a page.

    Raises:
        StoreError: the store cannot be read.
    """
    if search.faults:
        return Page(())
    if search.after is not None:
        found = events.find(search.wanted, length + 1, after_id=search.after)
        if len(found) > length:
            shown = found[1:]
            return Page(shown, shown[-1].id, shown[0].id, is_newest=False)
    before = None if search.after is not None else search.before
    found = events.find(search.wanted, length + 1, before)
    shown = found[:length]
    older = shown[-1].id if len(found) > length else None
    if before is None:
        return Page(shown, older)
    return Page(shown, older, shown[0].id if shown else None, is_newest=False)

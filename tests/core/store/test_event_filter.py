"""An event filter asks for kinds and for more; a stored event is an event."""

from __future__ import annotations

import msgspec

from core.store.event_filter import EventFilter, StoredEvent
from core.store.kinds import kind_of
from core.words import Verdict
from tests.core.store.samples import event


def test_only_the_words_of_a_filter_concern_kinds() -> None:
    plain = EventFilter(account="x", domains=frozenset(), address="203.0.113.7", since=1.0)
    assert not plain.asks_for_kinds()
    assert plain.takes(kind_of(event()))
    refused = msgspec.structs.replace(plain, verdicts=frozenset({Verdict.ALLOW}))
    assert refused.asks_for_kinds()
    assert not refused.takes(kind_of(event()))


def test_a_stored_event_is_an_event_with_a_number() -> None:
    stored = StoredEvent(id=7, **msgspec.structs.asdict(event()))
    assert stored.id == 7
    assert stored.address == event().address

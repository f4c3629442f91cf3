"""Which kinds of events a filter takes."""

from __future__ import annotations

import pytest

from core.store.event_filter import EventFilter, StoredEvent
from core.store.kinds import Kind
from core.words import Reason, Service, Stage, Verdict
from tests.core.store.samples import event

DENIED = Kind(Stage.AUTH, Service.IMAP, Verdict.DENY, Reason.COUNTRY, "country")
WATCHED = Kind(Stage.AUTH, Service.IMAP, Verdict.ALLOW, Reason.LOGIN_OK, "", "network_cloud")


@pytest.mark.parametrize(
    ("wanted", "denied", "watched"),
    [
        (EventFilter(), True, True),
        (EventFilter(account="x", address="203.0.113.7", since=1.0), True, True),
        (EventFilter(stages=frozenset({Stage.AUTH})), True, True),
        (EventFilter(stages=frozenset({Stage.CONNECT, Stage.SEND})), False, False),
        (EventFilter(services=frozenset({Service.IMAP, Service.SMTP})), True, True),
        (EventFilter(services=frozenset({Service.SMTP})), False, False),
        (EventFilter(verdicts=frozenset({Verdict.DENY})), True, False),
        (EventFilter(reasons=frozenset({Reason.LOGIN_OK})), False, True),
        (EventFilter(would=True), False, True),
        (EventFilter(would=True, verdicts=frozenset({Verdict.DENY})), False, False),
    ],
)
def test_takes(wanted: EventFilter, denied: bool, watched: bool) -> None:
    assert (wanted.takes(DENIED), wanted.takes(WATCHED)) == (denied, watched)
    if not wanted.asks_for_kinds():
        assert denied
        assert watched


def test_a_stored_event_is_an_event_with_a_number() -> None:
    stored = StoredEvent(
        id=7, **{name: getattr(event(), name) for name in event().__struct_fields__}
    )
    assert stored.id == 7
    assert stored.address == event().address

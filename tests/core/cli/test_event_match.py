"""Following filters as searching does."""

from __future__ import annotations

import tempfile
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.cli.event_match import matches
from core.store.event import Event
from core.store.event_filter import EventFilter
from core.store.store import Store
from core.words import Reason, Service, Stage, Verdict
from tests.core.desk import samples

ACCOUNTS = ["", "bob@example.test", "al@example.test", "bob@other.test", "jürgen@example.test"]
ADDRESSES = ["203.0.113.7", "203.0.113.9", "2001:db8::7", "2001:db9::1", ""]


def _event(account: str, **fields: Any) -> Event:
    return samples.event(account=account, domain=account.rpartition("@")[2], **fields)


events = st.builds(
    _event,
    at=st.sampled_from([samples.NOW - hour * 3600 for hour in (1, 2, 30)]),
    stage=st.sampled_from(Stage),
    service=st.sampled_from([Service.SUBMISSION, Service.IMAP]),
    verdict=st.sampled_from(Verdict),
    reason=st.sampled_from([Reason.COUNTRY, Reason.SEND_LIMIT]),
    address=st.sampled_from(ADDRESSES),
    country=st.sampled_from(["AT", "RU", ""]),
    asn=st.sampled_from([0, 64500]),
    account=st.sampled_from(ACCOUNTS),
    would=st.sampled_from(["", "country"]),
    queue_id=st.sampled_from(["", "4ABC"]),
)

filters = st.fixed_dictionaries(
    {},
    optional={
        "account": st.sampled_from(["bob@example.test", "*@example.test", "B*", "*ü*", "*"]),
        "domains": st.sets(st.sampled_from(["example.test", "other.test"])).map(frozenset),
        "address": st.sampled_from(["203.0.113.7", "203.0.113.0/24", "2001:db8::/32", "::/0"]),
        "countries": st.sets(st.sampled_from(["AT", "RU"]), min_size=1).map(frozenset),
        "asn": st.just(64500),
        "stages": st.sets(st.sampled_from(Stage), min_size=1).map(frozenset),
        "services": st.just(frozenset({Service.IMAP})),
        "verdicts": st.sets(st.sampled_from(Verdict), min_size=1).map(frozenset),
        "reasons": st.just(frozenset({Reason.COUNTRY})),
        "would": st.booleans(),
        "queue_id": st.just("4ABC"),
        "until": st.just(samples.NOW - 5400),
    },
)


@given(st.lists(events, max_size=6), filters)
@settings(max_examples=60)
def test_finds_what_the_store_finds(some: list[Event], asked: dict[str, Any]) -> None:
    """D4: one filter, one meaning, whether looking back or watching."""
    wanted = EventFilter(**asked)
    with tempfile.TemporaryDirectory() as directory:
        store = Store.open(f"sqlite:///{directory}/store.sqlite")
        try:
            ids = store.write(some)
            found = {event.id for event in store.events.find(wanted)}
        finally:
            store.close()
    kept = {number for number, each in zip(ids, some, strict=True) if matches(wanted, each)}
    assert kept == found

"""The journal: what is written grows with attackers, not with attempts, and nothing is lost."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from core.store.event import Event
from core.store.journal import AT_ONCE, Batch, Journal, Line, Note
from core.words import Reason, Service, Stage, Verdict


def note(at: float, address: str = "203.0.113.7", **more: object) -> Note:
    """A refused connection."""
    fields: dict[str, object] = {
        "stage": Stage.CONNECT,
        "service": Service.SUBMISSION,
        "verdict": Verdict.DENY,
        "reason": Reason.COUNTRY,
    }
    return Note(at=at, address=address, **(fields | more))  # type: ignore[arg-type]  # a table


def drained(journal: Journal, now: float = 0.0) -> Batch:
    """What has changed."""
    return journal.drain(now, everything=True) or Batch([], {}, [])


def test_a_storm_is_one_event_with_a_count() -> None:
    """Equal refusals of one address within a minute."""
    journal = Journal()
    for i in range(500):
        journal.note(note(6000 + i / 10))
    ((line, event),) = drained(journal).lines
    assert (event.count, event.at, event.last) == (500, 6000.0, 6049.9)
    assert line.id == 0


def test_a_storm_that_goes_on_grows_its_event() -> None:
    """The writer gets the same line again, with its new count."""
    journal = Journal()
    journal.note(note(6000))
    ((first, event),) = drained(journal).lines
    journal.note(note(6001))
    ((second, grown),) = drained(journal).lines
    assert second is first
    assert (event.count, grown.count) == (1, 2)
    assert journal.drain(6002) is None


def test_new_events_do_not_wait_and_counts_do() -> None:
    """A storm costs the store an update in ten seconds, not in each."""
    journal = Journal()
    handed = []
    for at in range(6000, 6030):
        journal.note(note(at))
        batch = journal.drain(float(at))
        handed += [(at, event.count) for _, event in batch.lines] if batch else []
    assert handed == [(6000, 1), (6010, 11), (6020, 21)]


def test_a_flood_is_handed_over_bit_by_bit() -> None:
    """No question waits while tens of thousands of events are copied; none of them is lost."""
    journal = Journal()
    flood = 2 * AT_ONCE + 500
    for i in range(flood):
        journal.note(note(6000, address=f"address {i}"))
    journal.note(note(6001, address="address 0"))
    batches = [journal.drain(at) or Batch([], {}, []) for at in (6060.0, 6061.0, 6062.0, 6063.0)]
    assert [len(batch.lines) for batch in batches] == [AT_ONCE, AT_ONCE, 500, 0]
    assert len({event.address for batch in batches for _, event in batch.lines}) == flood
    assert [len(batch.ended) for batch in batches] == [0, 0, 1, 0]
    assert journal.waiting() == 0


def test_each_minute_begins_a_new_event_and_ends_the_storms() -> None:
    """The log file gets the final count of every storm."""
    journal = Journal()
    for at in (6000, 6001, 6059):
        journal.note(note(at))
    journal.note(note(6010, address="198.51.100.1"))
    drained(journal)
    journal.note(note(6060))
    batch = drained(journal)
    assert [event.count for _, event in batch.lines] == [1]
    assert [event.count for _, event in batch.ended] == [3]
    assert drained(journal).ended == []


def test_time_alone_ends_a_storm() -> None:
    """Nobody has to come after it."""
    journal = Journal()
    for at in (6000, 6001):
        journal.note(note(at))
    drained(journal)
    assert [event.count for _, event in drained(journal, 6060.0).ended] == [2]


def test_different_verdicts_stay_apart() -> None:
    """Stage, reason, account, service and message make another event."""
    journal = Journal()
    journal.note(note(6000))
    for more in (
        {"reason": Reason.NETWORK_CLOUD},
        {"stage": Stage.AUTH},
        {"service": Service.IMAP},
        {"account": "a@example.test"},
        {"queue_id": "4X"},
        {"would": "country"},
        {"address": "203.0.113.8"},
    ):
        journal.note(note(6000, **more))
    assert len(drained(journal).lines) == 8


def test_past_the_bound_only_detail_is_lost() -> None:
    """A flood of different addresses: counted, reported, and no memory spent."""
    journal = Journal(limit=10)
    for i in range(100):
        journal.note(note(7200, address=f"10.0.0.{i}", country="RU"))
    batch = drained(journal)
    assert len(batch.lines) == 10
    assert batch.bare == {
        (2, Stage.CONNECT, Service.SUBMISSION, Verdict.DENY, Reason.COUNTRY, "RU"): 90
    }
    assert (journal.noted, journal.dropped) == (100, 90)


def test_the_bound_holds_over_the_turn_of_a_minute() -> None:
    """What the writer has not taken yet takes up memory as well; afterwards there is room again."""
    journal = Journal(limit=10)
    for at in (6000, 6001, 6060, 6061):
        for i in range(10):
            journal.note(note(at, address=f"{at // 60}.0.0.{i}"))
    batch = drained(journal, 6062)
    assert (len(batch.lines), len(batch.ended), sum(batch.bare.values())) == (10, 10, 20)
    for i in range(15):
        journal.note(note(6063, address=f"10.0.0.{i}"))
    batch = drained(journal, 6064)
    assert (len(batch.lines), sum(batch.bare.values())) == (10, 5)


def test_the_ends_of_many_storms_are_handed_over_bit_by_bit() -> None:
    """As their beginnings are."""
    journal = Journal()
    for at in (6000, 6001):
        for i in range(AT_ONCE + 10):
            journal.note(note(at, address=f"address {i}"))
    drained(journal, 6002)
    batches = [journal.drain(at) or Batch([], {}, []) for at in (6060.0, 6061.0, 6062.0)]
    assert [len(batch.ended) for batch in batches] == [AT_ONCE, 10, 0]


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 5), st.booleans()), max_size=60),
    st.integers(1, 4),
)
def test_every_verdict_is_counted_exactly_once(
    steps: list[tuple[int, int, bool]], limit: int
) -> None:
    """The law: final counts of all lines and bare counts add up to what was noted."""
    journal = Journal(limit=limit)
    last: dict[int, Event] = {}
    lines: dict[int, Line] = {}
    bare: Counter[object] = Counter()

    def take(batch: Batch | None) -> None:
        for line, event in batch.lines if batch else ():
            lines[id(line)] = line
            last[id(line)] = event
        bare.update(batch.bare if batch else {})

    for second, who, drain in sorted(steps):
        journal.note(note(float(second), address=f"192.0.2.{who}"))
        if drain:
            take(journal.drain(float(second)))
    take(journal.drain(1000.0, everything=True))
    assert sum(e.count for e in last.values()) + sum(bare.values()) == len(steps)


def test_listeners_hear_of_new_events() -> None:
    """D4: the live view."""
    journal = Journal()
    heard: list[Event] = []
    journal.listeners.append(heard.append)
    for at in (6000, 6001, 6070):
        journal.note(note(at))
    assert [event.at for event in heard] == [6000, 6070]


def test_a_clock_that_jumps_back_begins_a_new_minute() -> None:
    """Events after a correction must not pile up in a minute that lies in the future."""
    journal = Journal()
    journal.note(note(90_000))
    journal.note(note(6000))
    assert [event.at for _, event in drained(journal).lines] == [90_000, 6000]


def test_an_end_ends_storms_too() -> None:
    """The event log gets their final count, though their minute is not over."""
    journal = Journal()
    for i in range(500):
        journal.note(note(6000 + i / 100))
        if i == 100:
            assert journal.drain(6001.0) is not None
    batch = journal.finish(6006.0)
    assert batch is not None
    assert [event.count for _, event in batch.lines] == [500]
    assert [event.count for _, event in batch.ended] == [500]
    assert journal.finish(6007.0) is None

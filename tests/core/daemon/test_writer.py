"""The writer: in order, whatever the store does; bounded, and honest about what was lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from core.daemon import writer as module
from core.daemon.writer import Writer
from core.errors import StoreError
from core.store.event import Event
from core.store.journal import Batch, Line
from core.store.logfile import EventLog
from core.store.store import Store
from core.words import Reason, Service, Stage, Verdict
from tests.core.daemon.rig import TIMEOUT

KIND = (Stage.CONNECT, Service.IMAP, Verdict.DENY, Reason.COUNTRY)


class FakeStore:
    """A store that fails when it is told to, and keeps what it took."""

    problem = ""

    def __init__(self) -> None:
        self.events: dict[int, Event] = {}
        self.bare = 0
        self.failure: Exception | None = None
        self.failed = threading.Event()
        self.closed = False

    def record(
        self, inserts: list[Event], changes: list[tuple[int, float, int, int]], bare: dict[Any, int]
    ) -> list[int]:
        """As `Store.record`."""
        if self.failure is not None:
            self.failed.set()
            raise self.failure
        for number, last, count, recipients in changes:
            self.events[number] = msgspec.structs.replace(
                self.events[number], last=last, count=count, recipients=recipients
            )
        first = len(self.events) + 1
        self.events |= dict(enumerate(inserts, first))
        self.bare += sum(bare.values())
        return list(range(first, first + len(inserts)))

    def close(self) -> None:
        """As `Store.close`."""
        self.closed = True


def line(address: str = "203.0.113.7", count: int = 1) -> Line:
    """One event."""
    stage, service, verdict, reason = KIND
    return Line(
        Event(
            at=10.0,
            last=10.0,
            stage=stage,
            service=service,
            verdict=verdict,
            reason=reason,
            address=address,
            count=count,
        )
    )


def batch(*lines: Line, bare: int = 0, ended: tuple[Line, ...] = ()) -> Batch:
    """What the journal would hand over."""
    return Batch(
        [(one, msgspec.structs.replace(one.event)) for one in lines],
        {(0, *KIND, "RU"): bare} if bare else {},
        [(one, one.event) for one in ended],
    )


class Desk:
    """A writer, its store and its log."""

    def __init__(self, directory: Path, store: FakeStore | None) -> None:
        self.store = store or FakeStore()
        self.path = directory / "events.jsonl"
        self.opened: list[object] = []
        self.refuse_to_open = store is None
        self.asked_to_open = threading.Event()
        self.writer = Writer(
            cast("Store | None", store), self._reopen, EventLog(self.path), self.opened.append
        )

    def _reopen(self) -> Store:
        self.asked_to_open.set()
        if self.refuse_to_open:
            raise StoreError("nobody answers")
        return cast(Store, self.store)

    def settle(self) -> None:
        """Wait until everything that was handed over is written."""
        done = threading.Event()
        self.writer.put(lambda _: done.set())
        assert done.wait(TIMEOUT)

    def logged(self) -> list[str]:
        """Addresses in the event log."""
        lines = self.path.read_bytes().splitlines()
        return [msgspec.json.decode(text)["address"] for text in lines]


@contextmanager
def working(directory: Path, store: FakeStore | None) -> Iterator[Desk]:
    """A writer at work, which is ended."""
    desk = Desk(directory, store)
    desk.writer.start()
    yield desk
    desk.refuse_to_open = False
    desk.store.failure = None
    assert desk.writer.stop(TIMEOUT)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry at once."""
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.01)


def test_events_and_their_growth_are_written_in_order(tmp_path: Path) -> None:
    """A storm is one event that grows."""
    storm = line()
    with working(tmp_path, FakeStore()) as desk:
        desk.writer.put(batch(storm))
        desk.settle()
        storm.event.count, storm.event.last = 500, 20.0
        desk.writer.put(batch(storm, ended=(storm,)))
        desk.settle()
        assert [(e.count, e.last) for e in desk.store.events.values()] == [(500, 20.0)]
        assert desk.writer.totals == {KIND: 500}
        assert desk.writer.waiting == 0
    assert desk.store.closed
    assert desk.logged() == ["203.0.113.7"] * 2


def test_what_waited_is_written_once_there_is_room(tmp_path: Path) -> None:
    """E17: a full disk costs nothing but time; a storm that grew meanwhile is one event."""
    storm, store = line(), FakeStore()
    store.failure = StoreError("the disk is full")
    with working(tmp_path, store) as desk:
        desk.writer.put(batch(storm))
        assert store.failed.wait(TIMEOUT)
        storm.event.count = 7
        desk.writer.put(batch(storm, bare=3))
        assert desk.writer.waiting > 0
        store.failure = None
        desk.settle()
        assert [e.count for e in store.events.values()] == [7]
        assert store.bare == 3
        assert desk.writer.problem == ""
        assert desk.writer.lost == 0


def test_a_problem_is_told_while_it_lasts(tmp_path: Path) -> None:
    """The status is red until the store takes something again."""
    store = FakeStore()
    store.failure = StoreError("the disk is full")
    with working(tmp_path, store) as desk:
        desk.writer.put(batch(line()))
        assert store.failed.wait(TIMEOUT)
        store.failed.clear()
        assert store.failed.wait(TIMEOUT), "it tries again by itself"
        assert desk.writer.problem == "the disk is full"


def test_the_log_does_not_wait_for_the_store(tmp_path: Path) -> None:
    """Either goes on when the other cannot; and what is written at last is not logged twice."""
    store = FakeStore()
    store.failure = StoreError("the disk is full")
    with working(tmp_path, store) as desk:
        desk.writer.put(batch(line("192.0.2.1")))
        assert store.failed.wait(TIMEOUT)
        assert desk.logged() == ["192.0.2.1"]
        store.failure = None
        desk.settle()
        assert len(store.events) == 1
        assert desk.logged() == ["192.0.2.1"]


def test_a_store_that_could_not_be_opened_is_tried_again(tmp_path: Path) -> None:
    """Even when nothing happens that should be written; and whoever waits for it is told."""
    with working(tmp_path, None) as desk:
        assert desk.asked_to_open.wait(TIMEOUT)
        assert desk.writer.problem
        assert desk.opened == []
        desk.refuse_to_open = False
        desk.settle()
        assert desk.opened == [desk.store]
        assert desk.writer.problem == ""


def test_past_the_bound_the_oldest_are_lost_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that is away for long must not cost the memory of the server."""
    monkeypatch.setattr(module, "MOST_BATCHES", 10)
    store = FakeStore()
    store.failure = StoreError("away")
    with working(tmp_path, store) as desk:
        desk.writer.put(batch(line("192.0.2.0"), bare=5))
        assert store.failed.wait(TIMEOUT)
        for number in range(1, 30):
            desk.writer.put(batch(line(f"192.0.2.{number}")))
        while desk.writer._inbox.qsize():
            store.failed.wait(0.01)
        store.failure = None
        desk.settle()
        kept = [event.address for event in store.events.values()]
        assert kept == [f"192.0.2.{number}" for number in range(30 - len(kept), 30)]
        assert 8 <= len(kept) <= 10
        assert desk.writer.lost == 30 - len(kept) + 5
        assert store.bare == 0


def test_many_events_in_few_batches_are_bounded_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten minutes of a flood are more than memory holds."""
    monkeypatch.setattr(module, "MOST_LINES", 100)
    store = FakeStore()
    store.failure = StoreError("away")
    with working(tmp_path, store) as desk:
        for _ in range(20):
            desk.writer.put(batch(*(line() for _ in range(30))))
        while desk.writer._inbox.qsize():
            store.failed.wait(0.01)
        store.failure = None
        desk.settle()
        assert 0 < len(store.events) <= 90
        assert desk.writer.lost == 600 - len(store.events)


def test_a_store_that_hangs_does_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database server that is frozen neither answers nor fails."""
    monkeypatch.setattr(module, "MOST_BATCHES", 10)
    go, hung = threading.Event(), threading.Event()

    def hang(_: Store) -> None:
        hung.set()
        go.wait(TIMEOUT)

    with working(tmp_path, FakeStore()) as desk:
        desk.writer.put(hang)
        assert hung.wait(TIMEOUT)
        for _ in range(1000):
            desk.writer.put(batch(line()))
        assert desk.writer.waiting <= 11
        go.set()
        desk.settle()
        assert desk.writer.lost + len(desk.store.events) == 1000


def test_a_job_that_fails_is_told_and_the_next_one_done(tmp_path: Path) -> None:
    """One bad job does not stop the others for ever."""

    def fail(_: Store) -> None:
        raise ZeroDivisionError("oops")

    with working(tmp_path, FakeStore()) as desk:
        desk.writer.put(fail)
        desk.writer.put(batch(line()))
        desk.settle()
        assert len(desk.store.events) == 1
        assert desk.writer.lost == 1


def test_what_a_stop_leaves_unwritten_is_counted(tmp_path: Path) -> None:
    """And the end does not wait for a store that is away."""
    store = FakeStore()
    store.failure = StoreError("away")
    desk = Desk(tmp_path, store)
    desk.writer.start()
    for _ in range(5):
        desk.writer.put(batch(line()))
    assert desk.writer.stop(TIMEOUT)
    assert desk.writer.lost == 5
    assert desk.writer.waiting == 0
    assert desk.logged() == ["203.0.113.7"] * 5


def test_a_log_that_was_moved_is_begun_anew(tmp_path: Path) -> None:
    """Other programs rotate logs too, and then ask for a reload."""
    with working(tmp_path, FakeStore()) as desk:
        desk.writer.put(batch(line("192.0.2.1")))
        desk.settle()
        desk.path.rename(tmp_path / "events.jsonl.1")
        desk.writer.reopen_log()
        desk.writer.put(batch(line("192.0.2.2")))
        desk.settle()
        assert desk.logged() == ["192.0.2.2"]

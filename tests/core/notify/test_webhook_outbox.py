"""What a webhook is still to be told survives restarts, in order, and does not grow for ever."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.notify.webhook_event import WebhookEvent
from core.notify.webhook_outbox import LAST_PAUSE, LONGEST, Outbox


def event(name: str, kind: str = "block") -> WebhookEvent:
    """An event."""
    return WebhookEvent(kind=kind, at=1.0, account=name, id=name, details={"n": [1, None]})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where it is kept."""
    return tmp_path / "webhook"


def names(outbox: Outbox, now: float = 1e9) -> list[str]:
    """All that waits, in the order in which it leaves."""
    found = []
    while (waiting := outbox.next(now)) is not None:
        found.append(waiting.event.id)
        outbox.drop(waiting.event.id)
    return found


def test_a_restart_forgets_nothing(file: Path) -> None:
    """B14: also what was being sent when the daemon was killed."""
    outbox = Outbox(file)
    for name in ("a", "b", "c"):
        outbox.add(event(name), 10.0)
    outbox.drop("b")
    assert outbox.problem == ""
    again = Outbox(file)
    waiting = again.next(11.0)
    assert waiting is not None
    assert waiting.event == event("a")
    assert names(again) == ["a", "c"]
    assert names(Outbox(file)) == []
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_a_crash_cut_short_is_left_out_and_nothing_else(file: Path) -> None:
    outbox = Outbox(file)
    outbox.add(event("a"), 10.0)
    whole = file.read_bytes()
    outbox.add(event("b"), 10.0)
    file.write_bytes(file.read_bytes()[: len(whole) + 20])
    again = Outbox(file)
    again.add(event("c"), 11.0)
    assert names(Outbox(file)) == ["a", "c"]


@given(st.binary(max_size=300))
def test_damage_is_no_fault(tmp_path_factory: pytest.TempPathFactory, noise: bytes) -> None:
    """Whatever stands in the file."""
    file = tmp_path_factory.mktemp("o") / "webhook"
    file.write_bytes(noise)
    outbox = Outbox(file)
    outbox.add(event("a"), 10.0)
    assert "a" in names(Outbox(file))


def test_events_of_a_kind_keep_their_order_and_do_not_hold_up_others(file: Path) -> None:
    """A block that cannot be told does not keep a stolen account back."""
    outbox = Outbox(file)
    for name, kind in (("a", "block"), ("b", "block"), ("c", "stolen")):
        outbox.add(event(name, kind), 10.0)
    first = outbox.next(10.0)
    assert first is not None
    assert first.event.id == "a"
    outbox.failed(first, 10.0)
    second = outbox.next(10.0)
    assert second is not None
    assert second.event.id == "c"
    outbox.drop("c")
    assert outbox.next(10.0) is None
    assert outbox.pause(10.0) == 1.0
    assert names(outbox, 11.0) == ["a", "b"]


def test_pauses_grow_to_an_hour_and_it_is_given_up_after_a_day(file: Path) -> None:
    """B14: some thirty attempts."""
    outbox, now, pauses = Outbox(file), 1000.0, []
    outbox.add(event("a"), now)
    while (waiting := outbox.next(now)) is not None:
        if outbox.failed(waiting, now):
            break
        pause = outbox.pause(now)
        assert pause is not None
        pauses.append(pause)
        now += pause
    assert pauses[:4] == [1.0, 3.0, 9.0, 27.0]
    assert max(pauses) == LAST_PAUSE
    assert LONGEST <= now - 1000.0 < LONGEST + LAST_PAUSE
    assert len(pauses) < 40
    assert len(outbox) == 0


def test_a_receiver_may_ask_for_a_longer_pause(file: Path) -> None:
    outbox = Outbox(file)
    outbox.add(event("a"), 10.0)
    waiting = outbox.next(10.0)
    assert waiting is not None
    outbox.failed(waiting, 10.0, wait=120.0)
    assert outbox.pause(10.0) == 120.0


def test_a_clock_that_was_set_back_does_not_stop_it(file: Path) -> None:
    outbox = Outbox(file)
    outbox.add(event("a"), 1e9)
    waiting = outbox.next(1e9)
    assert waiting is not None
    outbox.failed(waiting, 1e9)
    assert outbox.pause(1000.0) == LAST_PAUSE


def test_it_is_bounded(file: Path) -> None:
    """The oldest goes, and is counted."""
    outbox = Outbox(file, most=3)
    for number in range(5):
        outbox.add(event(str(number)), 10.0)
    assert outbox.lost == 2
    assert names(Outbox(file, most=3)) == ["2", "3", "4"]


def test_the_file_does_not_grow_with_what_is_over(file: Path) -> None:
    outbox = Outbox(file)
    outbox.add(event("stays"), 10.0)
    for number in range(1000):
        outbox.add(event(str(number)), 10.0)
        outbox.drop(str(number))
    assert len(file.read_bytes().splitlines()) < 1000
    assert names(Outbox(file)) == ["stays"]


def test_twice_the_same_is_once(file: Path) -> None:
    outbox = Outbox(file)
    outbox.add(event("a"), 10.0)
    outbox.add(event("a"), 20.0)
    assert len(outbox) == 1


def test_details_that_are_not_plain_do_not_lose_the_event(file: Path) -> None:
    outbox = Outbox(file)
    outbox.add(WebhookEvent(kind="block", at=1.0, details={"x": object}, id="a"), 10.0)
    assert names(Outbox(file)) == ["a"]


def test_a_disk_that_takes_nothing_is_told_and_it_goes_on(tmp_path: Path) -> None:
    """And once there is room again, all is written."""
    outbox = Outbox(tmp_path / "gone" / "webhook")
    outbox.add(event("a"), 10.0)
    assert "a restart would forget" in outbox.problem
    (tmp_path / "gone").mkdir()
    outbox.add(event("b"), 10.0)
    assert outbox.problem == ""
    assert names(Outbox(tmp_path / "gone" / "webhook")) == ["a", "b"]


def test_switched_off_nothing_waits(file: Path) -> None:
    outbox = Outbox(file)
    outbox.add(event("a"), 10.0)
    outbox.clear()
    assert names(Outbox(file)) == []


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "webhook").mkdir()
    assert Outbox(tmp_path / "webhook").problem.startswith("what waits cannot be read")
    assert os.path.isdir(tmp_path / "webhook")  # noqa: PTH112  nothing was done to it

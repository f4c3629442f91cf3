"""Clocks jump: an honest server never pays for it, and nobody gets a second trial out of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.licence.memory import (
    BELIEVED_AFTER,
    EARLIEST,
    STEP,
    Memory,
    began,
    observed,
    recognised,
    time_of,
    welcomed,
)
from tests.core.licence.vendor_keys import DAY, NOW, licence_key

HOUR = 3600.0
USED = Memory(trial_began=NOW - 5 * DAY, latest=NOW)
FAR = NOW + 4000 * DAY


def after(memory: Memory, *clocks: float) -> Memory:
    """The memory after the clock has shown these times."""
    for clock in clocks:
        memory = observed(memory, clock)
    return memory


def test_time_passes() -> None:
    """Hour by hour."""
    assert after(USED, *(NOW + hour * HOUR for hour in range(50))).latest == NOW + 49 * HOUR


def test_a_clock_that_is_set_back_does_not_count() -> None:
    """E10: nobody gets a licence back by it."""
    memory = after(USED, NOW - 300 * DAY)
    assert memory.latest == NOW
    assert time_of(memory, NOW - 300 * DAY) == NOW


def test_a_leap_counts_at_once_but_is_not_remembered() -> None:
    """A server that was off for a year is a year further; a clock that starts wrong is not."""
    memory = after(USED, FAR)
    assert time_of(memory, FAR) == FAR
    assert memory.latest == NOW
    assert after(memory, NOW + HOUR) == Memory(trial_began=USED.trial_began, latest=NOW + HOUR)


def test_a_leap_that_stays_is_remembered() -> None:
    """After an hour."""
    assert after(USED, FAR, FAR + 60).latest == NOW
    assert after(USED, FAR, FAR + 60, FAR + BELIEVED_AFTER).latest == FAR + BELIEVED_AFTER


def test_leaps_in_a_row_are_each_doubted() -> None:
    """One that starts right must not vouch for the next."""
    memory = after(Memory(), NOW, FAR)
    assert memory.latest == 0
    assert after(memory, NOW + 60, NOW + 60 + HOUR).latest == NOW + 60 + HOUR


@pytest.mark.parametrize("clock", [0.0, EARLIEST - 1, -5.0])
def test_a_clock_without_battery_leaves_no_trace(clock: float) -> None:
    """1970, until the time server is reached."""
    assert after(Memory(), clock) == Memory()
    assert began(Memory(), clock) == Memory()


def test_the_trial_begins_once() -> None:
    """E10: with the first start."""
    first = began(Memory(), NOW)
    assert first.trial_began == NOW
    assert began(first, NOW + 40 * DAY) == first
    assert began(after(first, NOW, NOW + HOUR), NOW - 40 * DAY).trial_began == NOW


def test_a_beginning_that_lies_ahead_was_a_wrong_clock() -> None:
    """It would be a trial of years."""
    assert began(began(Memory(), FAR), NOW).trial_began == NOW


@given(st.lists(st.floats(EARLIEST, FAR), max_size=30))
def test_remembered_time_never_goes_back(clocks: list[float]) -> None:
    """Whatever the clock does; and no time is remembered that it has not shown."""
    memory = USED
    for clock in clocks:
        later = observed(memory, clock)
        assert later.latest >= memory.latest
        assert later.latest in (memory.latest, clock)
        memory = later


@given(st.lists(st.floats(0, FAR), max_size=30))
def test_the_trials_begin_never_moves_on(clocks: list[float]) -> None:
    """E10: no clock starts it again later than it began."""
    memory = USED
    for clock in clocks:
        memory = observed(began(memory, clock), clock)
        assert memory.trial_began == USED.trial_began


def test_a_new_key_brings_the_right_time() -> None:
    """E10: the way out for a server whose clock was years ahead for a day."""
    stuck = Memory(latest=FAR, newest_issue=NOW - 400 * DAY)
    key = licence_key(issued=int(NOW) - DAY)
    freed = welcomed(stuck, key, NOW)
    assert freed.latest == NOW
    assert welcomed(freed, key, NOW) == freed


def test_an_old_key_does_not() -> None:
    """Entering one's own key again is no way back in time."""
    memory = Memory(latest=FAR, newest_issue=NOW - 10 * DAY)
    assert welcomed(memory, licence_key(), NOW) == memory


def test_a_key_never_moves_the_time_before_its_own_issue() -> None:
    """The vendor's clock is right."""
    stuck = Memory(latest=FAR)
    assert welcomed(stuck, licence_key(issued=int(NOW)), NOW - 90 * DAY).latest == NOW
    near = Memory(latest=NOW + STEP / 2)
    assert welcomed(near, licence_key(issued=int(NOW)), NOW).latest == near.latest


def test_a_server_that_was_right_is_remembered() -> None:
    """With the key that said so."""
    memory = recognised(Memory(latest=NOW), licence_key(number=9), NOW - DAY)
    assert (memory.matched_key, memory.matched_at) == (9, NOW)

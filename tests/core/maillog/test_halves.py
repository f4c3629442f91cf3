"""Two lines about one failed login find each other, and nobody else's."""

from __future__ import annotations

from core.maillog.halves import MOST, SECONDS, Half, Halves
from core.maillog.record import Failure

WRONG, UNKNOWN = Failure.PASSWORD, Failure.UNKNOWN_ACCOUNT


def test_a_half_with_an_address_waits_for_that_address() -> None:
    halves = Halves()
    half = Half(100.0, "bob", UNKNOWN, "192.0.2.1")
    halves.know(half)
    assert halves.take("192.0.2.2", "", 101.0) is None
    assert halves.take("192.0.2.1", "", 101.0) == half
    assert halves.take("192.0.2.1", "", 101.0) is None


def test_a_half_without_an_address_is_taken_by_the_next_line() -> None:
    halves = Halves()
    half = Half(100.0, "bob", WRONG)
    assert halves.wait(half) is None
    assert halves.take("192.0.2.1", "", 100.0) == half
    assert halves.take("192.0.2.2", "", 100.0) is None


def test_two_at_the_same_moment_do_not_swap_addresses() -> None:
    halves = Halves()
    first, second = Half(100.0, "bob", WRONG), Half(100.0, "ann", WRONG)
    assert halves.wait(first) is None
    assert halves.wait(second) == first, "the first is told alone"
    assert halves.take("192.0.2.1", "bob", 100.0) is None
    assert halves.take("192.0.2.2", "ann", 100.0) == second


def test_a_half_does_not_wait_for_ever() -> None:
    halves = Halves()
    halves.wait(Half(100.0, "bob", WRONG))
    halves.know(Half(100.0, "bob", WRONG, "192.0.2.1"))
    assert halves.take("192.0.2.1", "", 101.0 + SECONDS) is None
    assert halves.take("192.0.2.1", "", 100.0) is not None, "the one without address still fits"


def test_any_number_of_addresses_takes_bounded_memory() -> None:
    halves = Halves()
    for number in range(MOST + 50):
        halves.know(Half(100.0, "bob", WRONG, f"2001:db8::{number:x}"))
    assert halves.take("2001:db8::0", "", 100.0) is None
    assert halves.take(f"2001:db8::{MOST + 49:x}", "", 100.0) is not None

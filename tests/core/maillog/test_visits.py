"""A mail means a login, once."""

from __future__ import annotations

from core.maillog.visits import MOST, SECONDS, Visits


def test_mails_of_one_login() -> None:
    """As long as they follow each other; another address is another login."""
    visits = Visits()
    assert visits.is_new("192.0.2.1", "a", 0.0)
    assert not visits.is_new("192.0.2.1", "a", SECONDS)
    assert not visits.is_new("192.0.2.1", "a", 2 * SECONDS)
    assert visits.is_new("192.0.2.1", "a", 3 * SECONDS + 1)
    assert visits.is_new("192.0.2.2", "a", 3 * SECONDS + 1)


def test_a_login_that_was_told() -> None:
    """Its mails mean no other."""
    visits = Visits()
    visits.note("192.0.2.1", "a", 10.0)
    assert not visits.is_new("192.0.2.1", "a", 11.0)


def test_memory_is_bounded() -> None:
    """The oldest go first."""
    visits = Visits()
    for number in range(MOST + 1):
        visits.note("192.0.2.1", str(number), 0.0)
    assert visits.is_new("192.0.2.1", "0", 1.0)
    assert not visits.is_new("192.0.2.1", str(MOST), 1.0)

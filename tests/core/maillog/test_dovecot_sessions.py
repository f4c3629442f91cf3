"""Each try at Dovecot is told once, whichever lines tell of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.maillog.dovecot_sessions import MOST, MOST_LATE, End, Sessions, Try
from core.maillog.record import Failure, Login
from core.words import Service


def tried(
    account: str,
    database: bytes = b"sql",
    failure: Failure = Failure.PASSWORD,
    session: bytes = b"S",
) -> Try:
    return Try(1.0, database, account, "192.0.2.1", failure, session)


def ended(account: str, attempts: int, session: bytes = b"S") -> End:
    failure = Failure.PASSWORD if attempts else None
    login = Login(2.0, Service.IMAP, "192.0.2.1", account, failure, attempts or 1)
    return End(login, session)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=12), st.booleans())
def test_a_session_s_tries_add_up(accounts: list[str], verbose: bool) -> None:
    """With and without ``auth_verbose`` as many tries are told as the session had."""
    sessions = Sessions()
    told = [sessions.add(tried(account)) for account in accounts] if verbose else []
    last = sessions.end(ended(accounts[-1], len(accounts)))
    logins = [login for login in [*told, last] if login is not None]
    assert sum(login.attempts for login in logins) == len(accounts)
    if verbose:
        assert [login.account for login in logins] == accounts
    assert sessions.late() is None


def test_the_database_that_knows_the_account_is_right() -> None:
    sessions = Sessions()
    assert sessions.add(tried("a", b"pam", Failure.PASSWORD)) is None
    assert sessions.add(tried("a", b"sql", Failure.UNKNOWN_ACCOUNT)) is None
    assert sessions.end(ended("a", 1)).failure is Failure.PASSWORD


def test_a_database_that_does_not_know_the_account_is_no_failure_if_another_does() -> None:
    sessions = Sessions()
    sessions.add(tried("a", b"pam", Failure.UNKNOWN_ACCOUNT))
    assert sessions.end(ended("a", 0)).failure is None
    assert sessions.late() is None


def test_another_account_s_failure_before_a_good_login_is_told_later() -> None:
    sessions = Sessions()
    sessions.add(tried("a"))
    assert sessions.end(ended("b", 0)).failure is None
    assert sessions.late() == Login(1.0, Service.IMAP, "192.0.2.1", "a", Failure.PASSWORD)
    assert sessions.late() is None


def test_sessions_do_not_mix() -> None:
    sessions = Sessions()
    sessions.add(tried("a", session=b"S1"))
    sessions.add(tried("b", failure=Failure.REFUSED, session=b"S2"))
    assert sessions.end(ended("a", 1, b"S1")).failure is Failure.PASSWORD
    assert sessions.end(ended("b", 1, b"S2")).failure is Failure.REFUSED
    assert sessions.end(ended("c", 2, b"")).attempts == 2


def test_any_number_of_sessions_takes_bounded_memory() -> None:
    sessions = Sessions()
    for number in range(MOST + 100):
        sessions.add(tried("a", session=b"%d" % number))
    assert len(sessions._open) == MOST
    for number in range(MOST_LATE + 100):
        sessions.add(tried("a", session=b"x%d" % number))
        sessions.end(ended("b", 0, b"x%d" % number))
    assert len(sessions._late) == MOST_LATE

"""What a door has told is not believed again when a log tells it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.daemon.log_hearsay import (
    ASKING,
    KEPT_SECONDS,
    MOST,
    MOST_KEPT,
    MOST_OF_ONE,
    NEAR,
    SESSION,
    Hearsay,
    Kept,
    Report,
)
from core.engine.observation import LoginSeen, MailSeen, VisitSeen
from core.words import Service
from tests.core.engine.asking import facts

HERE, THERE = "198.51.100.7", "203.0.113.7"
NOW = 1_000_000.0


def hearsay(dovecot: dict[str, float] | None = None, before: Kept | None = None) -> Hearsay:
    """A daemon whose doors are open for a while."""
    return Hearsay(NOW - 1000, {} if dovecot is None else dovecot, before or Kept())


def login(at: float, account: str = "a@x", ok: bool = False, address: str = HERE) -> LoginSeen:
    """What a door tells."""
    return LoginSeen(at, Service.IMAP, facts(address), account, ok)


@pytest.mark.parametrize(
    ("line", "attempts", "news"),
    [
        (Report(NOW, HERE, "a@x", False), 1, 0),
        (Report(NOW, HERE, "a@x", False), 3, 2),
        (Report(NOW, HERE, "", False), 1, 0),
        (Report(NOW, HERE, "a@mapped", False), 1, 0),
        (Report(NOW, HERE, "b@x", False), 1, 1),
        (Report(NOW, HERE, "a@x", True), 1, 1),
        (Report(NOW, THERE, "a@x", False), 1, 1),
        (Report(NOW + SESSION, HERE, "a@x", False), 1, 0),
        (Report(NOW + SESSION + 1, HERE, "a@x", False), 1, 1),
        (Report(NOW - NEAR, HERE, "a@x", False), 1, 0),
        (Report(NOW - NEAR - 1, HERE, "a@x", False), 1, 1),
    ],
)
def test_a_failed_login_that_was_reported(line: Report, attempts: int, news: int) -> None:
    """B10: once, however a log names the account."""
    heard = hearsay()
    heard.heard_login(login(NOW))
    assert heard.news(line, Service.IMAP, attempts) == news


def test_each_report_stands_for_one_line() -> None:
    """Two reports, three lines: one is news."""
    heard = hearsay()
    for second in (0, 1):
        heard.heard_login(login(NOW + second))
    told = [heard.news(Report(NOW + 2, HERE, "a@x", False), Service.IMAP) for _ in range(3)]
    assert told == [0, 0, 1]


def test_the_same_name_comes_before_another() -> None:
    """A line without a name must not take away the report of somebody else's line."""
    heard = hearsay()
    heard.heard_login(login(NOW, ""))
    heard.heard_login(login(NOW, "a@x"))
    assert heard.news(Report(NOW, HERE, "a@x", False), Service.IMAP) == 0
    assert heard.news(Report(NOW, HERE, "b@x", False), Service.IMAP) == 0
    assert heard.news(Report(NOW, HERE, "b@x", False), Service.IMAP) == 1


@pytest.mark.parametrize(
    ("protocol", "asked", "service", "ok", "news"),
    [
        ("imap", NOW, Service.POP3, False, 0),
        ("imap", NOW, Service.IMAPS, True, 0),
        ("imap", NOW - ASKING, Service.IMAP, False, 0),
        ("imap", NOW - ASKING - 1, Service.IMAP, False, 1),
        ("imap", NOW + NEAR + 1, Service.IMAP, False, 1),
        ("imap", NOW, Service.SUBMISSION, False, 1),
        ("smtp", NOW, Service.SUBMISSION, False, 0),
        ("smtp", NOW, Service.SUBMISSION, True, 1),
        ("smtp", NOW, Service.IMAP, False, 1),
    ],
)
def test_where_dovecot_asks_it_reports(
    protocol: str, asked: float, service: Service, ok: bool, news: int
) -> None:
    """Its log cannot tell our refusals from wrong passwords, so it is not believed then."""
    heard = hearsay({protocol: asked})
    assert heard.news(Report(NOW, HERE, "a@x", ok), service) == news


@pytest.mark.parametrize(("at", "news"), [(NOW - 2001, 0), (NOW - 1999, 1), (NOW - 1001, 1)])
def test_what_happened_while_the_doors_were_closed_is_news(at: float, news: int) -> None:
    """Dovecot had nobody to report to."""
    before = Kept(until=NOW - 2000, dovecot={"imap": NOW - 2010})
    heard = hearsay({}, before)
    assert heard.news(Report(at, HERE, "a@x", False), Service.IMAP) == news


@pytest.mark.parametrize(
    ("queue_id", "account", "at", "new"),
    [
        ("ABC", "a@x", NOW + 100, False),
        ("DEF", "a@x", NOW, True),
        ("GHI", "b@x", NOW + NEAR, False),
        ("GHI", "b@x", NOW + NEAR + 1, True),
    ],
)
def test_a_mail_that_a_hook_asked_about(queue_id: str, account: str, at: float, new: bool) -> None:
    """By its queue id, or where the hook had none, by its account."""
    heard = hearsay()
    heard.heard_mail(MailSeen(NOW, facts(HERE), "b@x"))
    heard.heard_mail(MailSeen(NOW, facts(HERE), "a@x", 1, ("ABC",)))
    assert heard.is_new_mail(queue_id, account, at) is new
    assert heard.is_new_mail(queue_id, account, at) is (queue_id != "ABC")


def test_who_is_logged_in() -> None:
    """By what doors tell: a mail of theirs means no further login."""
    heard = hearsay()
    heard.heard_login(login(NOW, "c@x", True))
    heard.heard_visit(VisitSeen(NOW, facts(HERE), "d@x"))
    new = [heard.visits.is_new(HERE, account, NOW + 1) for account in ("c@x", "d@x", "e@x")]
    assert new == [False, False, True]


def test_a_restart_keeps_what_logs_may_still_tell() -> None:
    """The report came before it, the line comes after it."""
    heard = hearsay()
    heard.heard_login(login(NOW - KEPT_SECONDS - 1, "old@x"))
    heard.heard_login(login(NOW))
    heard.heard_mail(MailSeen(NOW, facts(HERE), "a@x", 1, ("ABC",)))
    heard.heard_mail(MailSeen(NOW, facts(HERE), "b@x"))
    kept = heard.kept(NOW)
    assert [report.account for report in kept.reports] == ["a@x"]
    again = Hearsay(NOW + 1, {}, kept)
    assert again.news(Report(NOW, HERE, "a@x", False), Service.IMAP) == 0
    assert not again.is_new_mail("ABC", "a@x", NOW)
    assert not again.is_new_mail("", "b@x", NOW)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 7),
            st.sampled_from((HERE, THERE)),
            st.sampled_from(("login", "failure", "line", "mail", "queued")),
            st.sampled_from(("a@x", "b@x")),
        ),
        max_size=40,
    )
)
def test_what_is_kept_is_what_was_told_lately(story: list[tuple[int, str, str, str]]) -> None:
    """The law of `kept`: all of the last seconds but what a log has told already, oldest first."""
    heard, now = hearsay(), NOW
    reports: list[Report] = []
    queue_ids: list[tuple[str, float]] = []
    senders: list[tuple[str, float]] = []
    for number, (wait, address, what, account) in enumerate(story):
        now += wait
        if what in ("login", "failure"):
            heard.heard_login(login(now, account, what == "login", address))
            reports.append(Report(now, address, account, what == "login"))
        elif what == "line":
            told = Report(now, address, account, False)
            alike = [r for r in reports if (r.address, r.succeeded) == (address, False)]
            alike = [r for r in alike if r.account == account and now - r.at <= SESSION]
            if not heard.news(told, Service.IMAP):
                reports.remove(alike[0])
        else:
            queue_id = f"Q{number}" if what == "queued" else ""
            named = (queue_id,) if queue_id else ()
            heard.heard_mail(MailSeen(now, facts(address), account, 1, named))
            (queue_ids if queue_id else senders).append((queue_id or account, now))
    kept = heard.kept(now)
    assert sorted(kept.reports, key=str) == sorted(
        (report for report in reports if now - report.at <= KEPT_SECONDS), key=str
    )
    assert [report.at for report in kept.reports] == sorted(report.at for report in kept.reports)
    assert kept.queue_ids == tuple(told for told in queue_ids if now - told[1] <= KEPT_SECONDS)
    assert kept.senders == tuple(told for told in senders if now - told[1] <= KEPT_SECONDS)


def test_the_newest_are_kept_of_more_than_are_kept() -> None:
    """A restart in the middle of a storm; and asking costs no more for what is older."""
    heard = hearsay()
    for number in range(MOST):
        heard.heard_login(login(NOW + number / MOST, address=f"x{number}"))
        heard.heard_mail(MailSeen(NOW, facts(HERE), "a@x", 1, (f"Q{number}",)))
        heard.heard_mail(MailSeen(NOW, facts(HERE), f"{number}@x"))
    kept = heard.kept(NOW + 1)
    numbers = range(MOST - MOST_KEPT, MOST)
    assert [name for name, _ in kept.queue_ids] == [f"Q{number}" for number in numbers]
    assert [name for name, _ in kept.senders] == [f"{number}@x" for number in numbers]
    assert [report.at for report in kept.reports] == [NOW + number / MOST for number in numbers]


def test_memory_is_bounded() -> None:
    """Attackers have many addresses."""
    heard = hearsay()
    for number in range(MOST + 100):
        heard.heard_login(login(NOW, address=f"203.0.{number % 200}.{number % 250}x{number}"))
        heard.heard_mail(MailSeen(NOW, facts(HERE), "a@x", 1, (f"Q{number}",)))
    assert len(heard._reports) <= MOST
    assert len(heard._queue_ids) + len(heard._older_queue_ids) <= MOST


def test_of_one_address_the_last_logins_are_remembered() -> None:
    """It may guess without end."""
    heard = hearsay()
    for number in range(MOST_OF_ONE + 1):
        heard.heard_login(login(NOW, f"{number}@x"))
    lines = [Report(NOW, HERE, f"{number}@x", False) for number in (0, 1, MOST_OF_ONE)]
    assert [heard.news(line, Service.IMAP) for line in lines] == [1, 0, 0]

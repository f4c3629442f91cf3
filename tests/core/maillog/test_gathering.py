"""What logs say, gathered until it is told."""

from __future__ import annotations

import pytest

from core.maillog.gathering import MOST_MAILS, Gathering
from core.maillog.record import Delivery, Failure, Login, Mail, Outcome, Queued
from core.words import Service

FAILED = Login(60.0, Service.IMAP, "192.0.2.1", "a", Failure.PASSWORD)


def login(at: float, account: str = "a", failure: Failure | None = Failure.PASSWORD) -> Login:
    """At the same address."""
    return Login(at, Service.IMAP, "192.0.2.1", account, failure)


@pytest.mark.parametrize(
    ("logins", "attempts"),
    [
        ([login(60), login(61), login(62)], [3]),
        ([login(60), login(61, "b"), login(62)], [2, 1]),
        ([login(59), login(61), login(62)], [1, 2]),
        ([login(60, failure=None), login(61, failure=None)], [1, 1]),
        ([login(60), login(61, failure=Failure.DISABLED)], [1, 1]),
    ],
)
def test_equal_failures_of_a_minute_are_one(logins: list[Login], attempts: list[int]) -> None:
    """Whoever guesses does it often."""
    gathering = Gathering()
    gathering.add(logins)
    taken, _, _ = gathering.take()
    assert [each.attempts for each in taken] == attempts
    assert gathering.take() == ((), (), ())


MAIL = Mail(1.0, Service.SMTP, "192.0.2.1", "a", "ABCDE")


def test_a_mail_is_told_when_it_is_in_the_queue() -> None:
    """Until then a bookmark holds it, so that a restart does not lose it."""
    gathering = Gathering()
    gathering.add([MAIL])
    assert gathering.open_mails == (MAIL,)
    assert gathering.take()[1] == ()
    again = Gathering(gathering.open_mails)
    again.add([Queued(2.0, "ABCDE", 3), Delivery(3.0, "ABCDE", "b@x", Outcome.FAILED, "5.1.1")])
    _, mails, fates = again.take()
    assert [(mail.queue_id, mail.recipients) for mail in mails] == [("ABCDE", 3)]
    assert [(fate.account, fate.recipient) for fate in fates] == [("a", "b@x")]
    assert again.open_mails == ()
    assert again.latest == 3.0


def test_refused_mails_are_none() -> None:
    """Nobody has sent them."""
    gathering = Gathering()
    gathering.add([Mail(1.0, Service.SMTP, "192.0.2.1", "a", "", 1, "no")])
    assert gathering.take() == ((), (), ())


def test_what_a_bookmark_holds_is_bounded() -> None:
    """The last ones."""
    gathering = Gathering()
    gathering.add(
        Mail(1.0, Service.SMTP, "192.0.2.1", "a", f"ID{n:05}") for n in range(MOST_MAILS + 5)
    )
    assert len(gathering.open_mails) == MOST_MAILS
    assert gathering.open_mails[-1].queue_id == f"ID{MOST_MAILS + 4:05}"

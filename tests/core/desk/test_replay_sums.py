"""What an old log adds to the counts."""

from __future__ import annotations

from core.desk.replay_sums import ReplaySums
from core.store.kinds import Kind
from core.store.replays import Counted, Sum
from core.words import Reason, Service, Stage, Verdict
from tests.core.engine.asking import facts

HERE = facts("198.51.100.7", country="DE")
HOUR = 3600.0


def test_logins_guesses_and_mails() -> None:
    """Guesses of a domain are counted without the name that was guessed."""
    sums = ReplaySums()
    sums.login(10.0, Service.IMAP, HERE, "a@x.test", True)
    sums.login(20.0, Service.IMAP, HERE, "a@x.test", True)
    sums.login(HOUR + 1, Service.IMAP, HERE, "made-up@x.test", False, 7)
    sums.mail(30.0, Service.SMTP, HERE, "a@x.test", 3)
    found, proven = sums.take()
    ok = Kind(Stage.AUTH, Service.IMAP, Verdict.ALLOW, Reason.LOGIN_OK)
    failed = Kind(Stage.AUTH, Service.IMAP, Verdict.ALLOW, Reason.LOGIN_FAILED)
    sent = Kind(Stage.SEND, Service.SMTP, Verdict.ALLOW, Reason.NOTHING_AGAINST)
    assert found == {
        Counted(0, ok, "DE", "a@x.test", "x.test"): Sum(2, 0, 20.0),
        Counted(1, failed, "DE", "", "x.test"): Sum(7, 0, HOUR + 1),
        Counted(0, sent, "DE", "", "x.test"): Sum(1, 3, 30.0),
    }
    assert [event.account for event in proven] == ["a@x.test"]
    assert (sums.take(), len(sums)) == (({}, []), 0)

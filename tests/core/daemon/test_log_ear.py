"""What logs say reaches the observers and the journal, once."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from core.daemon.log_ear import LogEar
from core.daemon.log_hearsay import Hearsay, Kept
from core.engine.observation import DeliverySeen, LoginSeen, MailSeen
from core.engine.request import Request
from core.maillog.batch import Batch
from core.maillog.bookmark import Bookmark
from core.maillog.mails import Fate
from core.maillog.record import Failure, Login, Mail, Outcome
from core.store.event import Event
from core.store.journal import Journal
from core.words import Reason, Service, Stage, Verdict
from tests.core.daemon.rig import GERMANY, RUSSIA, Rig

AT = 1_795_000_000.0


class Listening:
    """A guard, an ear, and whoever is told."""

    def __init__(self, settings: dict[str, Any] | None = None) -> None:
        self.rig = Rig(settings)
        self.guard = self.rig.guard
        self.journal = Journal(growth=0.0)
        self.ear = LogEar(self.guard, Hearsay(0.0, self.guard.dovecot, Kept()), self.journal)
        self.ear.start()
        self.logins: list[LoginSeen] = []
        self.mails: list[MailSeen] = []
        self.deliveries: list[DeliverySeen] = []
        observers = self.guard.observers
        observers.logins.append(self.logins.append)
        observers.mails.append(self.mails.append)
        observers.deliveries.append(self.deliveries.append)

    def hear(self, *records: Login | Mail | Fate) -> None:
        """Take a batch."""
        batch = Batch(
            Bookmark(),
            tuple(each for each in records if isinstance(each, Login)),
            tuple(each for each in records if isinstance(each, Mail)),
            tuple(each for each in records if isinstance(each, Fate)),
        )
        for _ in self.ear.hear(batch):
            pass

    def events(self) -> list[Event]:
        """What is in the journal."""
        batch = self.journal.drain(AT)
        return [event for _, event in batch.lines] if batch is not None else []


def login(failure: Failure | None = None, **other: Any) -> Login:
    """A login from Russia."""
    usual = Login(AT, Service.IMAP, RUSSIA, "A@Example.test", failure)
    return replace(usual, **other)


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (None, Reason.LOGIN_OK),
        (Failure.PASSWORD, Reason.LOGIN_FAILED),
        (Failure.UNKNOWN_ACCOUNT, Reason.LOGIN_FAILED),
        (Failure.DISABLED, Reason.LOGIN_FAILED),
    ],
)
def test_a_login(failure: Failure | None, reason: Reason) -> None:
    """Looked up, normalised, noted as if Dovecot had reported it."""
    here = Listening()
    here.hear(login(failure))
    (event,) = here.events()
    assert (event.at, event.stage, event.verdict, event.reason) == (
        AT,
        Stage.AUTH,
        Verdict.ALLOW,
        reason,
    )
    assert (event.account, event.domain, event.country) == ("a@example.test", "example.test", "RU")
    (seen,) = here.logins
    assert (seen.account, seen.succeeded, seen.attempt) == (
        "a@example.test",
        failure is None,
        "",
    )


@pytest.mark.parametrize("failure", [Failure.REFUSED, Failure.OTHER])
def test_where_no_password_was_looked_at_nobody_tried_one(failure: Failure) -> None:
    """Our own refusals stand in logs, too."""
    here = Listening()
    here.hear(login(failure))
    assert (here.events(), here.logins) == ([], [])


def test_many_tries_of_one_line() -> None:
    """One event that counts them; whoever observes is told once."""
    here = Listening()
    here.hear(login(Failure.PASSWORD, attempts=7))
    (event,) = here.events()
    assert event.count == 7
    assert (len(here.logins), here.ear.logins) == (1, 7)


def test_a_clock_that_is_ahead() -> None:
    """Nothing happens later than now."""
    here = Listening()
    here.hear(login(at=4e9))
    assert here.logins[0].at < 4e9


@pytest.mark.parametrize("account", ["a", "A@Example.test", "a@example.test"])
def test_what_a_door_reported_is_not_counted_again(account: str) -> None:
    """B10."""
    here = Listening()
    here.guard.report(Request(Stage.AUTH, RUSSIA, Service.IMAP, "a@example.test"), False)
    here.hear(login(Failure.PASSWORD, at=here.logins[0].at + 1, account=account))
    assert here.events() == []
    assert len(here.logins) == 1
    assert here.ear.doubles == 1


MAIL = Mail(AT, Service.SUBMISSION, GERMANY, "a@example.test", "ABCDE", 2)


def test_a_mail_that_no_hook_asked_about() -> None:
    """C2: noted as sent, and as a login."""
    here = Listening()
    here.hear(MAIL, Mail(AT + 1, Service.SUBMISSION, GERMANY, "a@example.test", "FGHIJ", 1))
    stages = [(event.stage, event.reason, event.recipients) for event in here.events()]
    assert stages == [
        (Stage.AUTH, Reason.LOGIN_OK, 0),
        (Stage.SEND, Reason.NOTHING_AGAINST, 2),
        (Stage.SEND, Reason.NOTHING_AGAINST, 1),
    ]
    assert [(seen.queue_ids, seen.recipients) for seen in here.mails] == [
        (("ABCDE",), 2),
        (("FGHIJ",), 1),
    ]
    assert [seen.succeeded for seen in here.logins] == [True]


def test_a_mail_that_a_hook_asked_about() -> None:
    """Counted by the hook."""
    here = Listening()
    request = Request(
        Stage.SEND, GERMANY, Service.SUBMISSION, "a@example.test", queue_id="ABCDE", message="m"
    )
    here.guard.ask(request)
    here.hear(MAIL)
    assert here.events() == []
    assert (len(here.mails), here.logins, here.ear.doubles) == (1, [], 1)


def test_a_script_on_the_server() -> None:
    """As the policy wire names local users; nobody has logged in."""
    here = Listening()
    here.hear(Mail(AT, Service.LOCAL, "", "web7", "ABCDE", 1))
    (event,) = here.events()
    assert (event.stage, event.account, event.address) == (Stage.SEND, "local:web7", "")
    assert here.logins == []


@pytest.mark.parametrize(
    ("outcome", "told"),
    [(Outcome.DELIVERED, [False]), (Outcome.FAILED, [True]), (Outcome.DEFERRED, [])],
)
def test_what_became_of_a_mail(outcome: Outcome, told: list[bool]) -> None:
    """With the account that caused it."""
    here = Listening()
    here.hear(Fate(AT, Service.SMTP, "A@example.test", "ABCDE", "B@Example.org", outcome, ""))
    assert [seen.failed for seen in here.deliveries] == told
    assert all(seen.account == "a@example.test" for seen in here.deliveries)
    assert all(seen.recipient == "b@example.org" for seen in here.deliveries)


def test_our_own_fault_costs_one_record() -> None:
    """An observer that fails must not end what follows."""
    here = Listening()
    calls = []

    def fail(seen: LoginSeen) -> None:
        calls.append(seen)
        if len(calls) == 1:
            raise RuntimeError("a fault of ours")

    here.guard.observers.logins.append(fail)
    here.hear(login(), login(address=GERMANY))
    assert here.ear.faults == 1
    assert [event.country for event in here.events()] == ["DE"]

"""What observers are told of the questions that mail servers ask."""

from __future__ import annotations

import time

import pytest

from core.engine.observation import LoginSeen, MailSeen, RefusalSeen, VisitSeen
from core.words import Reason
from tests.core.daemon.rig import GERMANY, RUSSIA, Rig
from tests.core.daemon.test_guard import REFUSE_RU, login, mail


def test_who_observes_is_told_of_logins_and_of_mails_that_pass() -> None:
    """Attackers and stolen accounts are learnt from what happens; refusals are not mails."""
    rig = Rig()
    logins: list[LoginSeen] = []
    mails: list[MailSeen] = []
    rig.guard.observers.logins.append(logins.append)
    rig.guard.observers.mails.append(mails.append)
    rig.guard.report(login(GERMANY), succeeded=False, attempt="a1")
    rig.guard.ask(mail("1"))
    rig.guard.ask(mail("1"))
    (seen,) = logins
    assert (seen.facts.address, seen.succeeded, seen.attempt) == (GERMANY, False, "a1")
    (sent,) = mails
    assert sent.account == mail("1").account


def test_who_observes_visits_is_told_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mails of an account from one address are one visit, until the clock has moved on.

    At first sight nobody is remembered, so whoever stays is told of twice.
    """
    rig = Rig()
    visits: list[VisitSeen] = []
    mails: list[MailSeen] = []
    rig.guard.observers.visits.append(visits.append)
    rig.guard.observers.mails.append(mails.append)
    now = time.time()
    for number, later in enumerate((0, 0, 1, 59, 60, 61, 30)):
        monkeypatch.setattr(time, "time", lambda moment=now + later: moment)
        rig.guard.ask(mail(str(number)))
    told = [seen.at - now for seen in visits]
    assert told == pytest.approx([0, 0, 60, 30]), "clocks are set back"
    assert [(seen.facts.address, seen.account) for seen in visits] == [
        (GERMANY, "a@example.test")
    ] * 4
    assert len(mails) == 7


def test_a_mail_server_that_asks_after_the_password_tells_of_the_login() -> None:
    """A19: once for each session; a right password that our rules refuse is told of as such."""
    rig = Rig(REFUSE_RU)
    logins: list[LoginSeen] = []
    refusals: list[RefusalSeen] = []
    rig.guard.observers.logins.append(logins.append)
    rig.guard.observers.refusals.append(refusals.append)
    for address, session in ((GERMANY, "1"), (GERMANY, "1"), (GERMANY, "2"), (RUSSIA, "3")):
        rig.guard.ask(login(address, session=session))
    quiet = login(GERMANY, session="4")
    quiet.quiet = True
    rig.guard.ask(quiet)
    assert [(each.facts.address, each.succeeded) for each in logins] == [(GERMANY, True)] * 2
    assert [(each.facts.address, each.reason) for each in refusals] == [(RUSSIA, Reason.COUNTRY)]

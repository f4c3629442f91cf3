"""Which answers are events: one for each stage of a session."""

from __future__ import annotations

import pytest

from core.engine.request import Request
from core.words import Reason, Service, Stage
from tests.core.daemon.rig import RUSSIA, Rig
from tests.core.daemon.test_guard import REFUSE_RU, login, mail, run


def test_a_watched_connection_is_noted_once_however_many_hooks_ask() -> None:
    """A4, A20: Postfix asks at 587; Dovecot, at the password, cannot tell it from 25."""
    rig = Rig(REFUSE_RU | {"country.watch": True})
    at_587 = Request(Stage.CONNECT, RUSSIA, Service.SUBMISSION, session="1")
    by_dovecot = Request(Stage.CONNECT, RUSSIA, Service.SMTP, quiet=True)
    for request in (at_587, by_dovecot, by_dovecot, login()):
        rig.guard.ask(request)
    noted = [(event.stage, event.service, event.would) for event in rig.events()]
    assert noted == [
        (Stage.CONNECT, Service.SUBMISSION, Reason.COUNTRY),
        (Stage.AUTH, Service.SUBMISSION, Reason.COUNTRY),
    ]


def test_a_watched_login_that_only_dovecot_asks_about_is_noted() -> None:
    """A20: port 25 has no hook before the password."""
    rig = Rig(REFUSE_RU | {"country.watch": True})
    rig.guard.ask(Request(Stage.CONNECT, RUSSIA, Service.SMTP, quiet=True))
    assert [(event.stage, event.would) for event in rig.events()] == [
        (Stage.CONNECT, Reason.COUNTRY)
    ]


@pytest.mark.parametrize(
    ("sessions", "events"),
    [("111", 1), ("112", 2), ("121", 2), ("1f1", 1), ("1f2", 2)],
    ids=["repeated", "another", "between", "after forgetting", "another after forgetting"],
)
def test_a_session_s_login_is_one_event(sessions: str, events: int) -> None:
    """A7: Postfix asks again for each recipient; "f" forgets what was decided, not who came."""
    rig = Rig()
    for session in sessions:
        if session == "f":
            rig.guard.forget()
        else:
            rig.guard.ask(login(session=session))
    assert sum(event.count for event in rig.events()) == events


def test_a_refused_login_of_a_noted_session_is_noted_too() -> None:
    """The block came between two recipients of one session, and ended between two others."""

    def test() -> None:
        rig = Rig({"send.limit": 1})
        rig.guard.ask(login())
        for name in ("1", "2"):
            rig.guard.ask(mail(name))
        for _ in range(2):
            rig.guard.ask(login())
        rig.guard.release("a@example.test")
        rig.guard.ask(login())
        noted = [e.reason for e in rig.events() if e.stage is Stage.AUTH]
        assert noted == [Reason.NOTHING_AGAINST, Reason.ACCOUNT_BLOCKED]

    run(test)

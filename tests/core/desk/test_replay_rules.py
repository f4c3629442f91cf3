"""What today's rules would have done is what the engine says."""

from __future__ import annotations

from typing import Any

import pytest

from core.desk.replay_rules import TodaysRules
from core.engine.judging.shield import Shield
from core.engine.observation import LoginSeen
from core.sources.facts import AddressFacts
from core.words import NetworkKind, Reason, Service, Stage
from tests.core.engine.asking import facts, snapshot

AT = 1_795_000_000.0

RUSSIA = facts("203.0.113.7", country="RU")
GERMANY = facts("198.51.100.7", country="DE")
CLOUD = facts("192.0.2.7", country="DE", kinds=(NetworkKind.CLOUD,))

NO_RUSSIA = {"country.mode": "refuse", "country.list": ["RU"]}


def rules(settings: dict[str, Any]) -> TodaysRules:
    """Under these settings."""
    return TodaysRules(snapshot(settings), Shield())


def login(
    where: AddressFacts, ok: bool = True, account: str = "a@x.test", at: float = AT
) -> LoginSeen:
    """At IMAP."""
    return LoginSeen(at, Service.IMAP, where, account, ok)


@pytest.mark.parametrize(
    ("settings", "where", "refused"),
    [
        ({}, RUSSIA, []),
        (NO_RUSSIA, GERMANY, []),
        (NO_RUSSIA, RUSSIA, [(Stage.CONNECT, "a@x.test", "RU", Reason.COUNTRY)]),
        (
            NO_RUSSIA | {"connect.enabled": False},
            RUSSIA,
            [(Stage.AUTH, "a@x.test", "RU", Reason.COUNTRY)],
        ),
        (NO_RUSSIA | {"country.watch": True}, RUSSIA, []),
        (
            {"network.cloud": "refuse"},
            CLOUD,
            [(Stage.CONNECT, "a@x.test", "DE", Reason.NETWORK_CLOUD)],
        ),
    ],
)
def test_good_logins_that_would_have_been_refused(
    settings: dict[str, Any], where: AddressFacts, refused: list[Any]
) -> None:
    """E24: with the reason and the engine's own evidence."""
    today = rules(settings)
    for second in (0, 1, 2):
        today.login(login(where, at=AT + second))
    assert list(today.logins) == refused
    for line in today.logins.values():
        assert (line.count, line.first, line.last) == (3, AT, AT + 2)
        assert where.address in line.evidence


def test_wrong_passwords() -> None:
    """Those before which a rule stands, and those that would have been looked at."""
    today = rules(NO_RUSSIA)
    today.login(login(RUSSIA, ok=False), 5)
    today.login(login(GERMANY, ok=False), 2)
    assert dict(today.stopped) == {("RU", Reason.COUNTRY): 5}
    assert dict(today.tried) == {"DE": 2}
    assert today.logins == {}


def test_the_judge_learns_and_refuses_on_the_way() -> None:
    """An attacker of the log would have been refused after some tries."""
    today = rules({"attack.mode": "refuse"})
    for number in range(200):
        today.login(login(RUSSIA, ok=False, account=f"u{number}@x.test", at=AT + number))
    assert 0 < today.tried["RU"] < 100
    assert today.stopped["RU", Reason.ATTACKER_SEEN] == 200 - today.tried["RU"]


def test_the_send_window_runs_by_the_clock_of_the_log() -> None:
    """B1: the mail past the limit, and those of the block that follows."""
    today = rules({"send.limit": 3, "send.seconds": 300, "send.block_seconds": 3600})
    for second in (0, 1, 2, 3, 4, 3000, 3700):
        today.mail(AT + second, GERMANY, "a@x.test", 1)
    assert today.blocked == 1
    counts = {key[3]: line.count for key, line in today.mails.items()}
    assert sum(counts.values()) == 3
    assert set(counts) == {Reason.SEND_LIMIT, Reason.ACCOUNT_BLOCKED}


def test_the_same_question_is_answered_from_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log has millions of lines, and few different ones."""
    today = rules(NO_RUSSIA)
    asked = []
    ask = today._ask

    def counting(seen: LoginSeen) -> Any:
        asked.append(seen)
        return ask(seen)

    monkeypatch.setattr(today, "_ask", counting)
    for second in range(50):
        today.login(login(RUSSIA, at=AT + second))
    assert len(asked) == 1
    assert today.logins[Stage.CONNECT, "a@x.test", "RU", Reason.COUNTRY].count == 50

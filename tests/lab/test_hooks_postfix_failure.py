"""The Postfix hook where the daemon is away, hangs or talks nonsense: mail flows, and soon."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from core.words import Stage
from tests.lab.dovecot import PASSWORD
from tests.lab.policy_stand_in import Mood
from tests.lab.postfix_guarded import (
    ALICE,
    ELSEWHERE,
    QUICK,
    REFUSAL,
    TIMEOUT,
    Guarded,
    guarded_postfix,
    single,
    took,
)

if TYPE_CHECKING:
    from tests.lab.client import SmtpDialogue, SmtpReply

__all__ = ["guarded_postfix"]

pytestmark = pytest.mark.lab


def rejected(reply: SmtpReply) -> bool:
    return reply.code == 554 and "not today" in reply.text


def check_asked(client: SmtpDialogue, guarded: Guarded) -> None:
    """Both questions of a session reach the daemon, at no cost."""
    for stage in (Stage.AUTH, Stage.SEND):
        before = guarded.policy.count(stage)
        assert took(lambda: client.send_mail(ALICE, ELSEWHERE)) < QUICK
        assert guarded.policy.count(stage) == before + 1


def check_refused(guarded: Guarded) -> None:
    """The next session is asked about, and refused, at no cost."""
    guarded.policy.action = REFUSAL
    with guarded.connect() as client:
        assert rejected(client.greeting), client.transcript
    guarded.policy.action = "DUNNO"


def test_a_restart_is_never_noticed(guarded: Guarded) -> None:
    """A25: between sessions and inside one"""
    single(guarded)
    with guarded.log_in() as client:
        check_asked(client, guarded)
        guarded.policy.restart()
        check_asked(client, guarded)
    guarded.policy.restart()
    check_refused(guarded)


def test_a_daemon_that_is_down_costs_nothing_and_is_asked_again_at_once(guarded: Guarded) -> None:
    """A25: also inside the session"""
    single(guarded)
    guarded.policy.stop()
    begin = time.monotonic()
    with guarded.log_in() as client:
        for _ in range(3):
            assert client.send_mail(ALICE, ELSEWHERE).code == 250
        assert time.monotonic() - begin < QUICK
        guarded.policy.start()
        check_asked(client, guarded)
    guarded.policy.stop()
    with guarded.connect() as client:
        assert client.greeting.code == 220
    guarded.policy.start()
    check_refused(guarded)


def test_a_daemon_that_hangs_costs_one_timeout_for_each_question(guarded: Guarded) -> None:
    """A25: the next session asks again, however soon it comes"""
    single(guarded)
    guarded.policy.mood = Mood.HANG
    begin = time.monotonic()
    client = guarded.connect()
    with client:
        assert client.greeting.code == 220
        assert TIMEOUT[0] < time.monotonic() - begin < TIMEOUT[1]
        client.ehlo()
        assert client.auth_plain(ALICE, PASSWORD).code == 235
        assert TIMEOUT[0] < took(lambda: client.mail(ALICE)) < TIMEOUT[1]
        client.rcpt(ELSEWHERE)
        assert TIMEOUT[0] < took(client.data) < TIMEOUT[1]
        # The session that met the hang goes on without a question, and without a wait.
        for _ in range(3):
            assert took(lambda: client.send_mail(ALICE, ELSEWHERE)) < QUICK
        guarded.policy.mood = Mood.ANSWER
        assert client.send_mail(ALICE, ELSEWHERE).code == 250
    check_refused(guarded)
    with guarded.log_in() as client:
        check_asked(client, guarded)


def test_one_slow_answer_spoils_no_other_question(guarded: Guarded) -> None:
    """A25: a hang before the login, and the questions after it"""
    single(guarded)
    guarded.policy.mood = Mood.HANG
    with guarded.connect() as client:
        guarded.policy.mood = Mood.ANSWER
        client.ehlo()
        assert client.auth_plain(ALICE, PASSWORD).code == 235
        check_asked(client, guarded)
    check_refused(guarded)


@pytest.mark.parametrize("mood", [Mood.GARBAGE, Mood.HANG_UP])
def test_nonsense_costs_nothing_and_is_forgotten_within_a_second(
    guarded: Guarded, mood: Mood
) -> None:
    """A25: max_ttl, counted from the connection that went wrong"""
    single(guarded)
    guarded.policy.mood = mood
    begin = time.monotonic()
    with guarded.log_in() as client:
        for _ in range(3):
            assert client.send_mail(ALICE, ELSEWHERE).code == 250
    ended = time.monotonic()
    assert ended - begin < 2 * QUICK
    guarded.policy.mood = Mood.ANSWER
    guarded.policy.action = REFUSAL
    while True:
        with guarded.connect() as client:
            if rejected(client.greeting):
                break
        assert time.monotonic() - ended < 2.5
    guarded.policy.action = "DUNNO"
    with guarded.log_in() as client:
        check_asked(client, guarded)

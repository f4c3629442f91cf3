"""The Exim hook where the daemon is away, hangs or talks nonsense: mail flows, and soon."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.lab.exim_guarded import pipelined, timed
from tests.lab.guarded_host import ALICE, PASSWORD, STRANGER
from tests.lab.policy_stand_in import Mood
from tests.lab.release import EXIMS

if TYPE_CHECKING:
    from tests.lab.exim_guarded import GuardedExim
    from tests.lab.policy_stand_in import PolicyStandIn

pytestmark = [pytest.mark.lab, pytest.mark.lab_releases(*EXIMS)]

TIMEOUT, MENDED, AT_ONCE = 2.0, 3.0, 1.0
"""Seconds: of one question that nobody answers, that with the time for `exim_acl._MENDED`, and of a
step that waits for nobody."""


@pytest.mark.proves("open", of="exim")
def test_a_daemon_that_is_gone_costs_nothing(exim: GuardedExim) -> None:
    """A25: killed, so that its socket is still there; then with no socket at all.

    And Exim does not write the next question into its log, or a mail (`exim_acl._MENDED`).
    """
    account, source = exim.new_account(), exim.daemon.client("RU")
    exim.daemon.configure({"send.limit": 1})
    exim.daemon.kill()
    for _ in range(2):
        client, greeting = timed(lambda: exim.smtp(587, source))
        with client:
            assert client.greeting.code == 220
            client.ehlo()
            assert client.auth_plain(account, PASSWORD).code == 235
            answers, sending = timed(lambda: pipelined(client, account, 3))  # noqa: B023  now
            assert [answer.code for answer in answers] == [250] * 3
        log = exim.exim.log_text()
        assert "smtpd_access_policy" not in log
        assert "failed to write" not in exim.panics()
        code, script = timed(exim.script)
        assert code == 0
        assert max(greeting, sending, script) < AT_ONCE
        exim.daemon.policy_socket.unlink(missing_ok=True)


@pytest.mark.proves("open", of="exim")
def test_a_daemon_that_hangs_costs_one_timeout(exim: GuardedExim) -> None:
    """A25: for a whole session; and nothing where nobody logs in."""
    account, source = exim.new_account(), exim.daemon.client("RU")
    exim.daemon.freeze()
    client, greeting = timed(lambda: exim.smtp(587, source))
    with client:
        assert client.greeting.code == 220
        client.ehlo()
        _, rest = timed(lambda: client.auth_plain(account, PASSWORD))
        answers, sending = timed(lambda: pipelined(client, account, 3))
        assert [answer.code for answer in answers] == [250] * 3
    assert TIMEOUT - 0.1 < greeting < MENDED + AT_ONCE
    assert rest + sending < AT_ONCE
    with exim.smtp(25, source) as stranger:
        stranger.ehlo()
        answer, mail = timed(lambda: stranger.send_mail(STRANGER, ALICE))
        assert answer.code == 250
        assert mail < AT_ONCE
    code, script = timed(exim.script)
    assert code == 0
    assert TIMEOUT - 0.1 < script < MENDED + AT_ONCE


@pytest.mark.proves("open", of="exim")
def test_a_daemon_whose_queue_is_full_costs_one_timeout(exim: GuardedExim) -> None:
    """A25: it hangs, and so many have asked already that nobody can even connect."""
    account, source = exim.new_account(), exim.daemon.client("DE")
    exim.daemon.kill()
    path = exim.daemon.policy_socket
    path.unlink()
    with socket.socket(socket.AF_UNIX) as full, socket.socket(socket.AF_UNIX) as first:
        full.bind(str(path))
        path.chmod(0o666)
        full.listen(0)
        first.connect(str(path))
        client, greeting = timed(lambda: exim.submission(587, source, account))
        with client:
            answers, sending = timed(lambda: pipelined(client, account, 4))
            assert [answer.code for answer in answers] == [250] * 4
    path.unlink()
    assert TIMEOUT - 0.1 < greeting < MENDED + AT_ONCE
    assert sending < AT_ONCE
    assert "failed to write" not in exim.panics()


@pytest.mark.proves("open", of="exim")
def test_a_daemon_that_is_back_is_asked_by_the_very_next_question(exim: GuardedExim) -> None:
    """A25, B7: in a session that was there before."""
    account, source = exim.new_account(), exim.daemon.client("DE")
    exim.daemon.configure({"send.limit": 1})
    with exim.submission(587, source, account) as client:
        exim.daemon.kill()
        assert client.send_mail(account, STRANGER).code == 250
        exim.daemon.start()
        assert client.send_mail(account, STRANGER).code == 250
        assert client.send_mail(account, STRANGER).code == 451
        exim.daemon.restart()
        assert client.mail(account).code == 451, "the block has survived"
    with exim.smtp(587, exim.daemon.client("RU")) as stranger:
        assert stranger.greeting.code == 550


@pytest.mark.proves("open", of="exim")
def test_a_daemon_that_talks_nonsense_has_no_opinion(
    exim: GuardedExim, stand_in: PolicyStandIn
) -> None:
    """A25"""
    for mood in (Mood.GARBAGE, Mood.HANG_UP):
        stand_in.mood = mood
        stand_in.requests.clear()
        with exim.submission(587, exim.daemon.client("DE"), ALICE) as client:
            assert client.send_mail(ALICE, STRANGER).code == 250
        assert stand_in.count() >= 3


SAYINGS = [
    ("REJECT 5.7.1 no: ${run{/bin/false}} $h_from: \\n {}%s", 550, "5.7.1 no: ${run{/bin/f"),
    ("reject", 550, ""),
    ("DEFER 4.7.1 later", 451, "4.7.1 later"),
    ("521 5.7.1 go", 550, "5.7.1 go"),
    ("REJECTED 5.7.1 no such word", 250, ""),
    ("OK", 250, ""),
    ("REJECT 250 all is well", 550, ""),
    ("REJECT 5.7.1 " + "x" * 400, 550, "5.7.1 xxx"),
]
"""What the daemon says, and what a client then hears."""


@pytest.mark.proves("hostile", of="exim")
def test_what_the_daemon_says_is_printed_and_not_followed(
    exim: GuardedExim, stand_in: PolicyStandIn
) -> None:
    """A27"""
    with exim.submission(587, exim.daemon.client("DE"), ALICE) as client:
        for action, code, text in SAYINGS:
            stand_in.action = action
            answer = client.mail(ALICE)
            assert answer.code == code, client.transcript
            assert text in answer.text
            client.command("RSET")
        stand_in.action = "DUNNO"
        assert client.send_mail(ALICE, STRANGER).code == 250

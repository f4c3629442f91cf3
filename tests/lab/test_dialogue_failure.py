"""Dialogues while the daemon is away, hangs, comes back, or talks nonsense: mail flows.

For each release: down costs nothing, hanging costs one timeout for each check, and after either the
daemon is asked again at once (facts/mta_hooks.md 2.0), by our own daemon's own life and death.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from tests.lab.daemon import told
from tests.lab.guarded_host import ALICE, PASSWORD, STRANGER, GuardedHost
from tests.lab.policy_stand_in import Mood, PolicyStandIn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeVar

    from tests.lab.client import SmtpDialogue

    Answer = TypeVar("Answer")

pytestmark = pytest.mark.lab

AT_ONCE = 1.0
"""Seconds for a step that waits for nobody: it takes milliseconds, the machine may be busy."""

TIMEOUT = 2.0
"""Seconds that Postfix waits for one answer."""

LOGIN_TIMEOUT = 1.0
"""Seconds that Dovecot waits for one answer."""

AMERICA_ONLY = {"country.mode": "allow", "country.list": ["US"]}


def timed(step: Callable[[], Answer]) -> tuple[Answer, float]:
    """What a step returns, and how many seconds it took."""
    begun = time.monotonic()
    return step(), time.monotonic() - begun


def refused_at_mail(guarded: GuardedHost, client: SmtpDialogue, account: str) -> bool:
    """Whether the daemon is asked about a mail: it refuses this account's."""
    client.command("RSET")
    code = client.mail(account).code
    assert code in {250, 554}
    return code == 554


@pytest.mark.parametrize("port", [587, 465, 25])
@pytest.mark.proves("open", of="postfix")
def test_a_daemon_that_is_down_costs_nothing(guarded: GuardedHost, port: int) -> None:
    """A25; vector 13: killed, so that its sockets are still there. Every check, every mail."""
    account, source = guarded.new_account(), guarded.daemon.client("RU")
    guarded.daemon.configure({"send.limit": 1})
    guarded.daemon.kill()
    client, greeting = timed(lambda: guarded.smtp(port, source))
    with client:
        assert client.greeting.code == 220
        client.ehlo()
        answer, login = timed(lambda: client.auth_plain(account, PASSWORD))
        assert answer.code == 235
        for _ in range(3):
            answer, mail = timed(lambda: client.send_mail(account, STRANGER))
            assert answer.code == 250
            assert mail < AT_ONCE
    assert greeting < AT_ONCE
    assert login < LOGIN_TIMEOUT + AT_ONCE


@pytest.mark.parametrize("port", [143, 995])
@pytest.mark.proves("open", of="dovecot")
def test_a_daemon_that_is_down_lets_people_read_their_mail(guarded: GuardedHost, port: int) -> None:
    """A2, A25; vector 13."""
    guarded.daemon.kill()
    with guarded.mailbox(port, guarded.daemon.client("RU")) as reader:
        answered, login = timed(lambda: reader.login(ALICE, PASSWORD))
        assert answered.ok
        assert login < LOGIN_TIMEOUT + AT_ONCE


def test_a_daemon_that_was_stopped_costs_nothing(guarded: GuardedHost) -> None:
    """A25; vector 13: its sockets are gone, too."""
    guarded.daemon.stop()
    assert not guarded.daemon.policy_socket.exists()
    source = guarded.daemon.client("RU")
    client, greeting = timed(lambda: guarded.submission(587, source, ALICE))
    with client:
        answer, mail = timed(lambda: client.send_mail(ALICE, STRANGER))
        assert answer.code == 250
    assert greeting < LOGIN_TIMEOUT + AT_ONCE
    assert mail < AT_ONCE


@pytest.mark.proves("open", of="postfix")
def test_a_daemon_that_hangs_costs_one_timeout_for_each_check(guarded: GuardedHost) -> None:
    """A25: and nothing where nobody logs in."""
    account, source = guarded.new_account(), guarded.daemon.client("RU")
    guarded.daemon.freeze()
    client, greeting = timed(lambda: guarded.smtp(587, source))
    with client:
        assert client.greeting.code == 220
        client.ehlo()
        answer, login = timed(lambda: client.auth_plain(account, PASSWORD))
        assert answer.code == 235
        answer, mail = timed(lambda: client.mail(account))
        assert answer.code == 250
        assert client.rcpt(STRANGER).code == 250
        answer, end = timed(client.data)
        assert answer.code == 250
    for waited in (greeting, mail, end):
        assert TIMEOUT - 0.1 < waited < TIMEOUT + AT_ONCE
    assert LOGIN_TIMEOUT - 0.1 < login < LOGIN_TIMEOUT + AT_ONCE
    with guarded.mailbox(993, source) as reader:
        answered, login = timed(lambda: reader.login(account, PASSWORD))
        assert answered.ok
        assert login < LOGIN_TIMEOUT + AT_ONCE
    with guarded.smtp(25, source) as stranger:
        stranger.ehlo()
        answer, mail = timed(lambda: stranger.send_mail(STRANGER, ALICE))
        assert answer.code == 250
        assert mail < AT_ONCE, "nobody has logged in, so nobody is asked"


def test_a_daemon_that_wakes_is_asked_at_once(guarded: GuardedHost) -> None:
    """A25, B7: by every next session, and by the session that has waited in vain.

    Postfix does not put the one question again that had no answer to this session
    (postfix_edits.FAILURE says why); the other ones it does, so the window stays shut.
    """
    account = guarded.new_account()
    guarded.daemon.configure({"send.limit": 1})
    with guarded.submission(587, guarded.daemon.client("DE"), account) as client:
        assert client.send_mail(account, STRANGER).code == 250
        guarded.daemon.freeze()
        answer, waited = timed(lambda: client.mail(account))
        assert answer.code == 250
        assert TIMEOUT - 0.1 < waited < TIMEOUT + AT_ONCE
        guarded.daemon.thaw()
        assert client.rcpt(STRANGER).code == 250
        assert client.data().code == 450
        client.command("RSET")
        answer, waited = timed(lambda: client.send_mail(account, STRANGER))
        assert answer.code == 450, "at the end of the data: the account is blocked"
        assert waited < AT_ONCE
    with guarded.submission(587, guarded.daemon.client("DE"), account) as client:
        assert client.mail(account).code == 450
    with guarded.smtp(587, guarded.daemon.client("RU")) as stranger:
        assert stranger.greeting.code == 554
    with guarded.mailbox(143, guarded.daemon.client("RU")) as reader:
        assert not reader.login(account, PASSWORD).ok


def test_a_greeting_that_waited_in_vain_is_all_that_is_lost(guarded: GuardedHost) -> None:
    """A25: a hang before the login; the questions after it are put, and answered."""
    account = guarded.new_account("customer.test")
    guarded.daemon.configure(scopes={account: AMERICA_ONLY})
    guarded.daemon.freeze()
    client, waited = timed(lambda: guarded.smtp(465, guarded.daemon.client("DE")))
    with client:
        assert client.greeting.code == 220
        assert TIMEOUT - 0.1 < waited < TIMEOUT + AT_ONCE
        guarded.daemon.thaw()
        client.ehlo()
        assert client.auth_plain(account, PASSWORD).code == 235
        assert client.mail(account).code == 554
    with guarded.smtp(465, guarded.daemon.client("RU")) as stranger:
        assert stranger.greeting.code == 554


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_restarted_daemon_is_asked_by_the_very_next_check(guarded: GuardedHost, end: str) -> None:
    """A25, B7: in the session that was there before, and it waits for nothing."""
    account = guarded.new_account("customer.test")
    guarded.daemon.configure(scopes={account: AMERICA_ONLY})
    with guarded.submission(587, guarded.daemon.client("DE"), account) as client:
        assert refused_at_mail(guarded, client, account)
        guarded.daemon.stop() if end == "stop" else guarded.daemon.kill()
        asked, waited = timed(lambda: refused_at_mail(guarded, client, account))
        assert not asked
        assert waited < AT_ONCE
        guarded.daemon.start()
        asked, waited = timed(lambda: refused_at_mail(guarded, client, account))
        assert asked
        assert waited < AT_ONCE
    with guarded.smtp(465, guarded.daemon.client("RU")) as stranger:
        assert stranger.greeting.code == 554


def test_a_restarted_daemon_is_asked_by_dovecot_again(guarded: GuardedHost) -> None:
    """A25: Dovecot waits a little before it tries a server again that was away; not for long."""
    guarded.daemon.kill()
    with guarded.mailbox(143, guarded.daemon.client("RU")) as reader:
        assert reader.login(ALICE, PASSWORD).ok
    guarded.daemon.start()
    with guarded.mailbox(143, guarded.daemon.client("RU")) as reader:
        answered, waited = timed(lambda: reader.login(ALICE, PASSWORD))
        assert waited < LOGIN_TIMEOUT + AT_ONCE
    with guarded.mailbox(143, guarded.daemon.client("RU")) as reader:
        assert not answered.ok or not reader.login(ALICE, PASSWORD).ok


@pytest.mark.parametrize("mood", [Mood.GARBAGE, Mood.HANG_UP])
@pytest.mark.proves("open", of="postfix")
def test_an_answer_without_sense_is_no_answer(guarded: GuardedHost, mood: Mood) -> None:
    """A25: something else listens where the daemon should; mail flows, at once."""
    account, source = guarded.new_account(), guarded.daemon.client("RU")
    guarded.daemon.stop()
    stand_in = PolicyStandIn(guarded.daemon.policy_socket, "REJECT")
    stand_in.mood = mood
    with stand_in, nonsense_for_dovecot(guarded, mood):
        client, greeting = timed(lambda: guarded.smtp(587, source))
        with client:
            assert client.greeting.code == 220
            client.ehlo()
            answer, login = timed(lambda: client.auth_plain(account, PASSWORD))
            assert answer.code == 235
            answer, mail = timed(lambda: client.send_mail(account, STRANGER))
            assert answer.code == 250
        with guarded.mailbox(143, source) as reader:
            answered, mailbox_login = timed(lambda: reader.login(account, PASSWORD))
            assert answered.ok
        assert stand_in.count() >= 3
    assert greeting < AT_ONCE
    assert mail < AT_ONCE
    assert login < LOGIN_TIMEOUT + AT_ONCE
    assert mailbox_login < LOGIN_TIMEOUT + AT_ONCE
    guarded.daemon.start()
    with guarded.smtp(587, guarded.daemon.client("RU")) as stranger:
        assert stranger.greeting.code == 554


@contextmanager
def nonsense_for_dovecot(guarded: GuardedHost, mood: Mood) -> Iterator[None]:
    """Listen at the daemon's door for Dovecot, and answer with what is no HTTP, or not at all."""
    port = int(guarded.daemon.dovecot_endpoint.rpartition(":")[2])
    listener = socket.create_server(("127.0.0.1", port))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with suppress(OSError), connection:  # the client may be gone
                connection.recv(65536)
                if mood is Mood.GARBAGE:
                    connection.sendall(b"\x00\xff no HTTP at all \x01\r\n\r\n{{{{")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@pytest.mark.lab_releases("bookworm")
def test_no_country_data_is_no_opinion(guarded: GuardedHost) -> None:
    """A25, E17; vector 13: the databases are gone or damaged, logins flow, and `status` says so."""
    data = guarded.daemon.state / "data/country.mmdb"
    whole = data.read_bytes()
    data.write_bytes(b"\x00" * 1000)
    try:
        guarded.daemon.control.call("reload")
        source = guarded.daemon.client("RU")
        with guarded.smtp(587, source) as client:
            assert client.greeting.code == 220
        assert any("country" in part for part in guarded.daemon.status()["problems"])
        assert told(guarded.daemon.events(address=source)) == [
            ("connect", "allow", "nothing_against")
        ]
    finally:
        data.write_bytes(whole)
        guarded.daemon.control.call("reload")
    with guarded.smtp(587, guarded.daemon.client("RU")) as client:
        assert client.greeting.code == 554

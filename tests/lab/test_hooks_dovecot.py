"""The Dovecot hook on the real Dovecot of each release: it comes, asks, survives, and goes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from core.errors import PlanError
from core.mta import dovecot, dovecot_probe
from core.mta.dovecot import DovecotHook
from core.panel import HookState
from core.system.checkpoint import Checkpoint
from core.system.host import Host
from tests.lab.client import ImapDialogue, LoginReply, Pop3Dialogue, SmtpDialogue
from tests.lab.dovecot import PASSWORD
from tests.lab.dovecot_stand_in import DovecotStandIn
from tests.lab.policy_stand_in import Mood

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab.mail_host import MailHost

pytestmark = pytest.mark.lab

ALICE = "alice@example.test"
SECRET = "hush-hush-hush"
QUICK = 0.8
"""Seconds that still count as no delay, on a busy machine; the timeout is one second."""


class Guarded:
    """A mail host, a stand-in for the daemon, and the hook between them."""

    def __init__(self, host: MailHost, state: Path, policy: DovecotStandIn) -> None:
        self.host = host
        self.policy = policy
        self.hook = DovecotHook(Host(host.root), f"tcp:127.0.0.1:{policy.port}", SECRET, state)

    @property
    def files(self) -> dict[str, bytes]:
        folder = self.host.root / "etc/dovecot"
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def confirm(self) -> None:
        self.hook.probe(self.policy.asked)

    def install(self) -> None:
        assert self.hook.plan().apply(self.confirm) is True

    def undo(self) -> tuple[str, ...]:
        before = self.host.dovecot.generation()
        plan = self.hook.recorded()
        assert plan is not None
        assert plan.undo() is True
        self.host.dovecot.await_reloaded(before)
        return plan.left

    def log_in(self, source: str = "203.0.113.5") -> LoginReply:
        with ImapDialogue(self.host.dovecot.ports["imap"], source, 143) as client:
            return client.login(ALICE, PASSWORD)

    def timed_login(self) -> float:
        begin = time.monotonic()
        reply = self.log_in()
        assert reply.ok, reply
        return time.monotonic() - begin


@pytest.fixture
def guarded(own_mail_host: MailHost, tmp_path: Path) -> Iterator[Guarded]:
    with DovecotStandIn() as policy:
        yield Guarded(own_mail_host, tmp_path / "state", policy)


@pytest.fixture(scope="module")
def shared(mail_host: MailHost, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """For tests that leave everything as they found it."""
    with DovecotStandIn() as policy:
        yield Guarded(mail_host, tmp_path_factory.mktemp("hooks"), policy)


@pytest.mark.proves("install", of="dovecot")
def test_it_asks_once_before_the_password_and_goes_without_a_trace(guarded: Guarded) -> None:
    """A2, E15"""
    before = guarded.files
    assert guarded.hook.verify() is HookState.MISSING
    guarded.install()
    assert guarded.hook.verify() is HookState.INSTALLED
    assert guarded.hook.plan().apply() is False
    guarded.policy.requests.clear()
    assert guarded.log_in().ok
    (asked,) = [each for each in guarded.policy.requests if each["command"] == "allow"]
    assert (asked["login"], asked["remote"], asked["protocol"], asked["key"], asked["lport"]) == (
        ALICE,
        "203.0.113.5",
        "imap",
        SECRET,
        "143",
    )
    assert guarded.undo() == ()
    assert guarded.files == before
    assert guarded.hook.verify() is HookState.MISSING
    guarded.policy.requests.clear()
    assert guarded.log_in().ok
    assert guarded.policy.requests == []


def test_a_refusal_stops_the_right_password_everywhere(guarded: Guarded) -> None:
    """A2, and at Postfix's ports at once, whose idle processes know the old password check"""
    before = guarded.host.postfix.generation()
    guarded.install()
    guarded.host.postfix.await_reloaded(before)
    guarded.policy.status = -1
    reply = guarded.log_in()
    assert not reply.ok
    assert "not today" in reply.text
    with Pop3Dialogue(guarded.host.dovecot.ports["pop3s"], tls=True) as reader:
        assert not reader.login(ALICE, PASSWORD).ok
    with SmtpDialogue(guarded.host.postfix.ports["smtp"]) as client:
        client.ehlo()
        answer = client.auth_plain(ALICE, PASSWORD)
        assert answer.code == 535
        assert "not today" in answer.text


def test_whoever_is_not_root_reads_the_settings_but_not_the_secret(guarded: Guarded) -> None:
    """Dovecot's delivery agent runs as the mailbox's owner, and reads everything it may."""
    guarded.install()
    shown = guarded.host.machine.run("doveconf", "-P", user=59104).stdout
    assert "protocols = imap pop3" in shown
    assert SECRET not in shown
    assert SECRET in guarded.host.machine.run("doveconf", "-P").stdout


def test_a_daemon_that_does_not_listen_is_found_out_and_all_put_back(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D9"""
    monkeypatch.setattr(dovecot_probe, "DEADLINE", 1.0)
    monkeypatch.setattr(dovecot_probe, "ANSWER", 0.5)
    before = guarded.files
    guarded.policy.stop()
    with pytest.raises(PlanError, match=r"the daemon was not asked .*Everything was put back"):
        guarded.install()
    assert guarded.files == before
    assert guarded.log_in().ok


def test_a_setting_that_this_dovecot_does_not_know_is_never_loaded(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = guarded.files
    monkeypatch.setattr(dovecot, "_COMMON", dovecot._COMMON + "auth_policy_bogus = yes\n")
    with pytest.raises(PlanError, match=r"doveconf .*bogus.*Everything was put back"):
        guarded.install()
    assert guarded.files == before
    assert "SIGHUP received" not in guarded.host.dovecot.log_text()
    assert guarded.log_in().ok


def test_somebody_elses_policy_server_is_left_alone(guarded: Guarded) -> None:
    theirs = guarded.host.dovecot.include_directory / "50-wforce.conf"
    theirs.write_text(
        "auth_policy_server_url = http://127.0.0.1:9/\nauth_policy_hash_nonce = theirs\n"
    )
    before = guarded.files
    with pytest.raises(PlanError, match=r"asks another policy server already \(http://127.0.0.1:9"):
        guarded.hook.plan()
    assert guarded.files == before


class Killed(BaseException):
    """Stands for SIGKILL."""


STEPS = 5
"""Two files, a check, two reloads; each is noted when it begins and when it is done."""


@pytest.mark.parametrize("moment", range(2 * STEPS))
@pytest.mark.proves("install", of="dovecot")
def test_a_kill_at_any_step_is_resumed_and_undone(
    shared: Guarded, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    before = shared.files
    real = Checkpoint._note
    count = 0

    def note(self: Checkpoint, entry: dict[str, object]) -> None:
        nonlocal count
        real(self, entry)
        if count == moment:
            raise Killed
        count += 1

    with monkeypatch.context() as patch:
        patch.setattr(Checkpoint, "_note", note)
        with pytest.raises(Killed):
            shared.hook.plan().apply()
    half = shared.hook.recorded()
    assert half is not None
    if moment % 2:
        assert half.resume(shared.confirm) is True
        assert shared.hook.verify() is HookState.INSTALLED
    assert half.undo() is True
    assert shared.files == before
    assert shared.log_in().ok


@pytest.mark.proves("open", of="dovecot")
def test_a_daemon_that_hangs_costs_one_timeout_and_is_asked_again_at_once(
    guarded: Guarded,
) -> None:
    """A25"""
    guarded.install()
    assert guarded.timed_login() < QUICK
    guarded.policy.mood = Mood.HANG
    assert 0.9 < guarded.timed_login() < 1.9
    assert 0.9 < guarded.timed_login() < 1.9
    guarded.policy.mood = Mood.ANSWER
    asked = guarded.policy.count()
    assert guarded.timed_login() < QUICK
    assert guarded.policy.count() == asked + 1
    guarded.policy.status = -1
    assert not guarded.log_in().ok


@pytest.mark.proves("open", of="dovecot")
def test_a_daemon_that_is_down_costs_at_most_the_timeout(guarded: Guarded) -> None:
    """A25: Dovecot's HTTP client waits a little longer before each new attempt to connect"""
    guarded.install()
    assert guarded.timed_login() < QUICK
    guarded.policy.stop()
    for _ in range(3):
        assert guarded.timed_login() < 1.9
    guarded.policy.start()
    back = time.monotonic()
    asked = guarded.policy.count()
    while guarded.policy.count() == asked:
        assert guarded.timed_login() < 1.9
        assert time.monotonic() - back < 5
    guarded.policy.status = -1
    assert not guarded.log_in().ok


@pytest.mark.parametrize("mood", [Mood.GARBAGE, Mood.HANG_UP])
def test_nonsense_costs_nothing_and_is_forgotten_at_once(guarded: Guarded, mood: Mood) -> None:
    """A25"""
    guarded.install()
    guarded.policy.mood = mood
    limit = QUICK if mood is Mood.GARBAGE else 1.9
    assert guarded.timed_login() < limit
    assert guarded.timed_login() < limit
    guarded.policy.mood = Mood.ANSWER
    guarded.policy.status = -1
    asked = guarded.policy.count()
    assert not guarded.log_in().ok
    assert guarded.policy.count() == asked + 1

"""The Postfix hook on the real Postfix of each release: it comes, asks, survives, and goes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from core.errors import PlanError
from core.mta import knock, postfix, postfix_edits, postfix_probe
from core.mta.postfix import PostfixHook
from core.panel import HookState
from core.system.checkpoint import Checkpoint
from core.system.host import Host
from core.words import Stage
from tests.lab.client import SmtpDialogue, SmtpReply
from tests.lab.dovecot import PASSWORD
from tests.lab.policy_stand_in import Mood, PolicyStandIn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.lab.mail_host import MailHost

pytestmark = pytest.mark.lab

ALICE, ELSEWHERE = "alice@example.test", "someone@elsewhere.test"
ENDPOINT = "unix:/var/spool/postfix/mailward/policy.sock"
REFUSAL = "REJECT 5.7.1 not today"
QUICK = 0.8
"""Seconds that still count as no delay, on a busy machine; a second is the shortest real one."""

TIMEOUT = (1.8, 3.0)
"""Seconds, at least and at most, for the one timeout of two."""


class Guarded:
    """A mail host, a stand-in for the daemon, and the hook between them."""

    def __init__(self, host: MailHost, state: Path) -> None:
        self.host = host
        self.state = state
        self.policy = PolicyStandIn(host.postfix.policy_socket)
        self.hook = PostfixHook(Host(host.root), ENDPOINT, state)

    @property
    def files(self) -> tuple[bytes, bytes]:
        folder = self.host.root / "etc/postfix"
        return (folder / "main.cf").read_bytes(), (folder / "master.cf").read_bytes()

    def confirm(self) -> None:
        self.hook.probe(self.policy.asked)

    def install(self) -> None:
        assert self.hook.plan().apply(self.confirm) is True

    def undo(self) -> tuple[str, ...]:
        before = self.host.postfix.generation()
        plan = self.hook.recorded()
        assert plan is not None
        assert plan.undo() is True
        self.host.postfix.await_reloaded(before)
        return plan.left

    def connect(self, name: str = "submission") -> SmtpDialogue:
        port = {"submission": 587, "submissions": 465, "smtp": 25}[name]
        tls = name == "submissions"
        return SmtpDialogue(self.host.postfix.ports[name], "203.0.113.5", port, tls=tls)

    def log_in(self) -> SmtpDialogue:
        client = self.connect()
        client.ehlo()
        assert client.auth_plain(ALICE, PASSWORD).code == 235, client.transcript
        return client


@pytest.fixture
def guarded(own_mail_host: MailHost, tmp_path: Path) -> Iterator[Guarded]:
    found = Guarded(own_mail_host, tmp_path / "state")
    with found.policy:
        yield found


@pytest.fixture(scope="module")
def shared(mail_host: MailHost, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """For tests that leave everything as they found it."""
    found = Guarded(mail_host, tmp_path_factory.mktemp("hooks"))
    with found.policy:
        yield found


def single(guarded: Guarded) -> Guarded:
    """With one smtpd process for submission, so that it is the same one that must heal."""
    path = guarded.host.root / "etc/postfix/master.cf"
    text = path.read_text()
    row = "submission inet n       -       y       -       {}       smtpd"
    assert row.format("-") in text
    path.write_text(text.replace(row.format("-"), row.format("1")))
    guarded.install()
    return guarded


def took(act: Callable[[], object]) -> float:
    begin = time.monotonic()
    act()
    return time.monotonic() - begin


def test_it_asks_before_the_login_after_it_and_per_mail_and_goes_without_a_trace(
    guarded: Guarded,
) -> None:
    """A1, A3, B1, E15"""
    before = guarded.files
    assert guarded.hook.verify() is HookState.MISSING
    guarded.install()
    assert guarded.hook.verify() is HookState.INSTALLED
    assert guarded.hook.plan().apply() is False
    guarded.policy.requests.clear()
    for name in ("submission", "submissions"):
        with guarded.connect(name) as client:
            client.ehlo()
            assert client.auth_plain(ALICE, PASSWORD).code == 235
            assert client.send_mail(ALICE, ELSEWHERE, "b@elsewhere.test").code == 250
    asked = [
        (each["policy_context"], each["server_port"], each["sasl_username"])
        for each in guarded.policy.requests
    ]
    one = [("connect", ""), ("auth", ALICE), ("send", ALICE)]
    assert asked == [(stage, port, user) for port in ("587", "465") for stage, user in one]
    assert guarded.policy.requests[2]["recipient_count"] == "2"
    assert guarded.undo() == ()
    assert guarded.files == before
    assert guarded.hook.verify() is HookState.MISSING
    guarded.policy.requests.clear()
    with guarded.log_in() as client:
        assert client.send_mail(ALICE, ELSEWHERE).code == 250
    assert guarded.policy.requests == []


def test_a_refusal_falls_before_the_banner_on_submission_only(guarded: Guarded) -> None:
    """A1"""
    guarded.install()
    guarded.policy.action = REFUSAL
    for name in ("submission", "submissions"):
        with guarded.connect(name) as client:
            assert client.greeting.code == 554
            assert "not today" in client.greeting.text
            assert client.ehlo().code == 503
    guarded.policy.requests.clear()
    with guarded.connect("smtp") as client:
        client.ehlo()
        assert client.send_mail(ELSEWHERE, ALICE).code == 250
    assert guarded.policy.requests == []


def test_mail_without_a_login_is_still_refused(guarded: Guarded) -> None:
    guarded.install()
    for name in ("submission", "submissions"):
        with guarded.connect(name) as client:
            client.ehlo()
            assert client.mail(ELSEWHERE).code == 250
            assert client.rcpt(ALICE).code == 554


def test_a_login_on_port_25_is_asked_about_too(guarded: Guarded) -> None:
    guarded.install()
    guarded.policy.requests.clear()
    with guarded.connect("smtp") as client:
        client.ehlo()
        assert client.auth_plain(ALICE, PASSWORD).code == 235
        assert client.send_mail(ALICE, ELSEWHERE).code == 250
    asked = [each["policy_context"] for each in guarded.policy.requests]
    assert asked == ["auth", "send"]


def test_checks_that_counted_on_the_login_do_not_hit_people(guarded: Guarded) -> None:
    """A phone that says `EHLO phone` could log in before, and still can."""
    main = guarded.host.root / "etc/postfix/main.cf"
    main.write_text(
        main.read_text()
        + "smtpd_helo_restrictions = permit_mynetworks, permit_sasl_authenticated,\n"
        "    reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname\n"
    )
    guarded.install()
    with guarded.connect() as client:
        assert client.ehlo("phone").code == 250
        assert client.auth_plain(ALICE, PASSWORD).code == 235
        assert client.send_mail(ALICE, ELSEWHERE).code == 250
    guarded.undo()


def test_a_plesk_like_server_keeps_its_ways(guarded: Guarded) -> None:
    """Options on one line, no chroot, a list that shadows ours, lists inherited from main.cf."""
    folder = guarded.host.root / "etc/postfix"
    main, master = folder / "main.cf", folder / "master.cf"
    main.write_text(
        main.read_text() + "smtpd_sender_restrictions = check_sender_access static:DUNNO,"
        " permit_sasl_authenticated\n"
        "smtpd_client_restrictions = permit_mynetworks, permit_sasl_authenticated,\n"
        "    reject_unknown_reverse_client_hostname\n"
        "smtpd_recipient_restrictions = permit_mynetworks, permit_sasl_authenticated,"
        " reject_unauth_destination\n"
    )
    stock = master.read_text().partition("\nsubmission inet")[0]
    smtps = guarded.host.postfix.smtps
    master.write_text(
        f"{stock}\nsubmission inet n - n - - smtpd -o smtpd_sasl_auth_enable=yes"
        " -o smtpd_client_restrictions=permit_sasl_authenticated,reject"
        " -o smtpd_sender_restrictions=\n"
        f"{smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes\n"
    )
    before = guarded.files
    guarded.install()
    for name in ("submission", "submissions"):
        guarded.policy.requests.clear()
        with guarded.connect(name) as client:
            client.ehlo()
            assert client.auth_plain(ALICE, PASSWORD).code == 235
            assert client.send_mail(ALICE, ELSEWHERE).code == 250
        contexts = [each["policy_context"] for each in guarded.policy.requests]
        assert contexts == ["connect", "auth", "send"]
        with guarded.connect(name) as client:
            client.ehlo()
            client.mail(ELSEWHERE)
            assert client.rcpt(ALICE).code in {450, 554}
    guarded.undo()
    assert guarded.files == before


def test_others_edits_in_between_are_kept(guarded: Guarded) -> None:
    """E15: with the commands that administrators and panels use"""
    guarded.install()
    postconf = guarded.host.postfix.postconf
    postconf("-e", "message_size_limit = 12345678")
    postconf("-e", "smtpd_sender_restrictions = $mailward_sender, reject_unknown_sender_domain")
    postconf("-P", "submission/inet/smtpd_helo_required=yes")
    assert guarded.undo() == ()
    main, master = (each.decode() for each in guarded.files)
    assert "mailward" not in main + master
    assert postconf("-h", "message_size_limit") == "12345678\n"
    assert postconf("-h", "smtpd_sender_restrictions") == "reject_unknown_sender_domain\n"
    assert postconf("-P", "submission/inet/smtpd_helo_required").endswith("= yes\n")
    client_list = postconf("-P", "submission/inet/smtpd_client_restrictions")
    assert client_list.endswith("= permit_sasl_authenticated,reject\n")
    with guarded.connect() as client:
        assert client.greeting.code == 220


def test_a_daemon_that_does_not_listen_is_found_out_and_all_put_back(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D9"""
    monkeypatch.setattr(postfix_probe, "DEADLINE", 1.0)
    before = guarded.files
    guarded.policy.stop()
    with pytest.raises(PlanError, match=r"the daemon was not asked .*Everything was put back"):
        guarded.install()
    assert guarded.files == before
    with guarded.log_in() as client:
        assert client.send_mail(ALICE, ELSEWHERE).code == 250


BOGUS = "check_policy_service,{unix:mailward/policy.sock,bogus=1}"


@pytest.mark.parametrize(
    ("name", "value"),
    [("FAILURE", "timeout=2s, bogus=1"), ("CONNECT_QUESTION", BOGUS)],
    ids=["everywhere", "in one service"],
)
def test_an_option_that_this_postfix_does_not_know_never_reaches_a_port(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    before = guarded.files
    monkeypatch.setattr(postfix_edits, name, value)
    with pytest.raises(PlanError, match=r"smtpd -S.*ended with 1.*Everything was put back"):
        guarded.install()
    assert guarded.files == before
    assert "reload -- version" not in guarded.host.postfix.log_text()


def test_a_port_that_shows_no_banner_any_more_gets_it_back(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What no check before the reload has seen. Postfix itself waits before it opens the port."""
    main = guarded.host.root / "etc/postfix/main.cf"
    main.write_text(main.read_text() + "service_throttle_time = 1s\n")
    guarded.host.postfix.reload()
    before = guarded.files
    monkeypatch.setattr(knock, "PATIENCE", 2.0)
    monkeypatch.setattr(postfix_edits, "CONNECT_QUESTION", BOGUS)
    monkeypatch.setattr(postfix, "_smtpd_checks", lambda *_: ())
    with pytest.raises(PlanError, match=r"does not greet any more.*Everything was put back"):
        guarded.install()
    assert guarded.files == before
    with guarded.log_in() as client:
        assert client.send_mail(ALICE, ELSEWHERE).code == 250


class Killed(BaseException):
    """Stands for SIGKILL."""


STEPS = 8
"""A folder, two files, four checks, a reload; each is noted when it begins and when it is done."""


def kill_at(monkeypatch: pytest.MonkeyPatch, moment: int) -> None:
    """End the program behind the n-th note."""
    real = Checkpoint._note
    count = 0

    def note(self: Checkpoint, entry: dict[str, object]) -> None:
        nonlocal count
        real(self, entry)
        if count == moment:
            raise Killed
        count += 1

    monkeypatch.setattr(Checkpoint, "_note", note)


@pytest.mark.parametrize("moment", range(2 * STEPS))
def test_a_kill_at_any_step_is_resumed_and_undone(
    shared: Guarded, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    before = shared.files
    with monkeypatch.context() as patch:
        kill_at(patch, moment)
        with pytest.raises(Killed):
            shared.hook.plan().apply()
    half = shared.hook.recorded()
    assert half is not None
    if moment % 2:
        assert half.resume(shared.confirm) is True
        assert shared.hook.verify() is HookState.INSTALLED
    with monkeypatch.context() as patch:
        kill_at(patch, 0)
        with pytest.raises(Killed):
            half.undo()
    assert half.undo() is True
    assert shared.files == before
    assert shared.hook.verify() is HookState.MISSING
    assert shared.host.machine.run("postfix", "check").stdout == ""


CHILD = """
import sys, time
from pathlib import Path
from core.mta.postfix import PostfixHook
from core.system.file_steps import EditFile
from core.system.host import Host
root, state, mark = map(Path, sys.argv[1:])
apply = EditFile.apply
def slowly(self, host):
    apply(self, host)
    if self.path.endswith("master.cf"):
        mark.touch()
        time.sleep(60)
EditFile.apply = slowly
PostfixHook(Host(root), "%s", state).plan().apply()
"""


@pytest.mark.lab_releases("bookworm")
@pytest.mark.parametrize("then", ["resume", "undo"])
def test_a_process_killed_between_two_files_leaves_nothing_that_cannot_be_mended(
    guarded: Guarded, tmp_path: Path, then: str
) -> None:
    before = guarded.files
    mark = tmp_path / "mark"
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD % ENDPOINT, guarded.host.root, guarded.state, mark],
        env={**os.environ, "PYTHONPATH": "."},
    )
    deadline = time.monotonic() + 30
    while not mark.exists():
        assert child.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert all(now != then for now, then in zip(guarded.files, before, strict=True))
    half = guarded.hook.recorded()
    assert half is not None
    if then == "resume":
        assert half.resume(guarded.confirm) is True
        assert guarded.hook.verify() is HookState.INSTALLED
    assert half.undo() is True
    assert guarded.files == before


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

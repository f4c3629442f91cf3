"""The Exim hook on the real Exim of each release, with the real daemon: it asks, it survives.

How it comes and goes is in `test_hooks_exim_change.py`.
"""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

import pytest

from tests.lab.conftest import available
from tests.lab.daemon import CONTACT, told
from tests.lab.exim_guarded import GuardedExim, chunked, pipelined, timed
from tests.lab.guarded_host import ALICE, FAMILIES, PASSWORD, STRANGER
from tests.lab.policy_stand_in import Mood, PolicyStandIn

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.lab

AMERICA_ONLY = {"country.mode": "allow", "country.list": ["US"]}
SENT = ("send", "allow", "nothing_against")
SCRIPT = "local:webuser"

TIMEOUT, MENDED, AT_ONCE = 2.0, 3.0, 1.0
"""Seconds: of one question that nobody answers, that with the time for `exim_acl._MENDED`, and of a
step that waits for nobody."""

EXPECTED = {
    *("request", "mta", "client_address", "client_port", "server_port", "policy_context"),
    *("sasl_username", "local_user", "instance", "queue_id", "recipient_count", "script_folder"),
    *("at", "mood"),
}
"""Every attribute that Exim tells, and what the stand-in adds."""


@pytest.fixture(scope="module")
def machine(lab_release: str) -> Iterator[GuardedExim]:
    """An Exim with the hook in it, that the tests of this module share, per release."""
    with available(), GuardedExim(lab_release) as guarded:
        guarded.install()
        yield guarded


@pytest.fixture
def exim(machine: GuardedExim) -> GuardedExim:
    """The same for one test: the daemon runs, with the settings that every test starts from."""
    if machine.daemon.is_running:
        machine.daemon.thaw()
    else:
        machine.daemon.start()
    machine.daemon.configure()
    if SCRIPT in machine.daemon.blocked():
        machine.daemon.mailward("blocked", "release", SCRIPT)
    return machine


@pytest.fixture
def stand_in(exim: GuardedExim) -> Iterator[PolicyStandIn]:
    """Somebody in the daemon's place who does what he is told."""
    exim.daemon.kill()
    with PolicyStandIn(exim.daemon.policy_socket) as found:
        found.path.chmod(0o666)
        found.path.parent.chmod(0o755)
        yield found
    found.path.unlink()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("origin", ["RU", "attacker"])
@pytest.mark.proves("connect", of="exim")
def test_587_hangs_up_before_a_password_can_be_said(
    exim: GuardedExim, origin: str, family: int
) -> None:
    """A1, A4"""
    source = exim.daemon.client(origin, family)
    with exim.smtp(587, source) as client:
        assert client.greeting.code == 550
        assert client.greeting.text.startswith("5.7.1 ")
        assert CONTACT in client.greeting.text
        assert client.receive() is None, "it has hung up"
    (event,) = exim.daemon.events(address=source)
    assert (event.stage, event.verdict, event.service) == ("connect", "deny", "submission")


@pytest.mark.proves("connect", of="exim")
def test_465_hangs_up_too(exim: GuardedExim) -> None:
    """A1: since 4.97 before there is TLS, so without a text (facts/mta_hooks.md 1.4)."""
    source = exim.daemon.client("RU")
    if exim.machine.release.codename == "trixie":
        with pytest.raises((ssl.SSLError, ConnectionError)):
            exim.smtp(465, source)
    else:
        with exim.smtp(465, source) as client:
            assert client.greeting.code == 550
    (event,) = exim.daemon.events(address=source)
    assert (event.verdict, event.service) == ("deny", "smtps")


@pytest.mark.proves("connect", of="exim")
def test_25_takes_everybodys_mail_and_no_password_from_there(exim: GuardedExim) -> None:
    """A1: asked once, however often it is tried."""
    source = exim.daemon.client("RU")
    with exim.smtp(25, source) as client:
        client.ehlo()
        for _ in range(2):
            answer = client.auth_plain(ALICE, PASSWORD)
            assert answer.code // 100 == 5
            assert "5.7.1" in answer.text
        assert client.send_mail(STRANGER, ALICE).code == 250
    (event,) = exim.daemon.events(address=source)
    assert told([event]) == [("connect", "deny", "country")]
    with exim.submission(25, exim.daemon.client("DE"), ALICE) as client:
        assert client.send_mail(ALICE, STRANGER).code == 250


@pytest.mark.parametrize("port", [587, 465, 25])
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.proves("login", "send", of="exim")
def test_who_may_logs_in_and_sends(exim: GuardedExim, port: int, family: int) -> None:
    """A3, B9: each question once; many recipients are one mail."""
    account, source = exim.new_account(), exim.daemon.client("DE", family)
    with exim.submission(port, source, account) as client:
        assert client.send_mail(account, STRANGER, ALICE, "x@elsewhere.test").code == 250
    events = exim.daemon.events(address=source)
    assert told(events) == [
        ("connect", "allow", "nothing_against"),
        ("auth", "allow", "nothing_against"),
        SENT,
    ]
    assert {event.service for event in events} == {
        {587: "submission", 465: "smtps", 25: "smtp"}[port]
    }
    assert (events[2].account, events[2].recipients) == (account, 3)
    assert f"{events[2].queue_id} <= {account}" in exim.exim.log_text()


@pytest.mark.proves("login", of="exim")
def test_an_account_that_may_not_from_there_is_told_at_mail(exim: GuardedExim) -> None:
    """A3: its own settings, once it is known who it is; and a change counts at once."""
    account, source = exim.new_account(), exim.daemon.client("DE")
    exim.daemon.configure(scopes={account: AMERICA_ONLY})
    with exim.submission(587, source, account) as client:
        answer = client.mail(account)
        assert answer.code == 550
        assert "5.7.1" in answer.text
        exim.daemon.configure()
        assert client.send_mail(account, STRANGER).code == 250
    with exim.submission(587, source, ALICE) as client:
        assert client.mail(ALICE).code == 250


@pytest.mark.proves("send", of="exim")
def test_150_mails_pass_and_the_151st_blocks_the_account(exim: GuardedExim) -> None:
    """B1: of one account, over several sessions and services, in pipelines and in pieces."""
    account, source = exim.new_account(), exim.daemon.client("DE")
    with exim.submission(587, source, account) as client:
        ends = pipelined(client, account, 140)
        for port in (465, 25):
            with exim.submission(port, source, account) as other:
                other.ehlo()
                ends += pipelined(other, account, 4)
                ends.append(chunked(other, account, STRANGER, ALICE))
        assert [end.code for end in ends] == [250] * 150
        (last,) = pipelined(client, account, 1)
        assert last.code == 451
        assert last.text.startswith("4.7.1 ")
        assert account in last.text
        assert CONTACT in last.text
        answer = client.mail(account)
        assert (answer.code, answer.text[:6]) == (451, "4.7.1 "), "in the same session"
    with exim.submission(465, source, account) as client:
        assert client.mail(account).code == 451
    sent = exim.daemon.events(account=account, stage="send")
    assert told(sent) == [SENT] * 150 + [("send", "defer", "send_limit")]
    with exim.submission(587, source, exim.new_account()) as client:
        assert client.send_mail(ALICE, STRANGER).code == 250, "nobody else is blocked"


def test_who_is_exempt_sends_on(exim: GuardedExim) -> None:
    """B5; and an address that is exempt comes in from anywhere."""
    account, source = exim.new_account(), exim.daemon.client("RU")
    exim.daemon.configure(
        {
            "send.limit": 1,
            "exempt.send": [{"entry": account}],
            "exempt.addresses": [{"entry": source}],
        }
    )
    with exim.submission(587, source, account) as client:
        assert [end.code for end in pipelined(client, account, 4)] == [250] * 4


@pytest.mark.proves("scripts", of="exim")
def test_a_script_sends_150_mails_and_no_more(exim: GuardedExim) -> None:
    """B11: by `sendmail -t`, with an empty sender too, and by `sendmail -bs`; never somebody else.

    What Exim sends itself, and what root sends, is not counted.
    """
    folder = "/home/webuser/site"
    smtp = "EHLO x\nMAIL FROM:<a@b.test>\nRCPT TO:<bob@example.test>\nDATA\n\nBuy!\n.\nQUIT\n"
    bounced = "To: nobody-such@example.test\nSubject: comes back\n\nBuy!\n"
    assert exim.script("-t", "-i", text=bounced) == 0
    exim.exim.await_log("Completed")
    for _ in range(147):
        assert exim.script("-t", "-i", "-odq", folder=folder) == 0
    assert exim.script("-i", "-f", "<>", "bob@example.test") == 0
    assert exim.script("-bs", "-oMai", ALICE, "-oMaa", "x", "-oMt", "root", text=smtp) == 0
    assert exim.daemon.blocked() & {SCRIPT} == set()
    assert exim.script("-t", "-i", folder=folder) == 1
    assert SCRIPT in exim.daemon.blocked()
    events = exim.daemon.events(account=SCRIPT, stage="send")
    assert told(events[-151:]) == [SENT] * 150 + [("send", "defer", "send_limit")]
    assert {event.service for event in events} == {"local"}
    assert events[-1].detail.endswith(f"the last by a script in {folder}")
    assert events[-151].recipients == 1
    exim.script("-bs", text=smtp)
    assert "U=webuser temporarily rejected MAIL <a@b.test>: mailward: 4.7.1" in (
        exim.exim.log_text()
    )
    assert not exim.daemon.events(account="local:root")
    assert not exim.daemon.events(account="local:debian-exim")
    assert exim.exim.exim("-i", "bob@example.test").returncode == 0


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


@pytest.mark.proves("hostile", of="exim")
def test_nobody_can_say_more_to_the_daemon_than_exim_asks(
    exim: GuardedExim, stand_in: PolicyStandIn
) -> None:
    """A login name, a sender and a folder with line breaks, percents and colons in them."""
    victim = "victim@example.test"
    evil = f"evil\nsasl_username={victim}\n\n:%0a"
    users = exim.machine.path("/etc/exim4/users")
    kept = users.read_text("utf-8")
    key = evil.replace("\n", "\\n")
    users.write_text(f'{kept}"{key}": {PASSWORD}\n', "utf-8")
    try:
        with exim.smtp(587, exim.daemon.client("DE")) as client:
            client.ehlo()
            assert client.auth_plain(evil, PASSWORD).code == 235, client.transcript
            sender = '"a\\\n=%:{}$h_x:"@example.test'.replace("\n", "n")
            assert client.send_mail(sender, STRANGER).code == 250, client.transcript
    finally:
        users.write_text(kept, "utf-8")
    folder = f"/home/webuser/x\nlocal_user=root\n\npolicy_context=send\nlocal_user={victim}%:$"
    assert exim.script(folder=folder + "/" + "y" * 200) == 0
    stand_in.wait_for(4)
    contexts = [request["policy_context"] for request in stand_in.requests]
    assert contexts == ["connect", "auth", "send", "send"]
    assert set().union(*stand_in.requests) <= EXPECTED
    logins = [each.get("sasl_username") for each in stand_in.requests]
    assert logins == [None, key, key, ""], "Exim itself writes a line break as two letters"
    script = stand_in.requests[3]
    assert script["local_user"] == "webuser"
    assert script["script_folder"].startswith("/home/webuser/x_local_user=root__policy")
    assert len(script["script_folder"]) == 256

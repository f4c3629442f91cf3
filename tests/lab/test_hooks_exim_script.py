"""The Exim hook and those who hand mail over on the server itself: scripts, and whoever forges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab.daemon import told
from tests.lab.exim_guarded import SCRIPT, SENT
from tests.lab.guarded_host import ALICE, PASSWORD, STRANGER
from tests.lab.readiness import await_true
from tests.lab.release import EXIMS

if TYPE_CHECKING:
    from tests.lab.exim_guarded import GuardedExim
    from tests.lab.policy_stand_in import PolicyStandIn

pytestmark = [pytest.mark.lab, pytest.mark.lab_releases(*EXIMS)]

EXPECTED = {
    *("request", "mta", "client_address", "client_port", "server_port", "policy_context"),
    *("sasl_username", "local_user", "instance", "queue_id", "recipient_count", "script_folder"),
    *("at", "mood"),
}
"""Every attribute that Exim tells, and what the stand-in adds."""


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


BOUNCE = "<= <> R="
"""How Exim logs a mail of its own about another one."""

BATCH = "".join(
    f"MAIL FROM:<x{n}@y.test>\nRCPT TO:<bob@example.test>\nRCPT TO:<{ALICE}>\nDATA\n\nBuy!\n.\n"
    for n in range(3)
)
"""Three mails with two recipients each, as `sendmail -bS` takes them (Exim's manual, 49.4)."""


@pytest.mark.proves("scripts", of="exim")
@pytest.mark.parametrize("way", ["-t", "-bs", "-bS"])
def test_every_way_into_sendmail_is_counted_by_mails(exim: GuardedExim, way: str) -> None:
    """B9, B11: each mail once, however many recipients it has; and the next one is stopped."""
    exim.daemon.configure({"send.limit": 3})
    folder = f"/home/webuser/{way}"
    letter = "To: bob@example.test, alice@example.test, webuser@example.test\n\nBuy!\n"
    before = len(exim.daemon.events(account=SCRIPT, stage="send"))
    if way == "-t":
        assert [exim.script("-t", "-i", text=letter, folder=folder) for _ in range(3)] == [0] * 3
    else:
        exim.script(way, text=f"EHLO x\n{BATCH}QUIT\n" if way == "-bs" else BATCH, folder=folder)
    events = exim.daemon.events(account=SCRIPT, stage="send")[before:]
    assert told(events) == [SENT] * 3
    assert {event.recipients for event in events} == {3 if way == "-t" else 2}
    assert SCRIPT not in exim.daemon.blocked()
    assert exim.script("-t", "-i", text=letter, folder=folder) == 1
    assert SCRIPT in exim.daemon.blocked()


@pytest.mark.proves("scripts", of="exim")
def test_a_mail_that_comes_back_to_a_script_stops_nobody(exim: GuardedExim) -> None:
    """B11: with the account blocked, Exim's own mails still go: bounces, and why it was stopped."""
    exim.daemon.configure({"send.limit": 1})
    letter = "To: nobody-such@example.test\nSubject: comes back\n\nBuy!\n"
    before, bounces = len(exim.daemon.events(stage="send")), exim.exim.log_text().count(BOUNCE)
    assert exim.script("-t", "-i", text=letter) == 0
    assert exim.script("-t", "-i", text=letter) == 1
    assert SCRIPT in exim.daemon.blocked()
    log = exim.exim.log_text
    await_true(lambda: log().count(BOUNCE) >= bounces + 1, "a bounce", log)
    assert not exim.daemon.events(account="local:Debian-exim")
    events = exim.daemon.events(stage="send")[before:]
    assert {event.account for event in events} == {SCRIPT}

"""Dialogues before and at the password: who comes from where, at every port, by IPv4 and IPv6.

The servers are real and ask the real daemon, because our own installer told them to.
"""

from __future__ import annotations

import pytest
from msgspec.structs import asdict

from tests.lab.daemon import CONTACT, told
from tests.lab.guarded_host import ALICE, BOB, FAMILIES, PASSWORD, STRANGER, GuardedHost

pytestmark = pytest.mark.lab

SERVICE = {25: "smtp", 587: "submission", 465: "smtps"}
SERVICE |= {143: "imap", 993: "imaps", 110: "pop3", 995: "pop3s"}

ALLOWED_AT_CONNECT = ("connect", "allow", "nothing_against")
ALLOWED_AT_AUTH = ("auth", "allow", "nothing_against")
SENT = ("send", "allow", "nothing_against")


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("port", [587, 465])
@pytest.mark.proves("connect", of="postfix")
def test_a_refused_country_is_refused_before_it_can_try_a_password(
    guarded: GuardedHost, port: int, family: int
) -> None:
    """A1, A4, A6, A15, A26, A27, D6; vector 1: 554 in place of the banner, one event."""
    source = guarded.daemon.client("RU", family)
    with guarded.smtp(port, source) as client:
        assert client.greeting.code == 554
        assert "5.7.1" in client.greeting.text
        assert "Russia" in client.greeting.text
        assert CONTACT in client.greeting.text
        assert client.ehlo().code == 503
        assert client.auth_plain(ALICE, PASSWORD).code == 503
        assert client.mail(ALICE).code == 503
        assert client.quit().code == 221
    (event,) = guarded.daemon.events(address=source)
    assert told([event]) == [("connect", "deny", "country")]
    assert (event.service, event.country, event.account) == (SERVICE[port], "RU", "")


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("port", [143, 993, 110, 995])
@pytest.mark.proves("mailboxes", of="dovecot")
def test_a_refused_country_is_refused_its_mailbox_with_the_right_password(
    guarded: GuardedHost, port: int, family: int
) -> None:
    """A2, A6, A15, A26, D6; vector 3: mail programs show the text, so it has no status code."""
    source = guarded.daemon.client("RU", family)
    with guarded.mailbox(port, source) as client:
        answer = client.login(ALICE, PASSWORD)
        assert not answer.ok
        assert "Russia" in answer.text
        assert CONTACT in answer.text
        assert "5.7.1" not in answer.text
    (event,) = guarded.daemon.events(address=source)
    assert told([event]) == [("connect", "deny", "country")]
    assert (event.service, event.country) == (SERVICE[port], "RU")


@pytest.mark.parametrize("family", FAMILIES)
def test_port_25_takes_mail_from_a_refused_country_and_does_not_even_ask(
    guarded: GuardedHost, family: int
) -> None:
    """A1; vector 2: port 25 carries everybody's mail."""
    source = guarded.daemon.client("RU", family)
    asked = guarded.daemon.asked()
    with guarded.smtp(25, source) as client:
        assert client.greeting.code == 220
        assert client.ehlo().code == 250
        assert client.send_mail(STRANGER, ALICE, BOB).code == 250
        assert client.quit().code == 221
    assert guarded.daemon.asked() == asked
    assert guarded.daemon.events(address=source) == []


@pytest.mark.parametrize("family", FAMILIES)
def test_a_login_on_port_25_from_a_refused_country_is_refused(
    guarded: GuardedHost, family: int
) -> None:
    """A1, A2, A6: through Dovecot, who checks the password for Postfix. Its mail is still taken."""
    source = guarded.daemon.client("RU", family)
    with guarded.smtp(25, source) as client:
        client.ehlo()
        answer = client.auth_plain(ALICE, PASSWORD)
        assert answer.code == 535
        assert "5.7.1" in answer.text
        assert "Russia" in answer.text
        assert CONTACT in answer.text
        assert client.mail(ALICE).code == 250
        assert client.rcpt(STRANGER).code == 454, "it is not logged in, so nothing is relayed"
        assert client.rcpt(BOB).code == 250
        assert client.data().code == 250
    (event,) = guarded.daemon.events(address=source)
    assert told([event]) == [("connect", "deny", "country")]
    assert event.service == "smtp"


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("port", [587, 465, 25])
@pytest.mark.proves("login", of="postfix")
def test_an_allowed_country_sends_its_mail(guarded: GuardedHost, port: int, family: int) -> None:
    """A3, A4, A6: at most one event for each stage, however many mails follow the login."""
    source = guarded.daemon.client("DE", family)
    account = guarded.new_account()
    with guarded.submission(port, source, account) as client:
        assert client.send_mail(account, STRANGER).code == 250
        assert client.send_mail(account, STRANGER, BOB).code == 250
        assert client.quit().code == 221
    events = guarded.daemon.events(address=source)
    before = [ALLOWED_AT_CONNECT] if port != 25 else []
    assert told(events) == [*before, ALLOWED_AT_AUTH, SENT, SENT]
    assert {event.service for event in events} == {SERVICE[port]}
    assert [event.account for event in events if event.stage != "connect"] == [account] * 3
    assert [event.recipients for event in events if event.stage == "send"] == [1, 2]
    queue_ids = [event.queue_id for event in events if event.stage == "send"]
    assert all(f"queued as {queue_id}" in client.transcript for queue_id in queue_ids)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("port", [143, 993, 110, 995])
@pytest.mark.proves("mailboxes", of="dovecot")
def test_an_allowed_country_opens_its_mailbox_with_the_right_password_only(
    guarded: GuardedHost, port: int, family: int
) -> None:
    """A2, A4: how the password check ended is in the journal, too."""
    source = guarded.daemon.client("DE", family)
    with guarded.mailbox(port, source) as client:
        assert not client.login(ALICE, "wrong").ok
        assert client.login(ALICE, PASSWORD).ok
    events = guarded.daemon.await_events(2, address=source)
    assert told(events) == [("auth", "allow", "login_failed"), ("auth", "allow", "login_ok")]
    assert {(event.service, event.account) for event in events} == {(SERVICE[port], ALICE)}


def test_a_wrong_password_from_an_allowed_country_stays_wrong(guarded: GuardedHost) -> None:
    """A3: and without a login submission takes no mail, as before the hook was installed."""
    source = guarded.daemon.client("DE")
    with guarded.smtp(587, source) as client:
        client.ehlo()
        assert client.auth_plain(ALICE, "wrong").code == 535
        assert client.send_mail(ALICE, BOB).code == 554
        assert client.rcpt(STRANGER).code in {454, 554}
    events = guarded.daemon.await_events(2, address=source)
    assert told(events) == [ALLOWED_AT_CONNECT, ("auth", "allow", "login_failed")]


def test_what_was_told_as_it_fell_is_in_the_store(guarded: GuardedHost) -> None:
    """A4, D6: the events of whole sessions, word for word."""
    refused, allowed = guarded.daemon.client("RU"), guarded.daemon.client("DE", 6)
    account = guarded.new_account()
    guarded.smtp(465, refused).close()
    with guarded.submission(587, allowed, account) as client:
        assert client.send_mail(account, STRANGER).code == 250
    for source, number in ((refused, 1), (allowed, 3)):
        events = guarded.daemon.events(address=source)
        stored = guarded.daemon.stored(address=source)
        assert len(stored) == number
        assert [
            {"id": each.id, **asdict(event)} for each, event in zip(stored, events, strict=True)
        ] == [asdict(each) for each in stored]

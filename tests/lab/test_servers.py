"""The lab's own promise: every release's servers take the clients that other tests send them."""

from __future__ import annotations

import pytest

from tests.lab.client import ImapDialogue, Pop3Dialogue, SmtpDialogue
from tests.lab.conftest import available
from tests.lab.dovecot import PASSWORD
from tests.lab.mail_host import MailHost
from tests.lab.ports import has_ipv6

pytestmark = pytest.mark.lab

ALICE, BOB = "alice@example.test", "bob@example.test"
CLIENTS = ["203.0.113.5", "2001:db8:5::5"]
FAMILIES = [
    4,
    pytest.param(6, marks=pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")),
]


def test_the_servers_are_the_versions_that_the_release_is_known_for(mail_host: MailHost) -> None:
    release = mail_host.machine.release
    assert mail_host.postfix.postconf("-h", "mail_version").startswith(f"{release.postfix}.")
    version = mail_host.machine.run("dovecot", "--version").stdout
    assert version.startswith(f"{release.dovecot}")


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("source", CLIENTS)
def test_submission_takes_mail_after_a_login(mail_host: MailHost, source: str, family: int) -> None:
    with SmtpDialogue(mail_host.postfix.ports["submission"], source, family=family) as client:
        assert client.greeting.code == 220
        assert "AUTH PLAIN" in client.ehlo().text
        assert client.auth_plain(ALICE, PASSWORD).code == 235
        assert client.send_mail(ALICE, "someone@elsewhere.test").code == 250
        assert client.quit().code == 221
    mail_host.postfix.await_log(f"connect from unknown[{source}]")


def test_submission_refuses_a_wrong_password_and_mail_without_login(mail_host: MailHost) -> None:
    with SmtpDialogue(mail_host.postfix.ports["submission"]) as client:
        client.ehlo()
        assert client.auth_plain(ALICE, "wrong").code == 535
        assert client.send_mail(ALICE, BOB).code == 554


def test_submission_speaks_starttls(mail_host: MailHost) -> None:
    with SmtpDialogue(mail_host.postfix.ports["submission"]) as client:
        client.ehlo()
        assert client.starttls().code == 220
        client.ehlo()
        assert client.auth_plain(BOB, PASSWORD).code == 235


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("source", CLIENTS)
def test_submissions_speaks_tls_from_the_start(
    mail_host: MailHost, source: str, family: int
) -> None:
    port = mail_host.postfix.ports["submissions"]
    with SmtpDialogue(port, source, 465, tls=True, family=family) as client:
        assert client.greeting.code == 220
        client.ehlo()
        assert client.auth_plain("carol@customer.test", PASSWORD).code == 235
        assert client.send_mail("carol@customer.test", ALICE, BOB).code == 250


@pytest.mark.parametrize("family", FAMILIES)
def test_port_25_takes_inbound_mail_and_relays_nothing(mail_host: MailHost, family: int) -> None:
    port = mail_host.postfix.ports["smtp"]
    with SmtpDialogue(port, "198.51.100.7", 25, family=family) as client:
        client.ehlo()
        assert client.send_mail("someone@elsewhere.test", ALICE).code == 250
        assert client.send_mail("someone@elsewhere.test", "x@third.test").code in {454, 554}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    ("dialogue", "name", "port", "tls"),
    [
        (ImapDialogue, "imap", 143, False),
        (ImapDialogue, "imaps", 993, True),
        (Pop3Dialogue, "pop3", 110, False),
        (Pop3Dialogue, "pop3s", 995, True),
    ],
)
def test_mailboxes_open_with_the_right_password_only(
    mail_host: MailHost,
    dialogue: type[ImapDialogue | Pop3Dialogue],
    name: str,
    port: int,
    tls: bool,
    family: int,
) -> None:
    address = mail_host.dovecot.ports[name]
    with dialogue(address, "2001:db8:7::7", port, tls=tls, family=family) as client:
        assert not client.login("dave@customer.test", "wrong").ok
        assert client.login("dave@customer.test", PASSWORD).ok
    mail_host.dovecot.await_log("rip=2001:db8:7::7")


def test_a_reload_brings_new_settings_to_the_next_client(own_mail_host: MailHost) -> None:
    host = own_mail_host
    with SmtpDialogue(host.postfix.ports["submission"]) as client:
        client.ehlo()
        assert client.auth_plain(ALICE, PASSWORD).code == 235
    host.postfix.postconf("-e", "smtpd_banner=$myhostname after the reload")
    users = host.machine.path("/etc/dovecot/users")
    settings = host.dovecot.include_directory / "99-lab.conf"
    settings.write_text("login_greeting = after the reload\n", "utf-8")
    users.write_text(f"erin@example.test:{{PLAIN}}{PASSWORD}::::::\n", "utf-8")
    host.reload()
    with SmtpDialogue(host.postfix.ports["submission"]) as client:
        assert "after the reload" in client.greeting.text
        client.ehlo()
        assert client.auth_plain("erin@example.test", PASSWORD).code == 235
    with ImapDialogue(host.dovecot.ports["imap"]) as reader:
        assert "after the reload" in reader.greeting


@pytest.mark.lab_releases("bookworm")
def test_a_host_without_proxy_greets_a_plain_client(lab_release: str) -> None:
    """For code that itself connects to a server, as an installer's check does."""
    with available(), MailHost(lab_release, proxied=False) as host:
        with SmtpDialogue(host.postfix.ports["submission"], None) as client:
            assert client.greeting.code == 220
        with ImapDialogue(host.dovecot.ports["imap"], None) as reader:
            assert reader.greeting.startswith("* OK")

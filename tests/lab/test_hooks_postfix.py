"""The Postfix hook on the real Postfix of each release: what it asks, and whom it refuses."""

from __future__ import annotations

import pytest

from core.panel import HookState
from tests.lab.dovecot import PASSWORD
from tests.lab.postfix_guarded import ALICE, ELSEWHERE, REFUSAL, Guarded, guarded_postfix

__all__ = ["guarded_postfix"]

pytestmark = pytest.mark.lab


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

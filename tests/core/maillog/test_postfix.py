"""Postfix through syslog: mails, queue, deliveries. Lines as Postfix 2.11 to 3.10 write them."""

from __future__ import annotations

import pytest

from core.maillog.halves import Halves
from core.maillog.postfix import Postfix
from core.maillog.record import Delivery, Mail, Outcome, Queued
from core.words import Service
from tests.contract.maillog import AT, STAMP, Case, DialectContract

HEAD = STAMP + b"mail postfix/"

ALICE = "alice@example.test"


def delivery(program: bytes, text: bytes) -> bytes:
    return HEAD + program + b"[7]: 06E595346DE: " + text


class TestPostfix(DialectContract):
    dialect = "syslog"
    cases = (
        Case(
            "a mail, its queue, and what became of it",
            (
                HEAD + b"submission/smtpd[28800]: connect from unknown[203.0.113.5]",
                HEAD + b"submission/smtpd[28800]: 06E595346DE: client=unknown[203.0.113.5], "
                b"sasl_method=PLAIN, sasl_username=alice@example.test",
                HEAD + b"cleanup[28803]: 06E595346DE: message-id=<>",
                HEAD + b"submission/smtpd[28800]: disconnect from unknown[203.0.113.5] ehlo=1 "
                b"auth=1 mail=1 rcpt=3 data=1 quit=1 commands=8",
                HEAD + b"qmgr[28796]: 06E595346DE: from=<alice@example.test>, size=189, nrcpt=3 "
                b"(queue active)",
                delivery(
                    b"discard",
                    b"to=<a@ok.test>, relay=none, delay=0.01, delays=0/0/0/0, dsn=2.0.0, "
                    b"status=sent (ok.test)",
                ),
                delivery(
                    b"error",
                    b"to=<b@bounce.test>, relay=none, delay=0.01, delays=0/0.01/0/0, dsn=5.1.1, "
                    b"status=bounced ()",
                ),
                delivery(
                    b"error",
                    b"to=<c@later.test>, relay=none, delay=0.01, delays=0/0/0/0.01, dsn=4.4.1, "
                    b"status=deferred ()",
                ),
                HEAD + b"cleanup[28803]: 096665346E7: message-id=<x@mail.example.test>",
                HEAD + b"bounce[28808]: 06E595346DE: sender non-delivery notification: 096665346E7",
                HEAD + b"qmgr[28796]: 06E595346DE: removed",
            ),
            (
                Mail(AT, Service.SUBMISSION, "203.0.113.5", ALICE, "06E595346DE"),
                Queued(AT, "06E595346DE", 3),
                Delivery(AT, "06E595346DE", "a@ok.test", Outcome.DELIVERED, "2.0.0"),
                Delivery(AT, "06E595346DE", "b@bounce.test", Outcome.FAILED, "5.1.1"),
                Delivery(AT, "06E595346DE", "c@later.test", Outcome.DEFERRED, "4.4.1"),
            ),
        ),
        Case(
            "a remote server's answer looks like an outcome",
            (
                delivery(
                    b"smtp",
                    b"to=<a@x.test>, relay=mx.x.test[2001:db8::25]:25, delay=1.2, "
                    b"delays=0/0/1/0.2, dsn=5.7.1, status=bounced (host mx.x.test[2001:db8::25] "
                    b"said: 550 5.7.1 to=<b@y.test>, relay=none, delay=0, delays=0/0/0/0, "
                    b"dsn=2.0.0, status=sent (queued as 4XYZ12) (in reply to RCPT TO command))",
                ),
            ),
            (Delivery(AT, "06E595346DE", "a@x.test", Outcome.FAILED, "5.7.1"),),
        ),
        Case(
            "an answer that looks like this server's queue id, from elsewhere",
            (
                delivery(
                    b"smtp",
                    b"to=<a@x.test>, relay=mx.x.test[192.0.2.9]:25, delay=1, delays=0/0/1/0, "
                    b"dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4A1B2C3D4E)",
                ),
            ),
            (Delivery(AT, "06E595346DE", "a@x.test", Outcome.DELIVERED, "2.0.0"),),
        ),
        Case(
            "a content filter on this server hands the mail back",
            (
                delivery(
                    b"amavis/smtp",
                    b"to=<a@x.test>, orig_to=<a>, relay=127.0.0.1[127.0.0.1]:10024, conn_use=2, "
                    b"delay=0.5, delays=0.1/0/0/0.4, dsn=2.0.0, status=sent (250 2.0.0 from "
                    b"MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as B28F1534094)",
                ),
            ),
            (Delivery(AT, "06E595346DE", "a@x.test", Outcome.DELIVERED, "2.0.0", "B28F1534094"),),
        ),
        Case(
            "long queue ids, another instance, a mailbox by LMTP and by pipe",
            (
                STAMP + b"mail postfix-out/smtps/smtpd[9]: 4YfGh31B9kzDq8x: client=mail.example."
                b"test[IPv6:2001:db8::5]:51234, sasl_method=LOGIN, sasl_username=bob, "
                b"sasl_sender=x@y.test",
                STAMP + b'mail postfix-out/qmgr[3]: 4YfGh31B9kzDq8x: from=<"x y"@y.test>, '
                b"size=70, nrcpt=2 (queue active)",
                STAMP + b"mail postfix-out/lmtp[3]: 4YfGh31B9kzDq8x: to=<a@x.test>, "
                b"relay=mail.x.test[private/dovecot-lmtp], delay=0.1, delays=0.1/0/0/0, dsn=2.0.0, "
                b"status=sent (250 2.0.0 <a@x.test> oJ3 Saved)",
                STAMP + b"mail postfix-out/pipe[3]: 4YfGh31B9kzDq8x: to=<b@x.test>, "
                b"relay=plesk_virtual, delay=0.1, delays=0.1/0/0/0, dsn=2.0.0, "
                b"status=sent (delivered via plesk_virtual service)",
            ),
            (
                Mail(AT, Service.SMTPS, "2001:db8::5", "bob", "4YfGh31B9kzDq8x"),
                Queued(AT, "4YfGh31B9kzDq8x", 2),
                Delivery(AT, "4YfGh31B9kzDq8x", "a@x.test", Outcome.DELIVERED, "2.0.0"),
                Delivery(AT, "4YfGh31B9kzDq8x", "b@x.test", Outcome.DELIVERED, "2.0.0"),
            ),
        ),
        Case(
            "Postfix 2.2: neither delays nor a status code",
            (
                delivery(
                    b"smtp", b"to=<a@x.test>, relay=none, delay=7, status=deferred (timed out)"
                ),
            ),
            (Delivery(AT, "06E595346DE", "a@x.test", Outcome.DEFERRED),),
        ),
        Case(
            "too long in the queue",
            (
                HEAD + b"qmgr[1]: 06E595346DE: from=<alice@example.test>, status=expired, "
                b"returned to sender",
                HEAD + b"qmgr[1]: 06E595346DF: from=<alice@example.test>, status=force-expired, "
                b"returned to sender",
            ),
            (
                Delivery(AT, "06E595346DE", "", Outcome.FAILED),
                Delivery(AT, "06E595346DF", "", Outcome.FAILED),
            ),
        ),
        Case(
            "a script on the server",
            (
                HEAD + b"pickup[28795]: 4ACEC5346EC: uid=33 from=<alice@example.test>",
                HEAD + b"pickup[28795]: warning: 4ACEC5346EC: uid=33 from=<x>",
            ),
            (Mail(AT, Service.LOCAL, "", "33", "4ACEC5346EC"),),
        ),
        Case(
            "an address that is only probed is no delivery",
            (
                delivery(
                    b"smtp",
                    b"to=<a@x.test>, relay=mx.x.test[192.0.2.9]:25, delay=1, delays=0/0/1/0, "
                    b"dsn=2.1.5, status=deliverable (250 2.1.5 Ok)",
                ),
                delivery(
                    b"smtp",
                    b"to=<a@x.test>, relay=none, delay=1, delays=0/0/1/0, dsn=5.1.1, "
                    b"status=undeliverable (unknown user)",
                ),
            ),
        ),
        Case(
            "of no interest",
            (
                HEAD + b"anvil[1]: statistics: max cache size 2 at Nov 22 03:30:00",
                HEAD + b"cleanup[1]: 06E595346DE: milter-reject: END-OF-MESSAGE from x[192.0.2.1]: "
                b"5.7.1 virus; from=<a@b.test> to=<c@d.test> proto=ESMTP helo=<x>",
                HEAD + b"trivial-rewrite[1]: warning: do not list domain x in BOTH y and z",
                HEAD + b"local[1]: warning: dict_nis_init: NIS domain name not set",
                HEAD + b"smtp[1]: connect to mx.x.test[192.0.2.9]:25: Connection timed out",
                HEAD + b"smtp[1]: 06E595346DE: host mx.x.test[192.0.2.9] said: 450 4.2.0 later",
            ),
        ),
    )


@pytest.mark.parametrize(
    "name", ["postfix", "smtpd", "exim", "dovecot", "postfixer", "postfix/anvil", "xpostfix/smtpd"]
)
def test_other_programs_are_somebody_else_s(name: str) -> None:
    assert Postfix(Halves())(name.encode()) is None


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("postfix/smtpd", Service.SMTP),
        ("postfix/submission/smtpd", Service.SUBMISSION),
        ("postfix/587/smtpd", Service.SUBMISSION),
        ("postfix/smtps/smtpd", Service.SMTPS),
        ("postfix/submissions/smtpd", Service.SMTPS),
        ("postfix-in/submission/smtpd", Service.SUBMISSION),
        ("postfix/10025/smtpd", Service.SMTP),
    ],
)
def test_the_service_is_the_one_that_master_cf_names(name: str, service: Service) -> None:
    """Feature A4."""
    reading = Postfix(Halves())(name.encode())
    assert reading is not None
    said = reading(b"4ACEC5346EC: client=x[192.0.2.1], sasl_method=PLAIN, sasl_username=b", AT)
    assert said == Mail(AT, service, "192.0.2.1", "b", "4ACEC5346EC")

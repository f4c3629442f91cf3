"""Postfix's SMTP server: failed logins, refusals, and clients that try to look like them."""

from __future__ import annotations

from core.maillog.record import Failure, Login, Mail
from core.words import Service
from tests.contract.maillog import AT, STAMP, Case, DialectContract

HEAD = STAMP + b"mail postfix/submission/smtpd[28800]: "

WARNING = HEAD + b"warning: unknown[2001:db8::5]: SASL "

ALICE = "alice@example.test"


def failed(
    account: str, failure: Failure = Failure.PASSWORD, address: str = "2001:db8::5"
) -> Login:
    return Login(AT, Service.SUBMISSION, address, account, failure)


class TestSmtpServer(DialectContract):
    dialect = "syslog"
    cases = (
        Case(
            "failures as Postfix 3.5 to 3.10 tell them with Dovecot's SASL",
            (
                WARNING + b"PLAIN authentication failed: (reason unavailable), "
                b"sasl_username=alice@example.test",
            ),
            (failed(ALICE),),
        ),
        Case(
            "older ones, Cyrus's SASL, ports, a host name",
            (
                WARNING + b"LOGIN authentication failed: UGFzc3dvcmQ6",
                WARNING + b"LOGIN authentication failed: authentication failure",
                WARNING + b"LOGIN authentication failed:",
                WARNING + b"DIGEST-MD5 authentication failed: user not found",
                HEAD + b"warning: host.example.test[192.0.2.7]:50123: SASL CRAM-MD5 "
                b"authentication failed: authentication failure",
                HEAD + b"warning: unknown[unknown]: SASL LOGIN authentication failed: "
                b"authentication failure",
            ),
            (
                failed(""),
                failed(""),
                failed(""),
                failed("", Failure.UNKNOWN_ACCOUNT),
                failed("", address="192.0.2.7"),
                failed("", address=""),
            ),
        ),
        Case(
            "what is broken on the server is nobody's failure, and no mechanism no password",
            (
                WARNING + b"PLAIN authentication failed: Connection lost to authentication server",
                WARNING + b"LOGIN authentication failed: Invalid authentication mechanism, "
                b"sasl_username=alice@example.test",
                WARNING + b"LOGIN authentication failed: Invalid authentication mechanism: "
                b"'LOGIN', sasl_username=alice@example.test",
                WARNING + b"PLAIN authentication failed: generic failure",
                WARNING + b"PLAIN authentication failed: Temporary authentication failure",
                WARNING + b"LOGIN authentication aborted",
                HEAD + b"warning: SASL: Connect to Dovecot auth socket 'private/auth' failed: "
                b"No such file or directory",
                HEAD + b"warning: SASL authentication failure: cannot connect to saslauthd server",
                HEAD + b"disconnect from unknown[2001:db8::5] ehlo=1 auth=0/5 commands=1/6",
                HEAD + b"lost connection after AUTH from unknown[2001:db8::5]",
            ),
        ),
        Case(
            "a login name that looks like the line",
            (
                WARNING + b"PLAIN authentication failed: (reason unavailable), "
                b'sasl_username=x", rip=1.2.3.4>, [5.6.7.8]: ',
                WARNING + b"PLAIN authentication failed: (reason unavailable), "
                b"sasl_username=x, sasl_username=alice@example.test",
                HEAD + b"warning: non-SMTP command from unknown[2001:db8::5]: warning: "
                b"unknown[192.0.2.1]: SASL PLAIN authentication failed: x, sasl_username=bob",
                HEAD + b"warning: non-SMTP command from unknown[2001:db8::5]: 4ACEC5346EC: "
                b"client=unknown[192.0.2.1], sasl_method=PLAIN, sasl_username=bob",
                HEAD
                + "warning: unknown[192.0.2.1]: SASL PLAIN authentication failed: "
                "(reason unavailable), sasl_username=äöü@example.test".encode(),
            ),
            (
                failed('x", rip=1.2.3.4>, [5.6.7.8]: '),
                failed("x, sasl_username=alice@example.test"),
                failed("äöü@example.test", address="192.0.2.1"),
            ),
        ),
        Case(
            "our own refusals are no failures of a password",
            (
                WARNING + b"PLAIN authentication failed: 5.7.1 Logins from Russia are not "
                b"permitted; ask postmaster@example.test, sasl_username=alice@example.test",
                HEAD + b"NOQUEUE: reject: CONNECT from unknown[203.0.113.1]: 554 5.7.1 "
                b"<unknown[203.0.113.1]>: Client host rejected: Logins from Russia are not "
                b"permitted; ask postmaster@example.test; proto=SMTP",
            ),
            (
                failed(ALICE, Failure.REFUSED),
                failed("", Failure.REFUSED, "203.0.113.1"),
            ),
        ),
        Case(
            "mails of people who had logged in, refused",
            (
                HEAD + b"NOQUEUE: reject: MAIL from unknown[198.51.100.1]: 450 4.7.1 "
                b"<alice@example.test>: SASL login name rejected: too many mails; "
                b"from=<alice@example.test> proto=ESMTP helo=<client.example.test>",
                HEAD + b"B8F46534776: reject: END-OF-MESSAGE from unknown[198.51.100.1]: 450 4.7.1 "
                b"<alice@example.test>: SASL login name rejected: too many mails; "
                b"from=<alice@example.test> to=<x@y.test> proto=ESMTP helo=<c> sasl_method=PLAIN "
                b"sasl_username=alice@example.test",
                HEAD + b"NOQUEUE: reject: RCPT from unknown[198.51.100.1]: 550 5.1.1 <x@y.test>: "
                b"Recipient address rejected: User unknown; from=<a@b.test> to=<x@y.test> "
                b"proto=ESMTP helo=<c> sasl_method=PLAIN sasl_username=alice@example.test "
                b"sasl_sender=a@b.test",
                HEAD + b"B8F46534776: milter-reject: END-OF-MESSAGE from unknown[198.51.100.1]: "
                b"5.7.1 Command rejected; from=<a@b.test> to=<x@y.test> proto=ESMTP helo=<c> "
                b"sasl_username=<alice@example.test>",
            ),
            (
                Mail(
                    AT,
                    Service.SUBMISSION,
                    "198.51.100.1",
                    ALICE,
                    refused="450 4.7.1 <alice@example.test>: SASL login name rejected: "
                    "too many mails",
                ),
                Mail(
                    AT,
                    Service.SUBMISSION,
                    "198.51.100.1",
                    ALICE,
                    "B8F46534776",
                    refused="450 4.7.1 <alice@example.test>: SASL login name rejected: "
                    "too many mails",
                ),
                Mail(
                    AT,
                    Service.SUBMISSION,
                    "198.51.100.1",
                    ALICE,
                    refused="550 5.1.1 <x@y.test>: Recipient address rejected: User unknown",
                ),
                Mail(
                    AT,
                    Service.SUBMISSION,
                    "198.51.100.1",
                    ALICE,
                    "B8F46534776",
                    refused="5.7.1 Command rejected",
                ),
            ),
        ),
        Case(
            "strangers' mail, and strangers who greet with somebody's name",
            (
                STAMP + b"mail postfix/smtpd[1]: F35FF5346E9: client=unknown[203.0.113.9]",
                STAMP + b"mail postfix/smtpd[1]: F35FF5346E9: client=localhost[127.0.0.1], "
                b"orig_queue_id=06E595346DE, orig_client=unknown[203.0.113.9]",
                STAMP + b"mail postfix/smtpd[1]: NOQUEUE: reject: RCPT from unknown[203.0.113.9]: "
                b"454 4.7.1 <z@q.test>: Relay access denied; from=<x@y.test> to=<z@q.test> "
                b"proto=ESMTP helo=<x> sasl_method=PLAIN sasl_username=alice@example.test>",
                STAMP + b"mail postfix/smtpd[1]: NOQUEUE: reject: CONNECT from x[203.0.113.9]: "
                b"554 5.7.1 Service unavailable; blocked using zen.example.test; proto=SMTP",
                STAMP + b"mail postfix/smtpd[1]: NOQUEUE: reject: RCPT from unknown[203.0.113.9]: "
                b"450 4.7.1 <x>: Helo command rejected: <a@b>: SASL login name rejected: y; "
                b"from=<x@y.test> to=<z@q.test> proto=ESMTP helo=<x>",
            ),
        ),
        Case(
            "the program that Postfix asks knows the account (saslauthd, Plesk, Dovecot)",
            (
                STAMP + b"mail plesk_saslauthd[11]: failed mail authentication attempt for user "
                b"'alice@example.test' (password len=10)",
                WARNING + b"LOGIN authentication failed: authentication failure",
                STAMP + b"mail dovecot: auth: passwd-file(nobody@example.test,2001:db8::5): "
                b"unknown user (given password: hunter2)",
                WARNING + b"PLAIN authentication failed: (reason unavailable), "
                b"sasl_username=nobody@example.test",
                STAMP + b"mail dovecot: auth: passwd-file(bob@example.test,192.0.2.99): unknown "
                b"user",
                WARNING + b"PLAIN authentication failed: (reason unavailable)",
            ),
            (
                failed(ALICE),
                failed("nobody@example.test", Failure.UNKNOWN_ACCOUNT),
                failed(""),
            ),
        ),
        Case(
            "written once for many (rsyslog)",
            (
                HEAD + b"message repeated 4 times: [ warning: unknown[2001:db8::5]: SASL LOGIN "
                b"authentication failed: authentication failure]",
                HEAD + b"message repeated 2 times: [ connect from unknown[2001:db8::5]]",
            ),
            (Login(AT, Service.SUBMISSION, "2001:db8::5", "", Failure.PASSWORD, 4),),
        ),
    )

"""Cyrus, as its servers name themselves on Debian and elsewhere."""

from __future__ import annotations

from core.maillog.record import Failure, Login
from core.words import Service
from tests.contract.maillog import AT, STAMP, Case, DialectContract

HEAD = STAMP + b"mail "
BOB = "bob@example.test"


def bad(service: Service, account: str, failure: Failure = Failure.PASSWORD) -> Login:
    return Login(AT, service, "192.0.2.7", account, failure)


class TestCyrus(DialectContract):
    dialect = "syslog"
    cases = (
        Case(
            "good",
            (
                HEAD + b"cyrus/imap[1234]: login: host.example.test [192.0.2.7] bob@example.test "
                b"PLAIN+TLS User logged in SESSIONID=<mail-1234-1>",
                HEAD + b"imaps[1234]: login: [2001:db8::7] bob@example.test plaintext+TLS User "
                b"logged in",
                HEAD + b"cyrus/pop3[1]: login: host.example.test [192.0.2.7] bob@example.test "
                b"APOP User logged in SESSIONID=<x>",
                HEAD + b"imapd[9]: login: host.example.test[192.0.2.7] bob@example.test plaintext "
                b"User logged in",
            ),
            (
                Login(AT, Service.IMAP, "192.0.2.7", BOB),
                Login(AT, Service.IMAPS, "2001:db8::7", BOB),
                Login(AT, Service.POP3, "192.0.2.7", BOB),
                Login(AT, Service.IMAP, "192.0.2.7", BOB),
            ),
        ),
        Case(
            "bad",
            (
                HEAD + b"cyrus/imap[1234]: badlogin: host.example.test [192.0.2.7] plaintext "
                b"bob@example.test SASL(-13): authentication failure: checkpass failed",
                HEAD + b"cyrus/imap[1234]: badlogin: [192.0.2.7] plaintext (bob@example.test) "
                b"[SASL(-13): user not found: checkpass failed]",
                HEAD + b'cyrus/pop3s[1]: badlogin: [192.0.2.7] plaintext b"b invalid user',
                HEAD + b"cyrus/imap[1234]: badlogin: host[192.0.2.7] CRAM-MD5 [SASL(-13): "
                b"authentication failure: incorrect digest response]",
            ),
            (
                bad(Service.IMAP, BOB),
                bad(Service.IMAP, BOB, Failure.UNKNOWN_ACCOUNT),
                bad(Service.POP3S, 'b"b', Failure.UNKNOWN_ACCOUNT),
                bad(Service.IMAP, ""),
            ),
        ),
        Case(
            "no password was wrong",
            (
                HEAD + b"cyrus/imap[1234]: badlogin: host [192.0.2.7] GSSAPI [SASL(-4): no "
                b"mechanism available: GSSAPI]",
                HEAD + b"cyrus/imap[1234]: accepted connection",
                HEAD + b"cyrus/imap[1234]: inflate deflate 7",
                HEAD + b"cyrus/lmtp[1234]: login: host [192.0.2.7] bob PLAIN User logged in",
            ),
        ),
        Case(
            "a name that looks like the line",
            (
                HEAD + b"cyrus/imap[1234]: badlogin: [192.0.2.7] plaintext x [1.2.3.4] plaintext y "
                b"SASL(-13): authentication failure: checkpass failed",
            ),
            (bad(Service.IMAP, "x [1.2.3.4] plaintext y"),),
        ),
    )

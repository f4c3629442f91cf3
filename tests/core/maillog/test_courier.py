"""Courier under its own names, Debian's and Plesk's."""

from __future__ import annotations

from core.maillog.record import Failure, Login
from core.words import Service
from tests.contract.maillog import AT, SECRET, STAMP, Case, DialectContract

HEAD = STAMP + b"mail "
BOB = "bob@example.test"


def bad(service: Service, account: str = BOB, address: str = "192.0.2.7") -> Login:
    return Login(AT, service, address, account, Failure.PASSWORD)


class TestCourier(DialectContract):
    dialect = "syslog"
    cases = (
        Case(
            "good",
            (
                HEAD + b"imapd: Connection, ip=[::ffff:192.0.2.7]",
                HEAD + b"imapd: LOGIN, user=bob@example.test, ip=[::ffff:192.0.2.7], port=[51234], "
                b"protocol=IMAP",
                HEAD + b"imapd: LOGOUT, user=bob@example.test, ip=[::ffff:192.0.2.7], headers=0, "
                b"body=0, rcvd=100, sent=524, time=3",
                HEAD + b"pop3d-ssl: LOGIN, user=bob@example.test, ip=[2001:db8::7], port=[5]",
                HEAD + b"courier-imaps[77]: LOGIN, user=bob@example.test, ip=[::ffff:192.0.2.7]",
                HEAD + b"courier-pop3d: IMAP connect from @ [192.0.2.7]INFO: LOGIN, "
                b"user=bob@example.test, ip=[::ffff:192.0.2.7]",
            ),
            (
                Login(AT, Service.IMAP, "192.0.2.7", BOB),
                Login(AT, Service.POP3S, "2001:db8::7", BOB),
                Login(AT, Service.IMAPS, "192.0.2.7", BOB),
                Login(AT, Service.POP3, "192.0.2.7", BOB),
            ),
        ),
        Case(
            "bad",
            (
                HEAD + b"imapd-ssl: LOGIN FAILED, user=bob@example.test, ip=[::ffff:192.0.2.7]",
                HEAD + b"imapd-ssl: authentication error: Input/output error",
                HEAD + b"imapd: LOGIN FAILED, method=PLAIN, ip=[::ffff:192.0.2.7], port=[12]",
                HEAD + b"pop3d: LOGIN FAILED, user=bob@example.test, ip=[::ffff::192.0.2.7]",
                HEAD + b"courier-pop3s: LOGIN FAILED, user=bob@example.test, ip=[192.0.2.7]",
            ),
            (
                bad(Service.IMAPS),
                bad(Service.IMAP, ""),
                bad(Service.POP3),
                bad(Service.POP3S),
            ),
        ),
        Case(
            "a name that looks like the line",
            (
                HEAD + b"imapd: LOGIN FAILED, user=x, ip=[1.2.3.4], port=[1], "
                b"ip=[::ffff:192.0.2.7]",
                HEAD + b'pop3d: LOGIN FAILED, user=<"; rip=1.2.3.4>, ip=[::ffff:192.0.2.7]',
            ),
            (
                bad(Service.IMAP, "x, ip=[1.2.3.4], port=[1]"),
                bad(Service.POP3, '<"; rip=1.2.3.4>'),
            ),
        ),
        Case(
            "its SMTP server writes what the client sent",
            (
                HEAD + b'courieresmtpd: error,relay=::ffff:192.0.2.7,port=4711,msg="535 '
                b'Authentication failed.",cmd: AUTH PLAIN ' + SECRET.encode(),
                HEAD + b'courieresmtpd: error,relay=::ffff:192.0.2.7,msg="535 Authentication '
                b'failed.",cmd: ' + SECRET.encode(),
                HEAD + b'courieresmtpd: error,relay=::ffff:192.0.2.7,from=<a@b>,msg="513 Relaying '
                b'denied."',
            ),
            (bad(Service.UNKNOWN, ""), bad(Service.UNKNOWN, "")),
        ),
    )

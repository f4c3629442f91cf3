"""Programs that check passwords for Postfix: saslauthd, Plesk's, and Plesk's qmail."""

from __future__ import annotations

from core.maillog.record import Failure, Login
from core.words import Service
from tests.contract.maillog import AT, STAMP, Case, DialectContract

HEAD = STAMP + b"mail "
POSTFIX = (
    HEAD + b"postfix/smtpd[7]: warning: unknown[192.0.2.7]: SASL LOGIN authentication failed: "
)


def told(account: str, failure: Failure = Failure.PASSWORD, address: str = "192.0.2.7") -> Login:
    return Login(AT, Service.SMTP, address, account, failure)


def alone(account: str, failure: Failure = Failure.PASSWORD) -> Login:
    return Login(AT, Service.UNKNOWN, "", account, failure)


def plesk(text: bytes) -> bytes:
    return HEAD + b"plesk_saslauthd[11166]: " + text


class TestSaslauthd(DialectContract):
    dialect = "syslog"
    cases = (
        Case(
            "Plesk: account, reason and address are in three lines",
            (
                plesk(b"No such user 'nobody@example.test' in mail authorization database"),
                plesk(
                    b"failed mail authentication attempt for user 'nobody@example.test' "
                    b"(password len=10)"
                ),
                POSTFIX + b"authentication failure",
                plesk(
                    b"failed mail authentication attempt for user 'bob@example.test' "
                    b"(password len=8)"
                ),
                POSTFIX + b"authentication failure, sasl_username=bob@example.test",
                plesk(b"listen=6, status=5, dbpath='/plesk/passwd.db', keypath='/plesk/passwd_db'"),
                plesk(b"Invalid mail address 'x'"),
            ),
            (
                told("nobody@example.test", Failure.UNKNOWN_ACCOUNT),
                told("bob@example.test"),
            ),
        ),
        Case(
            "saslauthd: realm, broken databases, other services",
            (
                HEAD + b"saslauthd[5227]: (pam_unix) authentication failure; logname= uid=0 euid=0 "
                b"tty= ruser= rhost=  user=bob",
                HEAD + b"saslauthd[5227]: DEBUG: auth_pam: pam_authenticate failed: "
                b"Authentication failure",
                HEAD + b"saslauthd[5227]: do_auth         : auth failure: [user=bob] "
                b"[service=smtp] [realm=example.test] [mech=pam] [reason=PAM auth error]",
                POSTFIX + b"authentication failure",
                HEAD + b"saslauthd[4429]:                 : auth failure: [user=ann@example.test] "
                b"[service=smtp] [realm=example.test] [mech=sasldb] [reason=Unknown]",
                POSTFIX + b"authentication failure",
                HEAD + b"saslauthd[5227]: do_auth         : auth failure: [user=bob] "
                b"[service=imap] [realm=] [mech=pam] [reason=PAM auth error]",
                HEAD + b"saslauthd[5227]: do_auth         : auth failure: [user=bob] "
                b"[service=smtp] [realm=] [mech=shadow] [reason=Username shadow lookup failure: "
                b"Permission denied]",
                HEAD + b"saslauthd[5227]: do_auth         : auth failure: [user=bob] "
                b"[service=smtp] [realm=] [mech=rimap] [reason=remote server unavailable]",
            ),
            (
                told("bob@example.test"),
                told("ann@example.test", Failure.UNKNOWN_ACCOUNT),
            ),
        ),
        Case(
            "nobody tells the address: told with the next",
            tuple(
                HEAD + b"saslauthd[1]: do_auth         : auth failure: [user=%s] [service=smtp] "
                b"[realm=] [mech=pam] [reason=PAM auth error]" % user
                for user in (b"a", b"b", b"c] [service=imap")
            ),
            (alone("a"), alone("b")),
        ),
        Case(
            "Plesk's qmail",
            (
                HEAD + b"smtp_auth[77]: SMTP connect from unknown@unknown [192.0.2.7]",
                HEAD + b"smtp_auth[77]: smtp_auth: FAILED: bob@example.test - password incorrect "
                b"from unknown@unknown [192.0.2.7]",
                HEAD + b"smtp_auth[77]: SMTP user bob@example.test : logged in from "
                b"unknown@unknown [192.0.2.7]",
            ),
            (
                Login(AT, Service.UNKNOWN, "192.0.2.7", "bob@example.test", Failure.PASSWORD),
                Login(AT, Service.UNKNOWN, "192.0.2.7", "bob@example.test"),
            ),
        ),
    )

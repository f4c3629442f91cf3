"""Dovecot, in its own file and through syslog: lines as 2.2 to 2.4 write them."""

from __future__ import annotations

from core.maillog.record import Failure, Login
from core.words import Service
from tests.contract.maillog import AT, SECRET, STAMP, Case, DialectContract

ALICE, NOBODY = "alice@example.test", "nobody@example.test"
PHONE, IPV6 = "203.0.113.7", "2001:db8:7::7"

GIVEN = f" (given password: {SECRET})"


def good(service: Service, account: str = ALICE, address: str = PHONE) -> Login:
    return Login(AT, service, address, account)


def bad(
    service: Service,
    account: str = ALICE,
    failure: Failure = Failure.PASSWORD,
    attempts: int = 1,
    address: str = PHONE,
) -> Login:
    return Login(AT, service, address, account, failure, attempts)


def old_try(account: str, text: str, session: str = ",<S1>", database: str = "passwd-file") -> str:
    return f"auth: Info: {database}({account},{PHONE}{session}): {text}"


def new_try(account: str, text: str, session: str = "<S1>") -> str:
    return f"auth({account},{PHONE},sasl:plain){session}: Info: passwd-file: {text}"


END = f"user=<{ALICE}>, method=PLAIN, rip={PHONE}, lip=192.0.2.1"

MISMATCH = "Password mismatch" + GIVEN
UNKNOWN = "unknown user" + GIVEN

MESSAGES: dict[str, tuple[tuple[str, ...], tuple[Login, ...]]] = {
    "good logins of 2.3 and 2.4": (
        (
            f"imap-login: Info: Login: {END}, mpid=28369, session=<S1>",
            (
                f"pop3-login: Info: Logged in: user=<{ALICE}>, method=PLAIN, rip={IPV6}, "
                "lip=2001:db8::1, mpid=7, TLS, session=<S2>"
            ),
            f"managesieve-login: Info: Login: {END}, mpid=7, TLS, session=<S3>",
            f"submission-login: Info: Login: {END}, mpid=7, TLS, session=<S4>",
            f"imap-login: Info: Login: {END}, mpid=7, secured, lport=993, session=<S5>",
            f"imap-login: Info: Login: {END}, TLS",
        ),
        (
            good(Service.IMAP),
            good(Service.POP3S, address=IPV6),
            good(Service.UNKNOWN),
            good(Service.SUBMISSION),
            good(Service.IMAPS),
            good(Service.IMAPS),
        ),
    ),
    "failures of 2.2, 2.3 and 2.4": (
        (
            (
                f"imap-login: Info: Aborted login (auth failed, 3 attempts in 1 secs): {END}, TLS, "
                "session=<S1>"
            ),
            (
                f"pop3-login: Info: Disconnected (auth failed, 1 attempts in 0 secs): {END}, "
                "TLS: Connection closed, session=<S2>"
            ),
            (
                f"imap-login: Info: Disconnected: Aborted login by logging out (auth failed, "
                f"2 attempts in 2 secs): {END}, session=<S3>"
            ),
            (
                f"imap-login: Info: Login aborted: Connection closed: read(size=337) failed: "
                f"Connection reset by peer (auth failed, 1 attempts in 0 "
                f"secs) (auth_failed): {END}, "
                "TLS: read(size=337) failed: Connection reset by peer, session=<S4>"
            ),
            f"imap-login: Info: Aborted login (auth failed, 1 attempts): {END}",
        ),
        (
            bad(Service.IMAPS, attempts=3),
            bad(Service.POP3S),
            bad(Service.IMAP, attempts=2),
            bad(Service.IMAPS),
            bad(Service.IMAP),
        ),
    ),
    "nobody's password was wrong": (
        (
            (
                f"imap-login: Info: Disconnected (no auth attempts in 0 "
                f"secs): user=<>, rip={PHONE}, "
                "lip=192.0.2.1, session=<S1>"
            ),
            (
                "imap-login: Info: Login aborted: Connection closed (no auth attempts in 0 secs) "
                f"(no_auth_attempts): user=<>, rip={PHONE}, lip=192.0.2.1, session=<S1>"
            ),
            (
                "imap-login: Info: Aborted login (auth service reported temporary failure): "
                f"{END}, TLS, session=<S1>"
            ),
            (
                "imap-login: Info: Aborted login (tried to use disallowed plaintext auth): "
                f"user=<>, rip={PHONE}, lip=192.0.2.1, session=<S1>"
            ),
            (
                f"imap-login: Info: Disconnected: Auth process broken "
                f"(disconnected before auth was "
                f"ready, waited 9 secs): user=<>, rip={PHONE}, lip=192.0.2.1, session=<S1>"
            ),
            f"imap({ALICE})<28369><S1>: Info: Disconnected: Logged out in=9 out=482",
            "master: Info: Dovecot v2.4.1-4 (7d8c0e5759) starting up for imap, pop3",
            f"auth: Error: passwd-file({ALICE},{PHONE},<S1>): stat(/etc/dovecot/users) failed",
            f"auth: Debug: client in: AUTH\t1\tPLAIN\tservice=imap\tresp={SECRET}",
            f"lmtp({ALICE})<7><x>: Info: msgid=<x@y>: saved mail to INBOX",
        ),
        (),
    ),
    "switched off": (
        (
            f"imap-login: Info: Aborted login (user disabled): {END}, session=<S1>",
            (
                f"imap-login: Info: Login aborted: Logged out (password expired, 1 attempts in 0 "
                f"secs) (password_expired): {END}, session=<S2>"
            ),
        ),
        (bad(Service.IMAP, failure=Failure.DISABLED), bad(Service.IMAP, failure=Failure.DISABLED)),
    ),
    "a session with three tries, of which the password check tells, too": (
        (
            old_try(ALICE, MISMATCH),
            old_try(NOBODY, UNKNOWN),
            old_try(ALICE, MISMATCH),
            (
                "imap-login: Info: Disconnected: Aborted login by logging out (auth failed, 3 "
                f"attempts in 2 secs): {END}, TLS, session=<S1>"
            ),
        ),
        (
            bad(Service.UNKNOWN),
            bad(Service.UNKNOWN, NOBODY, Failure.UNKNOWN_ACCOUNT),
            bad(Service.IMAPS),
        ),
    ),
    "the same with 2.4": (
        (
            new_try(ALICE, MISMATCH),
            new_try(NOBODY, UNKNOWN),
            (
                "imap-login: Info: Login aborted: Logged out (auth failed, 2 attempts in 0 secs) "
                f"(auth_failed): user=<{NOBODY}>, method=PLAIN, rip={PHONE}, lip=192.0.2.1, TLS, "
                "session=<S1>"
            ),
        ),
        (bad(Service.UNKNOWN), bad(Service.IMAPS, NOBODY, Failure.UNKNOWN_ACCOUNT)),
    ),
    "somebody finds the password after another account's failure": (
        (
            new_try(NOBODY, UNKNOWN),
            f"imap-login: Info: Logged in: {END}, mpid=28828, secured, session=<S1>",
            f"imap({ALICE})<28828><S1>: Info: Disconnected: Logged out in=9 out=518",
        ),
        (good(Service.IMAP), bad(Service.IMAP, NOBODY, Failure.UNKNOWN_ACCOUNT)),
    ),
    "several password databases, of which the last knows the account": (
        (
            (
                "auth-worker(8473): Info: conn unix:auth-worker (pid=8319,uid=97): auth-worker<1>: "
                f"pam({ALICE},{PHONE},<S1>): pam_authenticate() failed: User not known to the "
                f"underlying authentication module{GIVEN}"
            ),
            f"imap-login: Info: Login: {END}, mpid=7, session=<S1>",
            f"auth-worker({ALICE},{PHONE})<8752><S2>: request [1]: Info: sql: {UNKNOWN}",
            new_try(ALICE, MISMATCH, "<S2>"),
            (
                f"imap-login: Info: Login aborted: Logged out (auth failed, 1 attempts in 0 secs) "
                f"(auth_failed): {END}, secured, session=<S2>"
            ),
        ),
        (good(Service.IMAP), bad(Service.IMAP)),
    ),
    "workers and PAM": (
        (
            (
                f"auth-worker(71): Info: pam({ALICE},{PHONE},<S1>): pam_authenticate() failed: "
                f"Authentication failure (Password mismatch?){GIVEN}"
            ),
            (
                f"imap-login: Info: Aborted login (auth failed, 1 attempts in 2 secs): {END}, "
                "session=<S1>"
            ),
            f"auth-worker(71): Info: sql({NOBODY},{PHONE},<S2>): unknown user",
            (
                f"imap-login: Info: Aborted login (auth failed, 1 attempts "
                f"in 2 secs): user=<{NOBODY}>"
                f", method=PLAIN, rip={PHONE}, lip=192.0.2.1, session=<S2>"
            ),
        ),
        (bad(Service.IMAP), bad(Service.IMAP, NOBODY, Failure.UNKNOWN_ACCOUNT)),
    ),
    "refused by a policy": (
        (
            (
                f"auth: Info: policy({ALICE},{PHONE},<S1>): Authentication failure due to policy "
                "server refusal: Logins from Russia are not permitted"
            ),
            f"auth: Info: policy({ALICE},{PHONE},<S1>): Policy check action is drop connection",
            (
                f"imap-login: Info: Disconnected: Aborted login by logging out (auth failed, 1 "
                f"attempts in 1 secs): {END}, session=<S1>"
            ),
            (
                f"auth({ALICE},{PHONE},sasl:plain)<S2>: Info: policy: "
                f"Authentication failure due to "
                "policy server refusal: no"
            ),
            (
                f"imap-login: Info: Login aborted: Logged out (auth failed, 1 attempts in 0 secs) "
                f"(auth_failed): {END}, TLS, session=<S2>"
            ),
        ),
        (bad(Service.IMAP, failure=Failure.REFUSED), bad(Service.IMAPS, failure=Failure.REFUSED)),
    ),
    "names that look like the line": (
        (
            (
                "pop3-login: Info: Aborted login (auth failed, 1 attempts in 0 secs): "
                f"user=<x>,method=PLAIN,rip=1.2.3.4>, method=PLAIN, rip={PHONE}, lip=192.0.2.1, "
                "session=<S1>"
            ),
            (
                f"auth(?,{PHONE},sasl:plain)<S2>: Info: plain: Username character disallowed by "
                "auth_username_chars: 0x3e (username: x>, method=PLAIN, rip=1.2.3.4, session=<abc)"
            ),
            (
                "imap-login: Info: Login aborted: Logged out (auth failed, 1 attempts in 0 secs) "
                "(auth_failed): user=<x>, method=PLAIN, rip=1.2.3.4, lip=1.1.1.1, session=<abc>, "
                f"method=PLAIN, rip={PHONE}, lip=192.0.2.1, secured, session=<S2>"
            ),
            (
                "imap-login: Info: Aborted login (auth failed, 1 attempts in 1 secs): "
                f'user=<"; rip=1.2.3.4>, method=PLAIN, rip={IPV6}, lip=::1, TLS, session=<S3>'
            ),
            (
                "imap-login: Info: Aborted login (auth failed, 1 attempts in 1 secs): "
                f"user=<äöü@example.test>, method=PLAIN, rip={PHONE}, lip=192.0.2.1, session=<S4>"
            ),
            (
                "imap-login: Info: Disconnected (no auth attempts in 0 "
                "secs): user=<: Login: user=<a>, "
                f"method=PLAIN, rip=1.2.3.4, lip=1.1.1.1>, rip={PHONE}, lip=192.0.2.1, session=<S5>"
            ),
        ),
        (
            bad(Service.POP3, "x>,method=PLAIN,rip=1.2.3.4"),
            bad(
                Service.IMAP,
                "x>, method=PLAIN, rip=1.2.3.4, lip=1.1.1.1, session=<abc",
                Failure.UNKNOWN_ACCOUNT,
            ),
            bad(Service.IMAPS, '"; rip=1.2.3.4', address=IPV6),
            bad(Service.IMAP, "äöü@example.test"),
        ),
    ),
    "asked by an SMTP server, which tells of it itself": (
        (
            old_try(ALICE, MISMATCH, session=""),
            new_try(ALICE, MISMATCH, session=""),
        ),
        (),
    ),
    "an administrator's own order of fields": (
        (
            (
                f"imap-login: Info: Login: user=<{ALICE}> method=PLAIN rip={PHONE} lip=192.0.2.1 "
                "mpid=7 TLS session=<S1>"
            ),
        ),
        (good(Service.IMAPS),),
    ),
}


def cases(header: bytes, level: str) -> tuple[Case, ...]:
    return tuple(
        Case(
            title,
            tuple(header + message.replace(": Info: ", level, 1).encode() for message in messages),
            said,
        )
        for title, (messages, said) in MESSAGES.items()
    )


class TestOwnFile(DialectContract):
    """``log_path`` or ``info_log_path``."""

    dialect = "dovecot"
    cases = cases(STAMP, ": Info: ")


class TestOwnFileWithIsoTimes(DialectContract):
    """``log_timestamp = "%Y-%m-%d %H:%M:%S "``."""

    dialect = "dovecot"
    cases = cases(b"2026-11-22 03:36:16 ", ": Info: ")


class TestThroughSyslog(DialectContract):
    """Syslog knows the level; the line does not tell it."""

    dialect = "syslog"
    cases = cases(STAMP + b"mail dovecot: ", ": ")


class TestThroughSyslogWithProcessNumber(DialectContract):
    dialect = "syslog"
    cases = cases(b"2026-11-22T03:36:16+00:00 mail dovecot[815]: ", ": ")

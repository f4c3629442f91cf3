"""MailEnable's activity logs, as 9.76 writes them."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given

from core.maillog.mailenable import ActivityReader, plain
from core.maillog.record import Delivery, Failure, Login, Mail, Outcome, Record
from core.words import Service
from tests.contract.maillog import AT, Case, DialectContract, read
from tests.core.maillog.fuzz import MARK, passwords, read_all

TIME = b"11/22/26 03:36:16"
FILE = b"3206F29A9FCF4603AEB18DBD70323813.MAI"
CLIENT = b"203.0.113.5"
SECRET = base64.b64encode(b"hunter2")


def row(
    agent: bytes,
    verb: bytes,
    detail: bytes,
    response: bytes,
    user: bytes = b"",
    last: bytes = b"",
    *,
    socket: bytes = b"1492",
    client: bytes = CLIENT,
) -> bytes:
    """One row of twelve columns."""
    columns = (TIME, agent, FILE, socket, client, verb, detail, response, b"43", b"22", user, last)
    return b"\t".join(columns)


def smtp(verb: bytes, detail: bytes, response: bytes, user: bytes = b"", **more: bytes) -> bytes:
    """A row of somebody who talks to the SMTP server."""
    return row(b"SMTP-IN", verb, detail, response, user, **more)


def login(
    failure: Failure | None, account: str = "bob@a.test", service: Service = Service.UNKNOWN
) -> Login:
    """At `AT`."""
    return Login(AT, service, "203.0.113.5", account, failure)


def mail(recipients: int, refused: str = "") -> Mail:
    """At `AT`."""
    account = "bob@a.test"
    return Mail(AT, Service.UNKNOWN, "203.0.113.5", account, FILE.decode(), recipients, refused)


GREETING = smtp(b"", b"", b"220 mail.example.test ESMTP MailEnable Service")
GOOD = smtp(b"AUTH", b"{blank}", b"235 Authenticated", b"bob@a.test")
BAD = b"535 Invalid Username or Password"
OK = b"250 Requested mail action okay, completed"
MAIL = smtp(b"MAIL", b"MAIL FROM:<bob@a.test> SIZE=1445", OK)
RCPT = smtp(b"RCPT", b"RCPT TO:<ann@b.test>", OK)
DATA = smtp(b"DATA", b"DATA", b"354 Start mail input; end with <CRLF>.<CRLF>")
P, O3 = Failure.PASSWORD, Failure.OTHER


def imap(verb: bytes, detail: bytes, response: bytes, office: bytes, box: bytes) -> bytes:
    """A row of somebody who talks to the IMAP server."""
    return row(b"IMAP-IN", verb, detail, response, office, box)


def sent(detail: bytes, response: bytes) -> bytes:
    """A row of this server talking to another one."""
    return row(b"SMTP-OU", b"RCPT", detail, response, b"", b"Subject\xe9", client=b"192.0.2.5")


def fate(outcome: Outcome, status: str = "") -> tuple[Record, ...]:
    """What became of a mail to Ann."""
    return (Delivery(AT, FILE.decode(), "ann@b.test", outcome, status),)


CASES = (
    Case("file opened", (b"[11/22/26 03:36:16]****************** LOG FILE STARTED *******",)),
    Case("from outside", (GREETING, MAIL, RCPT, DATA)),
    Case("refused at once", (smtp(b"", b"", b"530 mail.example.test denied access at 11/22/26"),)),
    Case("good login", (GOOD,), (login(None),)),
    Case(
        "the password is where it was typed",
        (smtp(b"AUTH", SECRET, BAD, b"bob@a.test"),),
        (login(P),),
    ),
    Case("nobody named", (smtp(b"AUTH", SECRET, BAD),), (login(P, ""),)),
    Case(
        "AUTH PLAIN in one line",
        (smtp(b"AUTH", b"AUTH PLAIN " + base64.b64encode(b"\0bob@a.test\0hunter2"), BAD),),
        (login(P),),
    ),
    Case(
        "AUTH PLAIN that is none",
        (smtp(b"AUTH", b"AUTH PLAIN " + base64.b64encode(b"hunter2hunter2"), BAD),),
        (login(P, ""),),
    ),
    Case("login goes on", (smtp(b"AUTH", b"AUTH LOGIN", b"334 VXNlcm5hbWU6"),)),
    Case(
        "login is off", (smtp(b"AUTH", b"AUTH LOGIN", b"500 Syntax error, command unrecognized."),)
    ),
    Case("mail after a login", (GOOD, MAIL, RCPT, RCPT, DATA), (login(None), mail(2))),
    Case(
        "two mails, and recipients of the first do not count twice",
        (GOOD, MAIL, RCPT, RCPT, DATA, MAIL, RCPT, DATA),
        (login(None), mail(2), mail(1)),
    ),
    Case(
        "recipient refused",
        (
            GOOD,
            MAIL,
            smtp(b"RCPT", b"RCPT TO:<x@a.test>", b"550 Requested action not taken"),
            RCPT,
            DATA,
        ),
        (login(None), mail(1, "550 Requested action not taken"), mail(1)),
    ),
    Case(
        "user in every row",
        (smtp(b"MAIL", b"x", OK, b"bob@a.test"), smtp(b"DATA", b"DATA", b"354 x", b"bob@a.test")),
        (mail(0),),
    ),
    Case("a new client has the socket", (GOOD, GREETING, MAIL, RCPT, DATA), (login(None),)),
    Case("after QUIT", (GOOD, smtp(b"QUIT", b"QUIT", b"221 bye"), MAIL, DATA), (login(None),)),
    Case(
        "another socket is another session",
        (GOOD, smtp(b"DATA", b"DATA", b"354 x", socket=b"1500")),
        (login(None),),
    ),
    Case(
        "delivered",
        (sent(b"RCPT TO:<ann@b.test>", b"250 2.1.5 OK"),),
        fate(Outcome.DELIVERED, "2.1.5"),
    ),
    Case(
        "put off",
        (sent(b"RCPT TO:<ann@b.test>", b"450 4.3.2 later"),),
        fate(Outcome.DEFERRED, "4.3.2"),
    ),
    Case("refused there", (sent(b"RCPT TO:<ann@b.test>", b"552 no"),), fate(Outcome.FAILED)),
    Case("other rows of a delivery", (row(b"SMTP-OU", b"CONN", b"", b"220 mx"),)),
    Case(
        "imap, password hidden",
        (
            imap(
                b"LOGIN",
                b'LOGIN "bob@a.test" "********"',
                b"2 OK LOGIN completed",
                b"a.test",
                b"bob",
            ),
        ),
        (login(None, service=Service.IMAP),),
    ),
    Case(
        "imap, password in clear",
        (
            imap(
                b"LOGIN",
                b"LOGIN bob hunter2",
                b"yq1j NO LOGIN Failed Invalid username or password",
                b"",
                b"",
            ),
        ),
        (login(P, "bob", Service.IMAP),),
    ),
    Case(
        "imap, name in quotes with a quote",
        (
            imap(
                b"LOGIN",
                rb'login "b\"o b" "hunter2"',
                b"2 NO LOGIN Invalid username or password",
                b"",
                b"",
            ),
        ),
        (login(P, 'b"o b', Service.IMAP),),
    ),
    Case(
        "imap, name as a literal",
        (imap(b"LOGIN", b"LOGIN {3}", b"2 OK LOGIN completed", b"a.test", b"bob"),),
        (login(None, service=Service.IMAP),),
    ),
    Case(
        "imap, AUTHENTICATE",
        (
            imap(
                b"AUTHENTICATE",
                b"AUTHENTICATE LOGIN",
                b"2 OK AUTHENTICATE completed",
                b"a.test",
                b"bob",
            ),
        ),
        (login(None, service=Service.IMAP),),
    ),
    Case(
        "imap, another refusal",
        (imap(b"LOGIN", b"LOGIN bob hunter2", b"2 NO service is off", b"", b""),),
        (login(O3, "bob", Service.IMAP),),
    ),
    Case("imap, not understood", (imap(b"LOGIN", b"LOGIN", b"2 BAD arguments", b"", b""),)),
    Case(
        "imap, after the login",
        (imap(b"NOOP", b"NOOP", b"4 OK NOOP completed", b"a.test", b"bob"),),
    ),
    Case(
        "pop, wrong password",
        (
            row(b"POP-IN", b"USER", b"USER bob@a.test", b"+OK"),
            row(b"POP-IN", b"PASS", b"PASS hunter2", b"-ERR Unable to log on"),
        ),
        (login(P, service=Service.POP3),),
    ),
    Case(
        "pop, right password",
        (
            row(b"POP-IN", b"USER", b"USER bob@a.test", b"+OK"),
            row(b"POP-IN", b"PASS", b"PASS hunter2", b"+OK 1 message", b"a.test", b"bob"),
        ),
        (login(None, service=Service.POP3),),
    ),
    Case(
        "pop, mailbox in use",
        (row(b"POP-IN", b"PASS", b"PASS hunter2", b"-ERR mailbox in use", b"a.test", b"bob"),),
        (login(O3, service=Service.POP3),),
    ),
    Case(
        "pop, APOP",
        (row(b"POP-IN", b"APOP", b"APOP bob@a.test c4c9334bac560ecc979e58001b3e22fb", b"+OK"),),
        (login(None, service=Service.POP3),),
    ),
    Case(
        "name in a Windows code page",
        (smtp(b"AUTH", SECRET, BAD, b"j\xf6rg@a.test"),),
        (login(P, "jörg@a.test"),),
    ),
    Case("not twelve columns", (GOOD + b"\tx", b"\t".join(GOOD.split(b"\t")[:11]))),
    Case("no address", (smtp(b"AUTH", SECRET, BAD, client=b"unknown"),)),
    Case("no time", (GOOD.replace(TIME, b"13/32/26 03:36:16"), GOOD.replace(TIME, b""))),
)


class TestContract(DialectContract):
    dialect = "mailenable"
    cases = CASES


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
    ],
)
def test_files_of_any_encoding(encoding: str, mark: bytes) -> None:
    """A follower splits at line feeds, whatever the encoding: so half of one is left over."""
    text = "".join(f"{line.decode()}\r\n" for line in (GREETING, GOOD, MAIL, DATA))
    raw = mark + text.encode(encoding)
    assert read("mailenable", raw.split(b"\n")) == [login(None), mail(0)]


def test_plain_takes_off_what_is_not_text() -> None:
    assert plain("a\tb\r\n".encode("utf-16")) == b"a\tb"


@given(passwords())
def test_passwords_are_dropped(password: bytes) -> None:
    """Feature D9: in base64 or in clear, in quotes or not, right or wrong."""
    coded = base64.b64encode(password)
    quoted = b'"' + password.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    no = b"2 NO LOGIN Failed Invalid username or password"
    lines = [
        smtp(b"AUTH", coded, BAD),
        smtp(b"AUTH", b"AUTH PLAIN " + base64.b64encode(b"\0bob\0" + password), BAD),
        smtp(b"AUTH", b"AUTH PLAIN " + coded, BAD),
        imap(b"LOGIN", b"LOGIN bob " + password, no, b"", b""),
        imap(b"LOGIN", b'LOGIN "bob" ' + quoted, no, b"", b""),
        imap(b"AUTHENTICATE", b"AUTHENTICATE PLAIN " + coded, no, b"", b""),
        row(b"POP-IN", b"USER", b"USER bob", b"+OK"),
        row(b"POP-IN", b"PASS", b"PASS " + password, b"-ERR Unable to log on"),
    ]
    records = read_all(ActivityReader, lines)
    assert MARK not in repr(records)
    names = [record.account for record in records if isinstance(record, Login)]
    assert set(names) <= {"bob", ""}
    assert names[3:5] == ["bob", "bob"]

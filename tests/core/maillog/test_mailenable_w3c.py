"""MailEnable's W3C logs; `#Fields:` may come anywhere, in any order."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given

from core.maillog.dialects import detect
from core.maillog.mailenable_w3c import W3cReader
from core.maillog.record import Failure, Login, Mail
from core.words import Service
from tests.contract.maillog import AT, Case, DialectContract, read
from tests.core.maillog.fuzz import MARK, passwords, read_all

REMARKS = (
    b"#Software: MailEnable",
    b"#Version: 1.0",
    b"#Date: 2026-11-22 00:00:00",
)
IMAP = (
    b"#Fields: date time c-ip agent account cs-username s-ip s-port cs-method cs-uristem "
    b"cs-uriquery s-computername sc-bytes cs-bytes time-taken"
)
SMTP = (
    b"#Fields: date time c-ip agent account s-ip s-port cs-method cs-uristem cs-uriquery "
    b"s-computername sc-bytes cs-bytes cs-username"
)
MIXED = b"#Fields: c-ip cs-username cs-uriquery cs-method time date agent s-port cs-uristem"

START = b"2026-11-22 03:36:16 203.0.113.5 "


def smtp(said: bytes, user: bytes = b"bob@a.test", *, port: bytes = b"1076") -> bytes:
    """A row of the SMTP server's log; said: method, stem, query."""
    return START + b"SMTP-IN a.test 192.0.2.1 " + port + b" " + said + b" BLANK 34 22 " + user


def imap(said: bytes, office: bytes = b"-", user: bytes = b"-", port: bytes = b"993") -> bytes:
    """A row of the IMAP server's log."""
    where = b" ".join((office, user, b"192.0.2.1", port))
    return START + b"IMAP-IN " + where + b" " + said + b" BLANK 25 54 0"


def pop(said: bytes, user: bytes = b"-") -> bytes:
    """A row of the POP server's log."""
    return START + b"POP-IN - 192.0.2.1 1080 " + said + b" BLANK 25 54 0 " + user


def login(
    failure: Failure | None, account: str = "bob@a.test", service: Service = Service.UNKNOWN
) -> Login:
    """At `AT`."""
    return Login(AT, service, "203.0.113.5", account, failure)


SECRET = base64.b64encode(b"hunter2")
BAD = b"AUTH " + SECRET + b" 535+Invalid+Username+or+Password"
GOOD = b"AUTH {blank} 235+Authenticated"
NO = b"2+NO+LOGIN+Failed+Invalid+username+or+password"
P = Failure.PASSWORD
SENT = (
    smtp(GOOD),
    smtp(b"MAIL MAIL+FROM:<bob@a.test> 250+Requested+mail+action+okay"),
    smtp(b"RCPT RCPT+TO:<ann@b.test> 250+Requested+mail+action+okay"),
    smtp(b"DATA DATA 354+Start+mail+input"),
)


class TestContract(DialectContract):
    dialect = "mailenable-w3c"
    cases = (
        Case("remarks", (*REMARKS, IMAP)),
        Case("smtp, wrong password", (*REMARKS, SMTP, smtp(BAD)), (login(P),)),
        Case(
            "smtp, right password and a mail",
            (SMTP, *SENT),
            (login(None), Mail(AT, Service.UNKNOWN, "203.0.113.5", "bob@a.test", "", 1)),
        ),
        Case(
            "the server's port, where it is told",
            (SMTP, smtp(BAD, port=b"587")),
            (login(P, service=Service.SUBMISSION),),
        ),
        Case("greeting", (SMTP, smtp(b"- - 220+mail.example.test", b"-"))),
        Case("user without a domain", (SMTP, smtp(BAD, b"bob")), (login(P),)),
        Case(
            "imap",
            (IMAP, imap(b'LOGIN LOGIN+"bob@a.test"+"********" yq1j+OK+LOGIN+completed')),
            (login(None, service=Service.IMAPS),),
        ),
        Case(
            "imap, password in clear",
            (IMAP, imap(b"LOGIN LOGIN+bob+hunter2 " + NO)),
            (login(P, "bob", Service.IMAPS),),
        ),
        Case(
            "imap, a plus in the password",
            (IMAP, imap(b"LOGIN LOGIN+bob@a.test+hunter2+x " + NO)),
            (login(P, service=Service.IMAPS),),
        ),
        Case(
            "imap, who of them is not certain",
            (IMAP, imap(b"LOGIN LOGIN+bob+x@a.test+hunter2 " + NO)),
            (login(P, "", Service.IMAPS),),
        ),
        Case(
            "imap, a plus in the name",
            (IMAP, imap(b'LOGIN LOGIN+"bob+x@a.test"+"hunter2" ' + NO)),
            (login(P, "bob+x@a.test", Service.IMAPS),),
        ),
        Case(
            "imap, AUTHENTICATE",
            (
                IMAP,
                imap(
                    b"AUTHENTICATE AUTHENTICATE+LOGIN 2+OK+AUTHENTICATE+completed",
                    b"a.test",
                    b"bob",
                    b"1080",
                ),
            ),
            (login(None, service=Service.IMAP),),
        ),
        Case(
            "pop, before any #Fields",
            (
                pop(b"USER USER+bob@a.test +OK"),
                pop(b"PASS PASS+hunter2 -ERR+Unable+to+log+on"),
            ),
            (login(P, service=Service.POP3),),
        ),
        Case("imap, before any #Fields", (imap(b"LOGIN LOGIN+bob+x " + NO),),
             (login(P, "bob", Service.IMAPS),)),
        Case("smtp, before any #Fields", (smtp(BAD),), (login(P),)),
        Case(
            "other fields in mid file",
            (
                SMTP,
                smtp(BAD),
                MIXED,
                b"203.0.113.5 bob@a.test 535+Invalid AUTH 03:36:16 2026-11-22 SMTP-IN 465 - ",
                b"203.0.113.5 bob@a.test 535+Invalid AUTH 03:36:16 2026-11-22 SMTP-IN 465 -",
                smtp(BAD),
            ),
            (login(P), login(P, service=Service.SMTPS)),
        ),
        Case("fields that do not tell who", (b"#Fields: date time agent", b"2026-11-22 1 SMTP-IN")),
        Case("no fields at all", (b"#Fields:", b"-", b" ")),
        Case("cut off", (SMTP, smtp(BAD)[:-12], smtp(BAD)), (login(P),)),
    )  # fmt: skip


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
    text = "".join(f"{line.decode()}\r\n" for line in (*REMARKS, SMTP, smtp(BAD)))
    lines = (mark + text.encode(encoding)).split(b"\n")
    assert read("mailenable-w3c", lines) == [login(P)]
    assert detect(line for line in lines if line.strip(b"\0")) == "mailenable-w3c"


def test_more_fields_than_there_can_be_are_not_kept() -> None:
    fields = b"#Fields: " + b"x " * 10_000
    assert read("mailenable-w3c", [fields, b" ".join([b"y"] * 10_000), smtp(BAD)]) == []


@given(passwords())
def test_passwords_are_dropped(password: bytes) -> None:
    """Feature D9: blanks are written as `+`, and a `+` that was typed looks the same."""
    written = password.replace(b" ", b"+")
    lines = [
        smtp(b"AUTH " + base64.b64encode(password) + b" 535+Invalid+Username+or+Password"),
        imap(b"LOGIN LOGIN+bob+" + written + b" " + NO),
        imap(b"LOGIN LOGIN+bob@a.test+" + written + b" " + NO),
        imap(b'LOGIN LOGIN+"bob"+"' + written.replace(b'"', b'\\"') + b'" ' + NO),
        pop(b"USER USER+bob +OK"),
        pop(b"PASS PASS+" + written + b" -ERR+Unable+to+log+on"),
    ]
    records = read_all(W3cReader, lines)
    assert MARK not in repr(records)
    accounts = {record.account for record in records if isinstance(record, Login)}
    assert accounts <= {"bob", "bob@a.test", ""}

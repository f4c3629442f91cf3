"""vpopmail's lines, as vchkpw.c forms them."""

from __future__ import annotations

import pytest
from hypothesis import given

from core.maillog.calendar import Calendar
from core.maillog.record import Failure, Login
from core.maillog.syslog import SyslogReader
from core.maillog.vpopmail import family, read
from core.words import Service
from tests.contract.maillog import AT, STAMP
from tests.core.maillog.fuzz import MARK, calendar, passwords, read_all

P, U, D, X = Failure.PASSWORD, Failure.UNKNOWN_ACCOUNT, Failure.DISABLED, Failure.OTHER

LINES = [
    ("smtp: password fail bob@a.test:203.0.113.5", Service.SMTP, "bob@a.test", P),
    ("smtps: password fail bob@a.test:203.0.113.5", Service.SMTPS, "bob@a.test", P),
    (
        "submission: (PLAIN) login success bob@a.test:203.0.113.5",
        Service.SUBMISSION,
        "bob@a.test",
        None,
    ),
    ("smtp: (CRAM-MD5) login success bob@a.test:203.0.113.5", Service.SMTP, "bob@a.test", None),
    ("pop3: system password login success bob:203.0.113.5", Service.POP3, "bob", None),
    ("pop3: vpopmail user not found bob@a.test:203.0.113.5", Service.POP3, "bob@a.test", U),
    ("pop3s: system user not found bob:203.0.113.5", Service.POP3S, "bob", U),
    ("imap: password fail (pass: 'hunter2') bob@a.test:203.0.113.5", Service.IMAP, "bob@a.test", P),
    ("imaps: system password fail (pass: 'hunter2') bob:203.0.113.5", Service.IMAPS, "bob", P),
    ("587: null password given bob@a.test:203.0.113.5", Service.SUBMISSION, "bob@a.test", P),
    ("2525: null user name given :203.0.113.5", Service.UNKNOWN, "", U),
    ("webmail: webmail access denied bob@a.test:203.0.113.5", Service.UNKNOWN, "bob@a.test", D),
    ("smtp: smtp access denied bob@a.test:203.0.113.5", Service.SMTP, "bob@a.test", D),
    ("smtp: invalid user/domain characters b o:192.0.2.9:203.0.113.5", Service.SMTP, "", X),
    (
        "smtp: password fail (pass: 'x') eve@b.test:192.0.2.9') bob@a.test:203.0.113.5",
        Service.SMTP,
        "bob@a.test",
        P,
    ),
]


@pytest.mark.parametrize(("line", "service", "account", "failure"), LINES)
def test_what_a_line_says(
    line: str, service: Service, account: str, failure: Failure | None
) -> None:
    expected = Login(AT, service, "203.0.113.5", account, failure)
    assert read(f"vchkpw-{line}".encode(), AT) == expected


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("smtp: password fail bob@a.test:2001:db8::5", "2001:db8::5"),
        ("smtp: password fail bob@a.test:::ffff:203.0.113.5", "203.0.113.5"),
        ("smtp: password fail bob@a.test:", ""),
        # such a name might end in the beginning of somebody else's address
        ("smtp: invalid user/domain characters x:2001:db8::5", ""),
    ],
)
def test_addresses(line: str, address: str) -> None:
    record = read(f"vchkpw-{line}".encode(), AT)
    assert isinstance(record, Login)
    assert record.address == address


@pytest.mark.parametrize(
    "line",
    [
        "vchkpw-smtp: setgid 89 failed errno 1 bob@a.test:203.0.113.5",
        "vchkpw-smtp: password fail (pass: 'hunter2",
        "vchkpw-smtp: password fail bob",
        "vchkpw: can't write SQL logs",
        "",
    ],
)
def test_other_lines_say_nothing(line: str) -> None:
    assert read(line.encode(), AT) is None


def test_it_writes_to_syslog() -> None:
    line = STAMP + b"mail vpopmail[4711]: vchkpw-pop3: password fail bob@a.test:203.0.113.5\n"
    record = SyslogReader(calendar())(line)
    assert record == Login(AT, Service.POP3, "203.0.113.5", "bob@a.test", Failure.PASSWORD)


def test_other_programs_are_not_vpopmail() -> None:
    assert family(b"dovecot") is None


@given(passwords())
def test_a_password_in_clear_is_dropped(password: bytes) -> None:
    """Feature D9."""
    lines = [
        STAMP + b"mail vpopmail[1]: vchkpw-smtp: " + kind + b"password fail (pass: '" + password
        + b"') bob@a.test:203.0.113.5"
        for kind in (b"", b"system ")
    ]  # fmt: skip
    records = read_all(_syslog, lines)
    assert MARK not in repr(records)
    assert [record.account for record in records if isinstance(record, Login)] == ["bob@a.test"] * 2


def _syslog(clock: Calendar) -> SyslogReader:
    return SyslogReader(clock)

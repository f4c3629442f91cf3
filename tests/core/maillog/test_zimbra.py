"""Zimbra's audit.log and mailbox.log, and what clients put into them."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone

import pytest

from core.maillog.calendar import Calendar
from core.maillog.record import Failure, Login
from core.maillog.zimbra import ZimbraReader
from core.words import Service
from tests.contract.maillog import AT, Case, DialectContract, read

STAMP = b"2026-11-22 03:36:16,000 "
WARN, INFO = STAMP + b"WARN  ", STAMP + b"INFO  "
WEB = b"[qtp1545357780-71:https://mail.example.test:443/service/soap/AuthRequest] "
SMTP = b"[qtp1:https:https://mail.example.test:7073/service/admin/soap/] "
IMAP = b"[ImapServer-12] "
WRONG = b" error=authentication failed for [bob], invalid password;"
AUTH = b" security - cmd=Auth; account=bob@a.test; protocol=%s;"


def login(
    failure: Failure | None = None,
    address: str = "203.0.113.5",
    account: str = "bob@a.test",
    service: Service = Service.UNKNOWN,
) -> Login:
    """At `AT`."""
    return Login(AT, service, address, account, failure)


P, U, D = Failure.PASSWORD, Failure.UNKNOWN_ACCOUNT, Failure.DISABLED

LINES = {
    "web client": (
        INFO + WEB + b"[name=bob@a.test;oip=203.0.113.5;ua=zclient/10.0;]" + AUTH % b"soap",
        login(),
    ),
    "imap behind the proxy": (
        INFO + IMAP + b"[name=bob@a.test;ip=10.0.0.3;oip=203.0.113.5;via=10.0.0.3(nginx/1.20);"
        b"ua=Thunderbird/128;cid=71;]" + AUTH % b"imap",
        login(service=Service.IMAP),
    ),
    "imaps, no proxy": (
        INFO + b"[ImapSSLServer-12] [ip=203.0.113.5;]" + AUTH % b"imap",
        login(service=Service.IMAPS),
    ),
    "pop3s": (
        WARN + b"[Pop3SSLServer-7] [ip=203.0.113.5;]" + AUTH % b"pop3" + WRONG,
        login(P, service=Service.POP3S),
    ),
    "pop3": (
        WARN + b"[Pop3Server-7] [ip=10.0.0.3;oip=203.0.113.5;]" + AUTH % b"pop3" + WRONG,
        login(P, service=Service.POP3),
    ),
    "imapd of its own": (
        WARN + b"[nioEventLoopGroup-3-1] [oip=203.0.113.5;]" + AUTH % b"imap" + WRONG,
        login(P, service=Service.IMAP),
    ),
    "over smtp, address known": (
        WARN + SMTP + b"[name=bob@a.test;oip=203.0.113.5;oport=51288;oproto=smtp;]"
        + AUTH % b"soap" + WRONG,
        login(P),
    ),
    "ipv6 in the url": (
        INFO + b"[qtp1:https://[2001:db8::1]:443/service/soap/] [oip=2001:db8:5::5;]"
        + AUTH % b"soap",
        login(None, "2001:db8:5::5"),
    ),
    "a chain of proxies": (
        INFO + WEB + b"[oip=192.0.2.9, 203.0.113.5;port=47834;ua=x;]" + AUTH % b"zsync",
        login(),
    ),
    "a chain that ends at home": (
        INFO + WEB + b"[oip=192.0.2.9, 203.0.113.5, 10.1.2.3, 127.0.0.1;]" + AUTH % b"soap",
        login(),
    ),
    "somebody at home": (
        WARN + WEB + b"[ip=10.0.0.3;oip=192.168.7.7;]" + AUTH % b"soap" + WRONG,
        login(P, "192.168.7.7"),
    ),
    "locked out": (
        WARN + IMAP + b"[oip=203.0.113.5;]" + AUTH % b"imap"
        + b" error=authentication failed for [bob], account lockout;",
        login(D, service=Service.IMAP),
    ),
    "closed": (
        WARN + IMAP + b"[oip=203.0.113.5;]" + AUTH % b"imap"
        + b" error=authentication failed for [bob], account(or domain) status is closed;",
        login(D, service=Service.IMAP),
    ),
    "another reason": (
        WARN + IMAP + b"[oip=203.0.113.5;]" + AUTH % b"imap"
        + b" error=two-factor authentication required;",
        login(Failure.OTHER, service=Service.IMAP),
    ),
    "name that imitates a reason": (
        WARN + IMAP + b"[oip=203.0.113.5;]" + AUTH % b"imap"
        + b" error=authentication failed for [x], account not found], invalid password;",
        login(P, service=Service.IMAP),
    ),
    "nobody of this name, for administrators": (
        WARN + WEB + b"[oip=203.0.113.5;ua=x;] security - cmd=AdminAuth; account=eve;"
        b" error=authentication failed for [eve], account not found;",
        login(U, account="eve"),
    ),
    "nobody of this name, mailbox.log": (
        INFO + WEB + b"[oip=203.0.113.5;ua=x;soapId=1;] SoapEngine - handler exception: "
        b"authentication failed for [eve], account not found",
        login(U, account="eve"),
    ),
    "nobody's line": (
        WARN + b"[ImapServer-1] []" + AUTH % b"imap" + WRONG,
        login(P, "", service=Service.IMAP),
    ),
    "typed name with a semicolon": (
        WARN + IMAP + b"[oip=203.0.113.5;] security - cmd=Auth; account=a;; protocol=x;;b; "
        b"protocol=imap;" + WRONG,
        login(P, account="a; protocol=x;b", service=Service.IMAP),
    ),
    "program that imitates the rest of the line": (
        WARN + WEB + b"[oip=203.0.113.5;ua=x;oip=192.0.2.9;] security - cmd=Auth; "
        b"account=eve; protocol=imap;]" + AUTH % b"soap" + WRONG,
        login(P),
    ),
}  # fmt: skip

NOTHING = {
    "its own account": INFO + SMTP + b"[]" + AUTH % b"soap",
    "over smtp, address unknown": WARN + SMTP + b"[name=bob@a.test;]" + AUTH % b"soap" + WRONG,
    "over smtp, told by name": WARN + WEB + b"[oproto=smtp;]" + AUTH % b"soap" + WRONG,
    "administrator, told by cmd=Auth": (
        WARN + WEB + b"[oip=203.0.113.5;] security - cmd=AdminAuth; account=bob@a.test;" + WRONG
    ),
    "administrator's success": (
        INFO + WEB + b"[oip=203.0.113.5;] security - cmd=AdminAuth; account=bob@a.test;"
    ),
    "second line of one try": (
        WARN + IMAP + b"[oip=203.0.113.5;] security - cmd=Auth; account=bob@a.test; "
        b"error=account lockout due to too many failed logins;"
    ),
    "another command": (
        INFO + WEB + b"[oip=203.0.113.5;] security - cmd=DelegateAuth; accountId=1; account=b;"
    ),
    "wrong password, told by audit.log": (
        INFO + WEB + b"[oip=203.0.113.5;] SoapEngine - handler exception: authentication failed "
        b"for [bob], invalid password"
    ),
    "soap": INFO + WEB + b"[oip=203.0.113.5;] soap - AuthRequest elapsed=7",
    "trace": b"com.zimbra.cs.account.AccountServiceException: authentication failed for [bob]",
}


class TestContract(DialectContract):
    dialect = "zimbra"
    cases = (
        *(Case(title, (line,), (said,)) for title, (line, said) in LINES.items()),
        *(Case(title, (line,)) for title, line in NOTHING.items()),
    )


def test_times_are_local_and_have_milliseconds() -> None:
    reader = ZimbraReader(Calendar(AT, timezone(timedelta(hours=5, minutes=30))))
    line = LINES["pop3s"][0].replace(b"16,000", b"16,250")
    record = reader(line)
    assert isinstance(record, Login)
    assert record.at == AT - 5.5 * 3600 + 0.25


@pytest.mark.parametrize("number", [1, 500])
def test_a_context_of_any_length_is_read_as_far_as_it_matters(number: int) -> None:
    context = b"[oip=203.0.113.5;" + b"x=1;" * number * 100 + b"]"
    assert read("zimbra", [INFO + WEB + context + AUTH % b"soap"]) == [login()]


def test_a_line_without_a_time_says_nothing() -> None:
    line = LINES["pop3s"][0].replace(b"2026-11-22", b"2026-13-32")
    assert ZimbraReader(Calendar(AT, UTC))(line) is None

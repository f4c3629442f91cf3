"""Exim's lines as 4.94 to 4.98 write them, and what strangers can put into them.

`tests/lab/test_exim_log.py` reads what real ones wrote.
"""

from __future__ import annotations

import base64
from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.maillog.calendar import Calendar
from core.maillog.exim import MOST_WAITING, EximFamily, EximReader
from core.maillog.record import Delivery, Failure, Login, Mail, Outcome, Record
from core.maillog.syslog import SyslogReader
from core.words import Service
from tests.contract.maillog import AT, Case, DialectContract
from tests.core.maillog.fuzz import MARK, NOW, calendar, passwords, read_all

STAMP = b"2026-11-22 03:36:16 "
OLD, NEW = "1xUyJg-0006wk-2H", "1xUyJj-000000006y3-3PbL"
TLS = b"X=TLS1.3:ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM:256 CV=no"
CPANEL = b"H=(Laptop) [203.0.113.5]:1543 I=[192.0.2.1]:587 P=esmtpsa " + TLS


def read(line: bytes) -> Record | None:
    """One line, from behind the time."""
    return EximReader(Calendar(NOW, UTC))(STAMP + line + b"\n")


def mail(
    address: str = "203.0.113.5",
    account: str = "bob@example.test",
    recipients: int = 0,
    *,
    service: Service = Service.UNKNOWN,
    queue_id: str = OLD,
    refused: str = "",
) -> Mail:
    """A mail at `AT`."""
    return Mail(AT, service, address, account, queue_id, recipients, refused)


def failed(
    address: str = "203.0.113.5",
    account: str = "bob",
    failure: Failure = Failure.PASSWORD,
    service: Service = Service.UNKNOWN,
) -> Login:
    """A failed login at `AT`."""
    return Login(AT, service, address, account, failure)


ARRIVALS = {
    "debian": (
        (
            b"1xUyJg-0006wk-2H <= bob@example.test H=laptop.example.net ([10.0.0.7]) [203.0.113.5] "
            b"P=esmtpsa X=TLS1.3:ECDHE_RSA_AES_256_GCM_SHA384:256 CV=no "
            b"A=plain_server:bob@example.test"
            b" S=812 id=4a1f@laptop.example.net"
        ),
        mail(),
    ),
    "cpanel": (
        b"1xUyJg-0006wk-2H <= bob@example.test " + CPANEL + b" A=dovecot_login:bob@example.test "
        b'S=812 id=4a1f@laptop.example.net T="Invoice" for ann@elsewhere.test eve@third.test',
        mail(recipients=2, service=Service.SUBMISSION),
    ),
    "cpanel webmail": (
        (
            b"1xUyJg-0006wk-2H <= bob@example.test H=localhost (webmail.example.test) "
            b"[127.0.0.1]:4711 "
            b'P=esmtpa A=dovecot_login:bob@example.test S=812 T="" for ann@elsewhere.test'
        ),
        mail("127.0.0.1", recipients=1),
    ),
    "directadmin": (
        (
            b"1xUyJg-0006wk-2H <= bob@example.test H=(Laptop) [203.0.113.5] P=esmtpa "
            b'A=login:bob@example.test S=812 T="Invoice" from <bob@example.test> '
            b"for ann@elsewhere.test"
        ),
        mail(recipients=1),
    ),
    "everything, since 4.97": (
        b"[26787] 1xUyJj-000000006y3-3PbL <= bob@example.test H=(Laptop) [203.0.113.5]:40000 "
        b"I=[192.0.2.1]:465 Ci=26787 P=esmtpsa L.- " + TLS + b' DN="/C=DE/O=A B/CN=x" '
        b"SNI=mail.example.test A=dovecot_plain:bob@example.test PRX=127.0.0.1 S=295 M8S=0 "
        b'RT=0.000s id*=E1@mail.example.test T="x" from <bob@example.test> for "a b"@c.test d@e.f',
        mail(recipients=2, service=Service.SMTPS, queue_id=NEW),
    ),
    "ipv6, port 25": (
        (
            b"1xUyJg-0006wk-2H <= bob@example.test H=(x) [2001:db8:5::5]:40000 I=[2001:db8::1]:25 "
            b"P=esmtpa A=plain:bob@example.test S=1"
        ),
        mail("2001:db8:5::5", service=Service.SMTP),
    ),
    "a port of the panel's own": (
        (
            b"1xUyJg-0006wk-2H <= bob@example.test H=(x) [203.0.113.5]:4 I=[192.0.2.1]:2525 "
            b"P=esmtpa A=plain:bob@example.test S=1"
        ),
        mail(),
    ),
    "quoted sender": (
        (
            b'1xUyJg-0006wk-2H <= "odd <=> A=plain:eve@evil.test"@example.test H=(x) [203.0.113.5] '
            b"P=esmtpa A=plain:bob@example.test S=1"
        ),
        mail(),
    ),
    "empty sender of somebody logged in": (
        (
            b"1xUyJg-0006wk-2H <= <> H=(x) [203.0.113.5] P=esmtpa A=plain:bob@example.test S=1 "
            b"for a@b.test"
        ),
        mail(recipients=1),
    ),
    "system account on cpanel": (
        (
            b"1xUyJg-0006wk-2H <= bob@example.test H=(x) [203.0.113.5] P=esmtpa "
            b"A=dovecot_plain:bobsite"
            b" S=1"
        ),
        mail(account="bobsite"),
    ),
    "subject that imitates fields": (
        (
            b"1xUyJg-0006wk-2H <= bob@example.test H=(x) [203.0.113.5] P=esmtpa "
            b'A=plain:bob@example.test S=1 T="a\\" A=plain:eve@evil.test H=(y) [192.0.2.9] P=local '
            b'for \\"" for ann@elsewhere.test'
        ),
        mail(recipients=1),
    ),
    "message id that imitates fields": (
        (
            b"1xUyJg-0006wk-2H <= bob@example.test H=(x) [203.0.113.5] P=esmtpa "
            b'A=plain:bob@example.test S=1 id="x A=plain:eve@evil.test for a b c"@d.test T="y" '
            b"for a@b"
        ),
        mail(recipients=1),
    ),
    "script": (
        b'1xUyJg-0006wk-2H <= bobsite@mail.example.test U=bobsite P=local S=373 T="x" for a@b c@d',
        mail("", "bobsite", 2, service=Service.LOCAL),
    ),
    "script by SMTP on a pipe": (
        b"1xUyJg-0006wk-2H <= bobsite@mail.example.test U=bobsite P=local-esmtp S=373",
        mail("", "bobsite", service=Service.LOCAL),
    ),
}


OF_NOBODY = {
    "from outside": b"1xUyJg-0006wk-2H <= a@b.test H=mx.b.test [192.0.2.5] P=esmtps S=1 for bob@c",
    "bounce": b"1xUyJg-0006wk-2H <= <> R=1xUyJg-0006wk-2H U=Debian-exim P=local S=1505 for bob@c",
    "answer": b"1xUyJg-0006wk-2H <= <> R=1xUyJg-0006wk-2H U=mailnull P=local S=1505 for bob@c",
    "completed": b"1xUyJg-0006wk-2H Completed",
    "frozen": b"1xUyJg-0006wk-2H Frozen (delivery error message)",
    "outbound": b"1xUyJg-0006wk-2H SMTP connection outbound 1461741057 1xUyJg-0006wk-2H b.test a@c",
    "no host": b"no host name found for IP address 203.0.113.5",
    "call": b"cwd=/home/bobsite/public_html 3 args: /usr/sbin/sendmail -t -i",
    "relay": b"H=(x) [203.0.113.5] F=<a@b> rejected RCPT <c@d>: relay not permitted",
    "at connect": b'H=[203.0.113.5]:4 I=[192.0.2.1]:587 rejected connection in "connect" ACL: no',
    "at ehlo": b"H=[203.0.113.5]:4 rejected EHLO or HELO x: policy: no",
    "too big": b"1xUyJg-0006wk-2H rejected from <a@b> H=(x) [203.0.113.5]: message too big",
    "no MAIL": b"no MAIL in SMTP connection from (x) [203.0.113.5]:4 D=0.201s C=EHLO,AUTH,QUIT",
    "hostile ehlo": (
        b"1xUyJg-0006wk-2H <= a@b H=(x) [192.0.2.9] P=esmtpa A=plain:eve@evil.test S=1) "
        b"[203.0.113.5] P=esmtp S=1 for bob@c"
    ),
    "hostile ehlo that hides the rest in a subject": (
        b'1xUyJg-0006wk-2H <= a@b H=(x) [192.0.2.9] P=esmtpa A=plain:eve@evil.test S=1 T="x) '
        b'[203.0.113.5] P=esmtp S=1 T="y" for bob@c'
    ),
}


D, P, F = Outcome.DELIVERED, Outcome.DEFERRED, Outcome.FAILED

FATES = {
    "remote": (
        (
            b"=> a@b.test R=dnslookup T=remote_smtp H=mx.b.test [192.0.2.5] "
            b'X=TLS1.3:x:256 CV=yes C="250 2.0.0 Ok: queued as 4711"'
        ),
        ("a@b.test", D, "2.0.0"),
    ),
    "more of one": (b"-> c@b.test R=dnslookup T=remote_smtp", ("c@b.test", D, "")),
    "cut through": (b">> c@b.test R=dnslookup T=remote_smtp", ("c@b.test", D, "")),
    "local": (b"=> ann <ann@d.test> R=localuser T=maildir", ("ann@d.test", D, "")),
    "alias": (b"=> ann@d.test <info@d.test> R=x T=y", ("info@d.test", D, "")),
    "directadmin": (
        b'=> ann <ann@d.test> F=<bob@example.test> R=virtual T=lmtp S=512 C="250 2.0.0 Saved"',
        ("ann@d.test", D, "2.0.0"),
    ),
    "pipe": (
        b"=> |/usr/local/cpanel/bin/autorespond ann@d.test /home/x <ann@d.test> F=<> R=x T=y",
        ("ann@d.test", D, ""),
    ),
    "file": (b"=> /dev/null <ann@d.test> R=x T=y", ("ann@d.test", D, "")),
    "quoted": (b'=> "a b <x@y>"@c.test R=x T=y', ('"a b <x@y>"@c.test', D, "")),
    "deferred": (
        (
            b"== a@b.test R=dnslookup T=remote_smtp defer (-44) H=mx.b.test [192.0.2.5]: SMTP "
            b"error "
            b"from remote mail server after RCPT TO:<a@b.test>: 451 4.7.1 Greylisted"
        ),
        ("a@b.test", P, "4.7.1"),
    ),
    "timed out": (
        b"== a@b.test R=dnslookup T=remote_smtp defer (110): Connection timed out",
        ("a@b.test", P, ""),
    ),
    "unknown there": (
        (
            b"** a@b.test F=<bob@example.test> R=dnslookup T=remote_smtp H=mx.b.test [5.1.1.7]: "
            b"SMTP "
            b"error from remote mail server after RCPT TO:<a@b.test>: 550-5.1.1 The account "
            b"does not exist"
        ),
        ("a@b.test", F, "5.1.1"),
    ),
    "unknown here": (b"** a@b.test: Unrouteable address", ("a@b.test", F, "")),
    "given up": (b"** a@b.test R=x T=y: retry timeout exceeded", ("a@b.test", F, "")),
    "address that imitates a status": (
        b'** "550 5.7.1 x"@b.test R=x T=y: Unrouteable address',
        ('"550 5.7.1 x"@b.test', F, ""),
    ),
}


WRONG = b": 535 Incorrect authentication data (set_id=bob)"

FAILURES = {
    "debian": (b"login_server authenticator failed for (x) [203.0.113.5]" + WRONG, failed()),
    "cpanel": (
        b"dovecot_login authenticator failed for H=(x) [203.0.113.5]:4 I=[192.0.2.1]:587" + WRONG,
        failed(service=Service.SUBMISSION),
    ),
    "without ehlo": (b"plain authenticator failed for [203.0.113.5]" + WRONG, failed()),
    "with a name": (
        b"dovecot_plain authenticator failed for host.example.net (x) [203.0.113.5]:4 "
        b"I=[192.0.2.1]:465 Ci=26796" + WRONG,
        failed(service=Service.SMTPS),
    ),
    "ehlo of a windows machine": (
        b"login authenticator failed for (Joes PC) [203.0.113.5]" + WRONG,
        failed(),
    ),
    "mapped": (
        b"login authenticator failed for (x) [::ffff:203.0.113.5]" + WRONG,
        failed(),
    ),
    "nobody named": (
        (
            b"dovecot_login authenticator failed for (x) [203.0.113.5]: 535 Incorrect "
            b"authentication "
            b"data"
        ),
        failed(account=""),
    ),
    "dovecot away": (
        (
            b"dovecot_login authenticator failed for (x) [203.0.113.5]: 435 Unable to "
            b"authenticate at "
            b"present (set_id=bob): authentication socket connection error"
        ),
        failed(failure=Failure.OTHER),
    ),
    "name with brackets": (
        (
            b"login authenticator failed for (x) [203.0.113.5]: 535 Incorrect authentication data "
            b"(set_id=b(o)b) )"
        ),
        failed(account="b(o)b) "),
    ),
    "name that imitates the line": (
        (
            b"login authenticator failed for (x) [203.0.113.5]: 535 Incorrect authentication data "
            b"(set_id=bob) [192.0.2.9]: 535 Incorrect authentication data (set_id=eve)"
        ),
        failed("", ""),
    ),
    "ehlo that imitates the line": (
        (
            b"login authenticator failed for (x) [192.0.2.9]: 535 Incorrect authentication data "
            b"(set_id=eve) [203.0.113.5]: 535 Incorrect authentication data (set_id=bob)"
        ),
        failed("", ""),
    ),
    "refused at AUTH, 4.96": (
        b"H=(x) [203.0.113.5]:4 I=[192.0.2.1]:587 rejected AUTH PLAIN: policy: no",
        failed(account="", failure=Failure.REFUSED, service=Service.SUBMISSION),
    ),
    "not offered": (
        (
            b'SMTP protocol error in "AUTH LOGIN" H=(x) [203.0.113.5] AUTH command used when not '
            b"advertised"
        ),
        failed(account="", failure=Failure.REFUSED),
    ),
}


REFUSALS = {
    "rcpt": (
        (
            b"H=(x) [203.0.113.5] X=TLS1.3:x:256 CV=no F=<bob@example.test> "
            b"A=plain:bob@example.test "
            b"rejected RCPT <a@b>: too many"
        ),
        mail(recipients=1, queue_id="", refused="too many"),
    ),
    "mail": (
        (
            b"H=(x) [203.0.113.5]:4 I=[192.0.2.1]:587 A=plain:bob@example.test rejected MAIL "
            b"<bob@example.test>: policy: blocked"
        ),
        mail(queue_id="", refused="policy: blocked", service=Service.SUBMISSION),
    ),
    "data": (
        (
            b"1xUyJg-0006wk-2H H=(x) [203.0.113.5] F=<bob@example.test> A=plain:bob@example.test "
            b"rejected after DATA: spam"
        ),
        mail(refused="spam"),
    ),
    "for now": (
        (
            b"H=(x) [203.0.113.5] F=<bob@example.test> A=plain:bob@example.test temporarily "
            b"rejected "
            b"RCPT <a@b>: policy: 150 mails in 5 minutes"
        ),
        mail(recipients=1, queue_id="", refused="policy: 150 mails in 5 minutes"),
    ),
    "sender that imitates": (
        (
            b'H=(x) [203.0.113.5] F=<"A=plain:eve rejected RCPT <z@z>: y"@b> '
            b"A=plain:bob@example.test "
            b"rejected RCPT <a@b>: no"
        ),
        mail(recipients=1, queue_id="", refused="no"),
    ),
}


@pytest.mark.parametrize(
    ("stamp", "zone", "offset"),
    [
        (b"2026-11-22 03:36:16 ", timezone(timedelta(hours=-5)), 5 * 3600),
        (b"2026-11-22 03:36:16.250 ", UTC, 0.25),
        (b"2026-11-22 03:36:16 +0530 ", UTC, -5.5 * 3600),
        (b"2026-11-22 03:36:16.250 -0330 [4711] ", UTC, 3.5 * 3600 + 0.25),
    ],
)
def test_times_with_and_without_zone(stamp: bytes, zone: timezone, offset: float) -> None:
    record = EximReader(Calendar(NOW, zone))(stamp + b"1xUyJg-0006wk-2H ** a@b: Unrouteable")
    assert isinstance(record, Delivery)
    assert record.at == AT + offset


CALL = b"cwd=/home/%s/public_html/blog 3 args: /usr/sbin/sendmail -t -i"
BY_NOBODY = b"1xUyJg-0006wk-2H <= nobody@mail.example.test U=nobody P=local S=1"


def accounts(*lines: bytes) -> list[str]:
    """The accounts of the mails that a log tells."""
    told = read_all(EximReader, lines)
    return [record.account for record in told if isinstance(record, Mail)]


def test_a_script_of_a_shared_user_is_known_by_its_folder() -> None:
    assert accounts(STAMP + CALL % b"carol", STAMP + BY_NOBODY) == ["carol"]


def test_without_a_call_the_user_is_told() -> None:
    assert accounts(STAMP + BY_NOBODY) == ["nobody"]


def test_two_calls_at_once_are_told_apart_by_process_or_not_at_all() -> None:
    calls = [CALL % b"carol", CALL % b"dave"]
    assert accounts(*(STAMP + call for call in calls), STAMP + BY_NOBODY) == ["nobody"]
    processes = [b"[%d] " % number for number in (7, 8)]
    lines = [STAMP + who + call for who, call in zip(processes, calls, strict=True)]
    assert accounts(*lines, STAMP + b"[8] " + BY_NOBODY) == ["dave"]


def test_a_call_does_not_wait_for_ever() -> None:
    late = b"2026-11-22 03:36:27 " + BY_NOBODY
    assert accounts(STAMP + CALL % b"carol", late) == ["nobody"]


def test_a_users_own_mail_is_theirs_wherever_it_was_sent_from() -> None:
    own = BY_NOBODY.replace(b"U=nobody", b"U=dave")
    assert accounts(STAMP + CALL % b"carol", STAMP + own) == ["dave"]


def test_calls_that_nobody_fetches_are_forgotten() -> None:
    reader = EximReader(calendar())
    for number in range(MOST_WAITING * 3):
        reader(STAMP + b"[%d] " % number + CALL % b"carol")
    assert len(reader._calls) == MOST_WAITING


SYSLOG = b"Nov 22 03:36:16 mail exim[4711]: "
LONG = b"1xUyJg-0006wk-2H <= bob@example.test H=(x) [203.0.113.5] P=esmtpa A=login:bob@example.test"


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(LONG + b" S=1", id="without time"),
        pytest.param(STAMP + LONG + b" S=1", id="with time"),
        pytest.param(b"[4711] " + LONG + b" S=1", id="with process"),
        pytest.param(b"[1/2] " + STAMP + LONG + b" S=1 for a@b", id="first part"),
    ],
)
def test_through_syslog(message: bytes) -> None:
    record = SyslogReader(Calendar(NOW, UTC))(SYSLOG + message + b"\n")
    assert isinstance(record, Mail)
    assert (record.at, record.account, record.queue_id) == (AT, "bob@example.test", OLD)


def test_the_other_parts_of_a_long_line_say_nothing() -> None:
    assert SyslogReader(calendar())(SYSLOG + b"[2\\2] " + LONG + b" S=1") is None


def test_other_programs_are_not_exim() -> None:
    assert EximFamily()(b"postfix/smtpd") is None


class TestContract(DialectContract):
    dialect = "exim"
    cases = (
        *(
            Case(title, (STAMP + line,), (said,))
            for table in (ARRIVALS, FAILURES, REFUSALS)
            for title, (line, said) in table.items()
        ),
        *(
            Case(title, (STAMP + OLD.encode() + b" " + line,), (Delivery(AT, OLD, *fate),))
            for title, (line, fate) in FATES.items()
        ),
        *(Case(title, (STAMP + line,)) for title, line in OF_NOBODY.items()),
        Case(
            "password of a refused login, up to 4.94",
            (STAMP + b"H=(x) [203.0.113.5] rejected AUTH PLAIN hunter2: policy: no",),
            (failed(account="", failure=Failure.REFUSED),),
        ),
    )


@given(password=passwords(), plain=st.booleans())
def test_the_password_of_a_refused_login_is_dropped(*, password: bytes, plain: bool) -> None:
    """Up to 4.94 Exim logs what followed AUTH, and always what came unasked."""
    said = b"PLAIN " + base64.b64encode(b"\0bob\0" + password) if plain else b"X " + password
    lines = [
        STAMP + b"H=(x) [203.0.113.5] rejected AUTH " + said + b": policy: no",
        STAMP + b'SMTP protocol error in "AUTH ' + said + b'" H=(x) [203.0.113.5] AUTH command '
        b"used when not advertised",
    ]
    records = read_all(EximReader, lines)
    assert MARK not in repr(records)
    assert base64.b64encode(password).decode()[:12] not in repr(records)
    assert records[0] == failed(account="", failure=Failure.REFUSED)

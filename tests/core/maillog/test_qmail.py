"""qmail's lines as multilog keeps them on InterWorx."""

from __future__ import annotations

import pytest

from core.maillog.qmail import MOST_DELIVERIES, QmailReader
from core.maillog.record import Delivery, Failure, Login, Mail, Outcome
from core.words import Service
from tests.contract.maillog import AT, Case, DialectContract, read

STAMP = b"@%016x00000000 " % (2**62 + 10 + int(AT))


def login(
    failure: Failure | None, address: str = "203.0.113.5", account: str = "bob@a.test"
) -> Login:
    """At `AT`, on port 25."""
    return Login(AT, Service.SMTP, address, account, failure)


LOGINS = {
    "good": (b"AUTH successful [203.0.113.5] bob@a.test", login(None)),
    "bad": (b"AUTH failed [203.0.113.5] bob@a.test", login(Failure.PASSWORD)),
    "ipv6": (b"AUTH failed [2001:db8::5] bob@a.test", login(Failure.PASSWORD, "2001:db8::5")),
    "mapped": (b"AUTH failed [::ffff:203.0.113.5] bob@a.test", login(Failure.PASSWORD)),
    "no such user": (
        b"AUTH failed (unknown user) [203.0.113.5] bob@a.test",
        login(Failure.UNKNOWN_ACCOUNT),
    ),
    "wrong": (b"AUTH failed (bad password) [203.0.113.5] bob@a.test", login(Failure.PASSWORD)),
    "expired": (
        b"AUTH failed (password expired) [203.0.113.5] bob@a.test",
        login(Failure.DISABLED),
    ),
    "another reason": (b"AUTH failed (moon) [203.0.113.5] bob@a.test", login(Failure.OTHER)),
    "name that imitates": (
        b"AUTH failed [203.0.113.5] x [192.0.2.9] eve",
        login(Failure.PASSWORD, account="x [192.0.2.9] eve"),
    ),
}

INFO = b"info msg 4711: bytes 530 from <bob@a.test> qp 6789 uid 1003"


def fate(
    said: bytes, outcome: Outcome, status: str, recipient: str = "ann@b.test"
) -> tuple[tuple[bytes, ...], tuple[Delivery, ...]]:
    """Lines of a delivery, and what they say."""
    lines = (
        b"starting delivery 8: msg 4711 to remote ann@b.test",
        b"status: local 0/10 remote 1/20",
        b"delivery 8: " + said,
    )
    return lines, (Delivery(AT, "4711", recipient, outcome, status),)


FATES = {
    "success": fate(
        b"success: 192.0.2.5_accepted_message./Remote_host_said:_250_2.0.0_Ok:_queued_as_4711/",
        Outcome.DELIVERED,
        "2.0.0",
    ),
    "success without a status": fate(
        b"success: 192.0.2.5_accepted_message./Remote_host_said:_250_ok_1795318576_qp_7/",
        Outcome.DELIVERED,
        "",
    ),
    "unknown there": fate(
        b"failure: 192.0.2.5_does_not_like_recipient./Remote_host_said:_550_5.1.1_<ann@b.test>:_"
        b"user_unknown/Giving_up_on_192.0.2.5./",
        Outcome.FAILED,
        "5.1.1",
    ),
    "unknown here": fate(
        b"failure: Sorry,_no_mailbox_here_by_that_name._(#5.1.1)/", Outcome.FAILED, "5.1.1"
    ),
    "address like a status": fate(
        b"deferral: 5.1.1.7_failed_after_I_sent_the_message./Remote_host_said:_451_try_later/",
        Outcome.DEFERRED,
        "",
    ),
    "greylisted": fate(
        b"deferral: 192.0.2.5_does_not_like_recipient./Remote_host_said:_451_4.7.1_Greylisted/",
        Outcome.DEFERRED,
        "4.7.1",
    ),
}

NOTHING = {
    "new": b"new msg 4711",
    "end": b"end msg 4711",
    "bounce": b"bounce msg 4711 qp 6790",
    "double bounce": b"info msg 4711: bytes 530 from <#@[]> qp 6789 uid 1003",
    "of qmail itself": b"info msg 4711: bytes 530 from <> qp 6789 uid 7796",
    "over smtp": b"info msg 4711: bytes 530 from <bob@a.test> qp 6789 uid 89",
    "never started": b"delivery 9: success: did_1+0+0/",
    "tcpserver": b"tcpserver: pid 4711 from 203.0.113.5",
    "warning": b"delivery 8: report mangled, will defer",
}


class TestContract(DialectContract):
    dialect = "qmail"
    cases = (
        *(
            Case(title, (STAMP + b"qmail-smtpd[4711]: " + line,), (said,))
            for title, (line, said) in LOGINS.items()
        ),
        *(
            Case(title, tuple(STAMP + line for line in lines), said)
            for title, (lines, said) in FATES.items()
        ),
        *(Case(title, (STAMP + line,)) for title, line in NOTHING.items()),
        Case("script", (STAMP + INFO,), (Mail(AT, Service.LOCAL, "", "1003", "4711"),)),
        Case(
            "two deliveries of one mail end in another order",
            tuple(
                STAMP + line
                for line in (
                    b"starting delivery 1: msg 7 to local a.test-ann@a.test",
                    b"starting delivery 2: msg 7 to remote c@d.test",
                    b"delivery 2: success: x",
                    b"delivery 1: deferral: x",
                )
            ),
            (
                Delivery(AT, "7", "c@d.test", Outcome.DELIVERED),
                Delivery(AT, "7", "a.test-ann@a.test", Outcome.DEFERRED),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("dialect", "service"),
    [("qmail", Service.SMTP), ("qmail-submission", Service.SUBMISSION)],
)
def test_the_log_tells_the_port(dialect: str, service: Service) -> None:
    line = STAMP + b"qmail-smtpd[1]: AUTH failed [203.0.113.5] bob"
    assert [record.service for record in read(dialect, [line]) if isinstance(record, Login)] == [
        service
    ]


def test_deliveries_that_never_end_are_forgotten() -> None:
    reader = QmailReader(Service.SMTP)
    for number in range(MOST_DELIVERIES + 50):
        reader(STAMP + b"starting delivery %d: msg 1 to remote a@b" % number)
    assert len(reader._deliveries) == MOST_DELIVERIES
    assert reader(STAMP + b"delivery 3: success: x") is None
    assert reader(STAMP + b"delivery 60: success: x") is not None

"""What the real Postfix writes about logins and mails is read as exactly what happened."""

from __future__ import annotations

import os
import time
from collections import Counter
from datetime import UTC
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from core.maillog.calendar import Calendar
from core.maillog.dialects import DIALECTS, detect
from core.maillog.mails import Fate, Mails
from core.maillog.record import Delivery, Failure, Login, Mail, Outcome, Queued
from core.words import Service
from tests.lab.client import SmtpDialogue
from tests.lab.conftest import available
from tests.lab.dovecot import PASSWORD
from tests.lab.guarded_host import ALICE, BOB, CAROL, GuardedHost
from tests.lab.mail_host import MailHost

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from core.maillog.mails import Told
    from core.maillog.record import Record

pytestmark = pytest.mark.lab

WRONG = "n0t-the-passw0rd"
PHONE, IPV6, OFFICE = "203.0.113.5", "2001:db8::5", "198.51.100.9"
HOSTILE = 'x", rip=1.2.3.4>, [5.6.7.8]: '
SUBMISSION, SMTPS, SMTP = Service.SUBMISSION, Service.SMTPS, Service.SMTP
FATES = "transport_maps = inline:{ bounce.test=error:5.1.1, later.test=retry:4.4.1 }\n"


@pytest.fixture(scope="module")
def host(lab_release: str) -> Iterator[MailHost]:
    """A mail host from which some mails come back."""
    with available(), MailHost(lab_release) as host:
        main = host.machine.path(host.postfix.config_directory) / "main.cf"
        main.write_text(main.read_text("utf-8") + FATES, "utf-8")
        os.utime(main, (0, 0))
        host.reload()
        yield host


def said(log: str) -> list[Record]:
    """What a log says; every time in it is now."""
    lines = log.encode().splitlines(keepends=True)
    assert detect(lines) == "syslog"
    now = time.time()
    parse = DIALECTS["syslog"].make(Calendar(now, UTC))
    records = [record for record in map(parse, lines) if record is not None]
    assert all(abs(record.at - now) < 300 for record in records)
    return records


def plain(records: Iterable[Record]) -> Counter[Record]:
    """Records without what chance decides: times, and queue ids by their order."""
    names: dict[str, str] = {}
    counted: Counter[Record] = Counter()
    for record in records:
        if isinstance(record, Login):
            counted[replace(record, at=0.0)] += 1
        else:
            name = names.setdefault(
                record.queue_id, f"M{len(names) + 1}" if record.queue_id else ""
            )
            counted[replace(record, at=0.0, queue_id=name)] += 1
    return counted


def test_logins_that_fail_are_told_once_with_name_address_and_service(host: MailHost) -> None:
    """C1, D9: whatever the name; and a mechanism that is not offered is no try."""
    before = len(host.postfix.log_text())
    with SmtpDialogue(host.postfix.ports["submission"], IPV6) as client:
        client.ehlo()
        for name in (ALICE, "nobody@example.test", HOSTILE):
            assert client.auth_plain(name, WRONG).code == 535
        assert client.command("AUTH CRAM-MD5").code in {334, 535}
        client.quit()
    with SmtpDialogue(host.postfix.ports["submissions"], PHONE, 465, tls=True) as client:
        client.ehlo()
        assert client.auth_plain(BOB, WRONG).code == 535
        client.quit()
    with SmtpDialogue(host.postfix.ports["smtp"], OFFICE, 25) as client:
        client.ehlo()
        assert client.auth_plain(CAROL, WRONG).code == 535
        client.quit()
    host.postfix.await_log(f"disconnect from unknown[{OFFICE}]")
    records = said(host.postfix.log_text()[before:])
    assert records == [
        Login(at, service, address, account, Failure.PASSWORD)
        for at, (service, address, account) in zip(
            [record.at for record in records],
            [
                (SUBMISSION, IPV6, ALICE),
                (SUBMISSION, IPV6, "nobody@example.test"),
                (SUBMISSION, IPV6, HOSTILE),
                (SMTPS, PHONE, BOB),
                (SMTP, OFFICE, CAROL),
            ],
            strict=True,
        )
    ]


def test_mails_and_what_became_of_them(host: MailHost) -> None:
    """C1, C2: three recipients, of whom one does not exist; the bounce is nobody's mail."""
    before = len(host.postfix.log_text())
    with SmtpDialogue(host.postfix.ports["submission"], PHONE) as client:
        client.ehlo()
        assert client.auth_plain(ALICE, PASSWORD).code == 235
        recipients = ("a@ok.test", "b@bounce.test", "c@later.test")
        assert client.send_mail(ALICE, *recipients).code == 250
        client.quit()
    # the last line of the bounce
    host.postfix.await_log(f"to=<{ALICE}>, relay=none")
    records = said(host.postfix.log_text()[before:])
    assert plain(records) == Counter(
        [
            Mail(0.0, SUBMISSION, PHONE, ALICE, "M1"),
            Queued(0.0, "M1", 3),
            Delivery(0.0, "M1", "a@ok.test", Outcome.DELIVERED, "2.0.0"),
            Delivery(0.0, "M1", "b@bounce.test", Outcome.FAILED, "5.1.1"),
            Delivery(0.0, "M1", "c@later.test", Outcome.DEFERRED, "4.4.1"),
            Queued(0.0, "M2", 1),
            Delivery(0.0, "M2", ALICE, Outcome.DELIVERED, "2.0.0"),
        ]
    )
    assert joined(records) == {
        (ALICE, 3),
        (ALICE, "a@ok.test", Outcome.DELIVERED),
        (ALICE, "b@bounce.test", Outcome.FAILED),
        (ALICE, "c@later.test", Outcome.DEFERRED),
    }


def test_scripts_strangers_and_mails_that_end_early(host: MailHost) -> None:
    """C2: a script is its system user; a stranger's mail is of no interest."""
    before = len(host.postfix.log_text())
    host.machine.run("sh", "-c", "echo | sendmail -f x@example.test a@script.test", user=33)
    host.postfix.await_log("to=<a@script.test>")
    with SmtpDialogue(host.postfix.ports["smtp"], OFFICE, 25) as client:
        client.ehlo("x> sasl_method=PLAIN sasl_username=alice@example.test")
        assert client.send_mail("x@y.test", BOB).code == 250
        assert client.send_mail("x@y.test", "nobody@elsewhere.test").code in {454, 554}
        client.quit()
    host.postfix.await_log(f"to=<{BOB}>")
    with SmtpDialogue(host.postfix.ports["submissions"], IPV6, 465, tls=True) as client:
        client.ehlo()
        assert client.auth_plain(ALICE, PASSWORD).code == 235
        assert client.mail(ALICE).code == 250
        assert client.rcpt("a@ok.test").code == 250
        client.quit()
    host.postfix.await_log(f"disconnect from unknown[{IPV6}] ehlo=1 auth=1 mail=1")
    records = said(host.postfix.log_text()[before:])
    assert plain(records) == Counter(
        [
            Mail(0.0, Service.LOCAL, "", "33", "M1"),
            Queued(0.0, "M1", 1),
            Delivery(0.0, "M1", "a@script.test", Outcome.DELIVERED, "2.0.0"),
            Queued(0.0, "M2", 1),
            Delivery(0.0, "M2", BOB, Outcome.DELIVERED, "2.0.0"),
            Mail(0.0, SMTPS, IPV6, ALICE, "M3"),
        ]
    )
    assert joined(records) == {("33", 1), ("33", "a@script.test", Outcome.DELIVERED)}


def test_our_own_refusals_are_no_wrong_passwords(guarded: GuardedHost) -> None:
    """A1, A6, C1: refused at connect, at the password, and after too many mails."""
    russian = guarded.daemon.client("RU", 4)
    german = guarded.daemon.client("DE", 4)
    account = guarded.new_account()
    before = len(guarded.host.postfix.log_text())
    with guarded.smtp(587, russian) as client:
        assert client.greeting.code == 554
    with guarded.smtp(25, russian) as client:
        client.ehlo()
        assert client.auth_plain(ALICE, PASSWORD).code == 535
        client.quit()
    with guarded.submission(587, german, account) as client:
        while client.send_mail(account, BOB).code == 250:
            pass
        client.quit()
    guarded.host.postfix.await_log(f"disconnect from unknown[{german}]")
    records = said(guarded.host.postfix.log_text()[before:])
    refused = [record for record in records if isinstance(record, Login)]
    assert [replace(record, at=0.0) for record in refused] == [
        Login(0.0, SUBMISSION, russian, "", Failure.REFUSED),
        Login(0.0, SMTP, russian, ALICE, Failure.REFUSED),
    ]
    mails = [record for record in records if isinstance(record, Mail) and record.refused]
    assert [(mail.service, mail.address, mail.account) for mail in mails] == [
        (SUBMISSION, german, account)
    ]


def joined(records: Iterable[Record]) -> set[tuple[object, ...]]:
    """Accounts with how many recipients, and accounts with what became of which."""
    mails = Mails()
    told: list[Told] = [one for record in records for one in mails.add(record)]
    return {
        (one.account, one.recipient, one.outcome)
        if isinstance(one, Fate)
        else (one.account, one.recipients)
        for one in told
    }

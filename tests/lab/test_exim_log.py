"""What the real Exim writes about logins and mails is read as exactly what happened."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, NamedTuple

import pytest

from core.maillog.calendar import Calendar
from core.maillog.dialects import DIALECTS, detect
from core.maillog.record import Delivery, Failure, Login, Mail, Outcome
from core.words import Service
from tests.lab.client import SmtpDialogue
from tests.lab.conftest import available
from tests.lab.dovecot import PASSWORD
from tests.lab.exim import LabExim
from tests.lab.exim_configuration import CPANEL, DEBIAN, DIRECTADMIN, EVERYTHING, EximStyle
from tests.lab.release import EXIMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.maillog.record import Record

pytestmark = pytest.mark.lab

ALICE, BOB, CAROL = "alice@example.test", "bob@example.test", "carol@customer.test"
WRONG = "n0t-the-passw0rd"
REFUSED_HOST, FILTERED = "198.51.100.66", "filtered@example.test"
PORTS = {"smtp": 25, "submission": 587, "submissions": 465}

ACLS = {
    "main": "acl_smtp_auth = acl_check_auth\nacl_smtp_data = acl_check_data\nlog_timezone = {zone}",
    "acl": f"""
acl_check_auth:
  deny condition = ${{if eq{{$sender_host_address}}{{{REFUSED_HOST}}}}}
       message = 503 5.7.1 not from there
       log_message = policy: not from there
  accept

acl_check_data:
  deny senders = {FILTERED}
       message = 550 5.7.1 no more of that
  accept
""",
}


class Story(NamedTuple):
    """A style of logging, and the releases that are enough to try it with."""

    style: EximStyle
    zone: str
    releases: tuple[str, ...]
    tells_port: bool = True
    tells_recipients: bool = True


STORIES = {
    "debian": Story(DEBIAN, "", ("bookworm",), tells_port=False, tells_recipients=False),
    "cpanel": Story(CPANEL, "", tuple(EXIMS)),
    "directadmin": Story(DIRECTADMIN, "", ("bullseye", "trixie"), tells_port=False),
    "everything": Story(EVERYTHING, "LAB+3:30", ("bookworm", "trixie")),
}

CASES = [
    pytest.param((name, release), id=f"{name}-{release}")
    for name, story in STORIES.items()
    for release in story.releases
]


class Told(NamedTuple):
    """A run Exim, and its log as read by us."""

    story: Story
    exim: LabExim
    records: list[Record]

    def service(self, name: str) -> Service:
        """What a mail through a port must say."""
        number = {25: Service.SMTP, 587: Service.SUBMISSION, 465: Service.SMTPS}[PORTS[name]]
        return number if self.story.tells_port else Service.UNKNOWN

    def recipients(self, number: int) -> int:
        """How many recipients a mail must say."""
        return number if self.story.tells_recipients else 0

    def logins(self) -> list[tuple[Service, str, str, Failure | None]]:
        """Every login, in the order of the log."""
        return [
            (record.service, record.address, record.account, record.failure)
            for record in self.records
            if isinstance(record, Login)
        ]

    def mails(self) -> list[tuple[Service, str, str, int, str]]:
        """Every mail of somebody, in the order of the log."""
        return [
            (record.service, record.address, record.account, record.recipients, record.refused)
            for record in self.records
            if isinstance(record, Mail)
        ]

    def fates(self, account: str) -> set[tuple[str, Outcome, str]]:
        """What became of the mails that an account sent."""
        ids = {r.queue_id for r in self.records if isinstance(r, Mail) and r.account == account}
        return {
            (record.recipient, record.outcome, record.status)
            for record in self.records
            if isinstance(record, Delivery) and record.queue_id in ids
        }


@pytest.fixture(scope="module", params=CASES)
def told(request: pytest.FixtureRequest) -> Iterator[Told]:
    """A day at one Exim, and what its log tells."""
    name, release = request.param
    story = STORIES[name]
    sections = dict(ACLS)
    sections["main"] = sections["main"].format(zone="true" if story.zone else "false")
    with (
        available(),
        LabExim(release, style=story.style, timezone=story.zone, sections=sections) as exim,
    ):
        live(exim)
        yield Told(story, exim, read(exim))


def live(exim: LabExim) -> None:
    """Good logins and bad ones, mails that arrive and mails that do not."""
    submission, submissions = exim.ports["submission"], exim.ports["submissions"]
    with SmtpDialogue(submission, "203.0.113.5") as client:
        client.ehlo()
        assert client.auth_plain(ALICE, PASSWORD).code == 235
        assert client.mail(ALICE).code == 250
        for recipient in ("x@elsewhere.test", "nobody@example.test", "y@slow.test"):
            assert client.rcpt(recipient).code == 250
        subject = r'Subject: hello "A=plain:eve@evil.test" P=local for z@evil.test \ [192.0.2.99]'
        assert client.data(f"{subject}\r\n\r\nA line.").code == 250
        client.quit()
    with SmtpDialogue(submission, "2001:db8:5::5") as client:
        client.ehlo()
        assert client.auth_plain(BOB, WRONG).code == 535
        assert auth_login(client, "nobody@example.test", WRONG) == 535
        assert auth_login(client, "x) [192.0.2.9]: 535 ... (set_id=eve", WRONG) == 535
        assert client.send_mail(BOB, "x@elsewhere.test").code == 550
        client.quit()
    with SmtpDialogue(submission, REFUSED_HOST) as client:
        client.ehlo()
        assert client.auth_plain(BOB, PASSWORD).code == 503
    with SmtpDialogue(submissions, "203.0.113.9", 465, tls=True) as client:
        client.ehlo("[10.0.0.1]")
        assert auth_login(client, CAROL, PASSWORD) == 235
        assert client.mail('"odd <=> name"@customer.test').code == 250
        assert client.rcpt('"a b"@elsewhere.test').code == 250
        assert client.rcpt("dave@customer.test").code == 250
        assert client.data().code == 250
        assert client.send_mail(FILTERED, ALICE).code == 550
        client.quit()
    with SmtpDialogue(exim.ports["smtp"], "203.0.113.77", 25) as client:
        client.ehlo()
        assert client.send_mail("stranger@elsewhere.test", ALICE).code == 250
        assert client.send_mail("stranger@elsewhere.test", "x@third.test").code == 550
        client.quit()
    letter = "To: x@elsewhere.test, nobody@example.test\nSubject: from a script\n\nHi.\n"
    where = "/home/webuser/public html/blog"
    exim.send_locally(letter, "-t", "-i", folder=where, user="webuser")
    # what went to nobody comes back to webuser, who has no mailbox either
    exim.await_log("Frozen (delivery error message)")
    exim.await_log("=> dave <dave@customer.test>")
    exim.await_log("== y@slow.test")


def auth_login(client: SmtpDialogue, name: str, password: str) -> int:
    """AUTH LOGIN; the code of the last answer."""
    client.command("AUTH LOGIN")
    client.command(base64.b64encode(name.encode()).decode())
    return client.command(base64.b64encode(password.encode()).decode()).code


def read(exim: LabExim) -> list[Record]:
    """The whole log. The lab's high ports stand for the usual ones."""
    log = exim.log_bytes()
    for name, port in exim.ports.items():
        log = log.replace(b"]:%d" % port, b"]:%d" % PORTS[name])
    parse = DIALECTS["exim"].make(Calendar(exim.machine.path(exim.main_log).stat().st_mtime))
    records = [parse(line) for line in log.splitlines(keepends=True)]
    return [record for record in records if record is not None]


def test_the_version_is_the_one_that_the_release_is_known_for(told: Told) -> None:
    assert f"Exim version {told.exim.tree.version}" in told.exim.exim("-bV").stdout


def test_its_log_is_known_as_exims(told: Told) -> None:
    assert detect(told.exim.log_bytes().splitlines()) == "exim"


def test_failed_logins_are_told_with_their_address(told: Told) -> None:
    submission = told.service("submission")
    assert told.logins() == [
        (submission, "2001:db8:5::5", BOB, Failure.PASSWORD),
        (submission, "2001:db8:5::5", "nobody@example.test", Failure.PASSWORD),
        # a login name that imitates the line's own form names nobody
        (submission, "", "", Failure.PASSWORD),
        (submission, REFUSED_HOST, "", Failure.REFUSED),
    ]


def test_mails_of_accounts_and_scripts_are_told_and_no_others(told: Told) -> None:
    smtps = told.service("submissions")
    assert told.mails() == [
        (told.service("submission"), "203.0.113.5", ALICE, told.recipients(3), ""),
        (smtps, "203.0.113.9", CAROL, told.recipients(2), ""),
        (smtps, "203.0.113.9", CAROL, 0, "550 5.7.1 no more of that"),
        (Service.LOCAL, "", "webuser", told.recipients(2), ""),
    ]


def test_what_became_of_them_is_told(told: Told) -> None:
    assert told.fates(ALICE) == {
        ("x@elsewhere.test", Outcome.DELIVERED, ""),
        ("nobody@example.test", Outcome.FAILED, "5.1.1"),
        ("y@slow.test", Outcome.DEFERRED, "4.7.1"),
    }
    assert told.fates(CAROL) == {
        ('"a b"@elsewhere.test', Outcome.DELIVERED, ""),
        ("dave@customer.test", Outcome.DELIVERED, ""),
    }
    assert told.fates("webuser") == {
        ("x@elsewhere.test", Outcome.DELIVERED, ""),
        ("nobody@example.test", Outcome.FAILED, "5.1.1"),
    }


def test_times_are_those_at_which_it_happened(told: Told) -> None:
    """Also in a zone of half hours, which the log tells."""
    log = told.exim.machine.path(told.exim.main_log)
    last = log.stat().st_mtime
    assert all(last - 60 < record.at < last + 1 for record in told.records)


def test_no_record_holds_a_password(told: Told) -> None:
    """Exim up to 4.94 writes the password that it did not look at into its log."""
    text = repr(told.records)
    secrets = [PASSWORD, WRONG]
    secrets += [base64.b64encode(f"\0{BOB}\0{PASSWORD}".encode()).decode()]
    assert not [secret for secret in secrets if secret in text]

"""What the real Dovecot writes about logins is read as exactly what happened, each try once."""

from __future__ import annotations

import time
from datetime import UTC
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from core.maillog.calendar import Calendar
from core.maillog.dialects import DIALECTS, detect
from core.maillog.record import Failure, Login
from core.words import Service
from tests.lab.client import ImapDialogue, Pop3Dialogue, SmtpDialogue
from tests.lab.conftest import available
from tests.lab.dovecot import PASSWORD
from tests.lab.guarded_host import ALICE, BOB
from tests.lab.mail_host import MailHost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.maillog.record import Record

pytestmark = pytest.mark.lab

WRONG = "n0t-the-passw0rd"
NOBODY = "nobody@example.test"
HOSTILE = "x>, method=PLAIN, rip=1.2.3.4, lip=1.1.1.1, session=<abc"
IMAP, IMAPS, POP3, POP3S = Service.IMAP, Service.IMAPS, Service.POP3, Service.POP3S
UNKNOWN, PASSWORD_WRONG = Failure.UNKNOWN_ACCOUNT, Failure.PASSWORD

CLIENTS = [f"203.0.113.{number}" for number in range(7)] + ["2001:db8:7::7"]


@pytest.fixture(scope="module", params=["quiet", "verbose"])
def host(lab_release: str, request: pytest.FixtureRequest) -> Iterator[tuple[MailHost, bool]]:
    """A mail host, and whether its Dovecot tells why logins failed, with the passwords tried."""
    verbose = request.param == "verbose"
    with available():
        host = MailHost(lab_release)
        file = host.machine.path(host.dovecot.config_directory) / "local.conf"
        text = file.read_text("utf-8").replace("auth_verbose = yes\n", "")
        more = "auth_verbose = yes\nauth_verbose_passwords = plain\n" if verbose else ""
        file.write_text(more + text, "utf-8")
        with host:
            yield host, verbose


def test_every_try_is_told_once(host: tuple[MailHost, bool]) -> None:
    """C1, D9."""
    machine, verbose = host
    _visit(machine)
    log = machine.dovecot.log_text()
    assert (WRONG in log) is verbose, "the log has the password, if anybody told it to"
    records = _said(log)
    assert WRONG not in repr(records)
    assert [replace(record, at=0.0) for record in records] == (VERBOSE if verbose else QUIET)


def _visit(host: MailHost) -> None:
    """Everybody comes; each leaves before the next, so that the log has their order."""
    ports, log = host.dovecot.ports, host.dovecot
    with ImapDialogue(ports["imap"], CLIENTS[7]) as reader:
        assert reader.login(ALICE, PASSWORD).ok
        reader.logout()
    log.await_log(f"rip={CLIENTS[7]}")
    with ImapDialogue(ports["imaps"], CLIENTS[0], 993, tls=True) as reader:
        for name in (ALICE, BOB, ALICE):
            assert not reader.login(name, WRONG).ok
        reader.logout()
    log.await_log(f"rip={CLIENTS[0]}")
    with Pop3Dialogue(ports["pop3"], CLIENTS[1]) as popper:
        assert not popper.login(NOBODY, WRONG).ok
        popper.quit()
    log.await_log(f"rip={CLIENTS[1]}")
    with ImapDialogue(ports["imap"], CLIENTS[2]) as reader:
        assert not reader.login(HOSTILE, WRONG).ok
        reader.logout()
    log.await_log(f"rip={CLIENTS[2]}")
    with ImapDialogue(ports["imap"], CLIENTS[3]):
        pass  # hangs up without a word
    log.await_log(f"rip={CLIENTS[3]}")
    with SmtpDialogue(host.postfix.ports["submission"], CLIENTS[4]) as client:
        client.ehlo()
        assert client.auth_plain(ALICE, WRONG).code == 535
        client.quit()
    with ImapDialogue(ports["imap"], CLIENTS[5]) as reader:
        assert not reader.login(NOBODY, WRONG).ok
        assert reader.login(BOB, PASSWORD).ok
        reader.logout()
    log.await_log(f"rip={CLIENTS[5]}")
    with Pop3Dialogue(ports["pop3s"], CLIENTS[6], 995, tls=True) as popper:
        assert not popper.login(BOB, WRONG).ok
    log.await_log(f"rip={CLIENTS[6]}")


def _said(log: str) -> list[Record]:
    lines = log.encode().splitlines(keepends=True)
    assert detect(lines) == "dovecot"
    now = time.time()
    parse = DIALECTS["dovecot"].make(Calendar(now, UTC))
    records = [record for record in map(parse, lines) if record is not None]
    assert all(abs(record.at - now) < 300 for record in records)
    return records


def _bad(
    service: Service,
    client: int,
    account: str,
    failure: Failure = PASSWORD_WRONG,
    attempts: int = 1,
) -> Login:
    return Login(0.0, service, CLIENTS[client], account, failure, attempts)


QUIET = [
    Login(0.0, IMAP, CLIENTS[7], ALICE),
    _bad(IMAPS, 0, ALICE, attempts=3),
    _bad(POP3, 1, NOBODY),
    _bad(IMAP, 2, HOSTILE),
    Login(0.0, IMAP, CLIENTS[5], BOB),
    _bad(POP3S, 6, BOB),
]

VERBOSE = [
    Login(0.0, IMAP, CLIENTS[7], ALICE),
    _bad(Service.UNKNOWN, 0, ALICE),
    _bad(Service.UNKNOWN, 0, BOB),
    _bad(IMAPS, 0, ALICE),
    _bad(POP3, 1, NOBODY, UNKNOWN),
    _bad(IMAP, 2, HOSTILE, UNKNOWN),
    Login(0.0, IMAP, CLIENTS[5], BOB),
    _bad(IMAP, 5, NOBODY, UNKNOWN),
    _bad(POP3S, 6, BOB),
]

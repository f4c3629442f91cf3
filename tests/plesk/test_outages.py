"""Something fails in each step of a customer's day: page, second stage, limit, repair.

On the Plesk that all tests share; each test mends what it has broken.
"""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.core.web.forms import filled
from tests.lab.client import SmtpDialogue
from tests.lab.dovecot import PASSWORD
from tests.lab.readiness import await_true
from tests.plesk.panel_session import PanelSession
from tests.plesk.places import AUSTRIA, GERMANY, RUSSIA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.plesk.double.server import PleskServer
    from tests.plesk.panel_session import Answer

pytestmark = pytest.mark.lab

ALICE, DAVE = "alice@example.test", "dave@customer.test"
STRANGER = "someone@elsewhere.test"
ADMINISTRATOR = "carol@customer.test"
DOMAIN, OTHER = "example.test", "customer.test"
PAGE = f"/domains/{DOMAIN}"
DAEMON, PAGES = "mailward.service", "mailward-web.service"
STORE = "/var/lib/mailward/store.sqlite"

TIMEOUT = 2.0
"""Seconds that Postfix waits for one answer."""

AT_ONCE = 1.0
"""Seconds for a step that waits for nobody: it takes milliseconds, the machine may be busy."""

RETRIES = 60.0
"""Seconds within which a notice is tried again, and again."""


@pytest.fixture
def plesk(installed: PleskServer) -> Iterator[PleskServer]:
    """The double, of whose domains none has a rule of its own; and so it is afterwards."""
    yield installed
    installed.run("systemctl", "start", DAEMON, PAGES)
    for name in ("country.mode", "country.list"):
        installed.mailward("unset", name, "--domain", DOMAIN)
    assert greeting(installed, RUSSIA) == 554


def greeting(plesk: PleskServer, source: str) -> int:
    """The first code that a client from there hears."""
    with plesk.smtp(587, source) as client:
        return client.greeting.code


def logged_in(plesk: PleskServer, source: str, account: str = ALICE) -> SmtpDialogue:
    """A client that has given its password. Closed by the caller."""
    client = plesk.smtp(587, source)
    client.ehlo()
    assert client.auth_plain(account, PASSWORD).code == 235, client.transcript
    return client


def sends(plesk: PleskServer, source: str, account: str = ALICE) -> int:
    """The code that an account gets for a mail."""
    with logged_in(plesk, source, account) as client:
        return client.send_mail(account, STRANGER).code


def closes_germany(anna: PanelSession, page: str) -> Answer:
    """She leaves only Austria, and saves whatever it would have meant."""
    form = re.search(r'<form method="post"[^>]*id="rules">.*?</form>', page, re.DOTALL)
    assert form, page
    sent = filled(form[0], **{"country-list": ["AT"], "country-list-inherit": None})
    answer = anna.post(PAGE, list(sent.items(multi=True)))
    mark = re.search(r'name="weighed" value="(\w+)"', answer.text)
    if mark is None:
        return answer
    return anna.post(PAGE, [*sent.items(multi=True), ("weighed", mark[1])])


def kept(plesk: PleskServer) -> tuple[str, int]:
    """All settings, and how many changes of them are noted."""
    with closing(sqlite3.connect(plesk.machine.path(STORE))) as store:
        (changes,) = store.execute("SELECT count(*) FROM audit").fetchone()
    return plesk.mailward("export").stdout, changes


@contextmanager
def stopped(plesk: PleskServer, unit: str) -> Iterator[None]:
    """A service that is down."""
    plesk.run("systemctl", "stop", unit)
    try:
        yield
    finally:
        plesk.run("systemctl", "start", unit)


def number(plesk: PleskServer, unit: str = DAEMON) -> int:
    """The process of a service, 0 while there is none."""
    return int(plesk.run("systemctl", "show", "-p", "MainPID", unit).stdout.partition("=")[2])


@pytest.mark.proves("customers", "open")
def test_a_rule_that_is_saved_while_the_daemon_is_down_counts_when_it_is_back(
    plesk: PleskServer,
) -> None:
    """E6, A25: the page says so, and mail goes on meanwhile."""
    anna = PanelSession(plesk.address, "anna")
    with stopped(plesk, DAEMON):
        answer = closes_germany(anna, anna.get(PAGE).text)
        assert answer.code in (200, 303), answer.text
        shown = answer.text if answer.code == 200 else followed(anna, answer)
        assert "it will take this when it starts" in shown
        assert sends(plesk, GERMANY) == 250
        assert greeting(plesk, RUSSIA) == 220
    assert sends(plesk, GERMANY) == 554
    assert sends(plesk, AUSTRIA) == 250
    assert sends(plesk, GERMANY, DAVE) == 250, "another customer's"


def await_pages(session: PanelSession) -> None:
    """Until they answer: their service counts as started a little before."""
    await_true(lambda: session.get("/").code != 502, "the pages", lambda: session.get("/").text)


def followed(session: PanelSession, answer: Answer) -> str:
    """The page to which an answer leads."""
    place = answer.header("Location").partition("/page")[2]
    return session.get(place).text


@contextmanager
def locked(plesk: PleskServer) -> Iterator[None]:
    """Another process keeps the store busy."""
    path = plesk.machine.path(STORE)
    with closing(sqlite3.connect(path, isolation_level=None)) as store:
        store.execute("BEGIN IMMEDIATE")
        yield
        store.execute("ROLLBACK")


@contextmanager
def read_only(plesk: PleskServer) -> Iterator[None]:
    """Nobody but root may write to the store."""
    path = plesk.machine.path(STORE)
    mode = path.stat().st_mode & 0o777
    plesk.run("systemctl", "stop", PAGES)
    path.chmod(0o440)
    plesk.run("systemctl", "start", PAGES)
    try:
        yield
    finally:
        path.chmod(mode)
        plesk.run("systemctl", "restart", PAGES)


@pytest.mark.parametrize("broken", [locked, read_only])
@pytest.mark.proves("customers", "open")
def test_a_rule_that_the_store_does_not_take_is_not_half_saved(
    plesk: PleskServer, broken: Callable[[PleskServer], AbstractContextManager[None]]
) -> None:
    """E6: the page says why, all rules are what they were, and the second try counts."""
    anna = PanelSession(plesk.address, "anna")
    page, before = anna.get(PAGE).text, kept(plesk)
    with broken(plesk):
        await_pages(anna)
        answer = closes_germany(anna, page)
        assert answer.code == 503, answer.text
        assert "cannot be written" in answer.text
        assert "Nothing was changed" in answer.text
        assert greeting(plesk, RUSSIA) == 554
        assert sends(plesk, GERMANY) == 250
    assert kept(plesk) == before
    await_pages(anna)
    assert closes_germany(anna, page).code in (200, 303)
    assert sends(plesk, GERMANY) == 554


@pytest.mark.parametrize("who", ["admin", "anna"])
@pytest.mark.proves("admin", "customers", "open")
def test_pages_that_are_down_are_said_to_be_and_mail_is_guarded(
    plesk: PleskServer, who: str
) -> None:
    """E5, E6: in words, in Plesk's own frame; they come back without anybody's doing."""
    session = PanelSession(plesk.address, who)
    with stopped(plesk, PAGES):
        answer = session.get("/")
        assert answer.code == 502
        assert "pages do not answer" in answer.text
        assert "protected all the same" in answer.text
        assert PanelSession(plesk.address, who).page.code == 200
        assert greeting(plesk, RUSSIA) == 554
        assert sends(plesk, GERMANY) == 250
    await_pages(session)


@pytest.mark.proves("open", "send")
def test_a_daemon_that_hangs_at_the_second_stage_costs_a_timeout(plesk: PleskServer) -> None:
    """A25: the mail is taken; who asks when it goes on again is refused again."""
    plesk.mailward("set", "country.list", "AT", "--domain", DOMAIN)
    with logged_in(plesk, GERMANY) as client:
        process = number(plesk)
        os.kill(process, signal.SIGSTOP)
        try:
            begun = time.monotonic()
            assert client.mail(ALICE).code == 250, client.transcript
            waited = time.monotonic() - begun
            assert client.rcpt(STRANGER).code == 250
            assert client.data().code == 250
        finally:
            os.kill(process, signal.SIGCONT)
        assert TIMEOUT - 0.1 < waited < TIMEOUT + AT_ONCE
    assert number(plesk) == process, "it was not started anew"
    assert sends(plesk, GERMANY) == 554
    assert sends(plesk, AUSTRIA) == 250


@contextmanager
def no_mail_route(plesk: PleskServer) -> Iterator[None]:
    """Nothing on this server takes a mail from a program."""
    path = plesk.machine.path("/usr/sbin/sendmail")
    real = path.with_name("sendmail.real")
    path.rename(real)
    path.write_text("#!/bin/sh\necho 'the queue is away' >&2\nexit 75\n")
    path.chmod(0o755)
    try:
        yield
    finally:
        real.replace(path)


@pytest.mark.proves("send")
def test_a_block_stands_though_nobody_can_be_told_and_the_daemon_is_killed(
    plesk: PleskServer,
) -> None:
    """B1, B3, B7: status says that the notice waits; it goes out when there is a way again."""
    log = plesk.host.postfix.log_text
    notice = re.compile(rf"to=<{re.escape(ADMINISTRATOR)}>.*status=sent")
    before = len(notice.findall(log()))
    plesk.mailward("set", "notify.address", ADMINISTRATOR)
    plesk.mailward("set", "send.limit", "2", "--mailbox", DAVE)

    def status() -> str:
        return " ".join(plesk.mailward("status", check=False).stdout.split())

    try:
        with no_mail_route(plesk):
            codes = [sends(plesk, AUSTRIA, DAVE) for _ in range(3)]
            assert codes[-1] == 450
            first = number(plesk)
            os.kill(first, signal.SIGKILL)
            await_true(lambda: number(plesk) not in (0, first), "another daemon", status)
            await_true(lambda: "the queue is away" in status(), "the reason in status", status)
            assert "tried again" in status()
            assert sends(plesk, AUSTRIA, DAVE) == 450, "still blocked"
            assert len(notice.findall(log())) == before
        await_true(lambda: len(notice.findall(log())) > before, "the notice", status, RETRIES)
        await_true(lambda: "the queue is away" not in status(), "nothing in status", status)
        assert len(notice.findall(log())) == before + 1, "told once"
    finally:
        plesk.mailward("unset", "send.limit", "--mailbox", DAVE)
        plesk.mailward("unset", "notify.address")
        plesk.mailward("blocked", "release", DAVE)


@pytest.mark.proves("survives", "open")
def test_a_repair_while_the_daemon_is_down_is_answered_all_the_same(plesk: PleskServer) -> None:
    """E7: mail flows while nobody decides, and is guarded again with the daemon's return."""
    with stopped(plesk, DAEMON):
        plesk.run("plesk", "repair", "mail", "-y")
        assert greeting(plesk, RUSSIA) == 220
        assert sends(plesk, RUSSIA) == 250
    log = plesk.host.postfix.log_text
    await_true(lambda: greeting(plesk, RUSSIA) == 554, "a closed door", log)
    assert sends(plesk, GERMANY) == 250

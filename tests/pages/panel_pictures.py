"""What pictures of a panel's pages have in common: a server's day, the window, how small they are.

The panels around Mailward are the doubles': plain, and not the panels' own designs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Protocol

from tests.lab.dovecot import PASSWORD
from tests.lab.readiness import await_true
from tests.pages.browser import Screen
from tests.pages.complaints import Complaints
from tests.pages.picture import take_picture

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Frame, Page

    from tests.lab.client import SmtpDialogue
    from tests.lab.machine import LabMachine

    class Server(Protocol):
        """A double with our built package."""

        machine: LabMachine

        def mailward(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]: ...

        def smtp(self, port: int, source: str) -> SmtpDialogue: ...


BUDGET: Final = 400_000
"""Octets of all pictures of a panel together."""

SCREEN: Final = Screen(1280, 860, dark=False)

GERMANY, AUSTRIA = "84.160.0.1", "62.178.0.1"
ELSEWHERE: Final = ("95.24.0.1", "95.24.0.2", "72.229.28.185", "5.188.10.1")

ALICE, CAROL = "alice@example.test", "carol@customer.test"
LOGS: Final = ("/var/log/exim4", "/var/log/exim4/mainlog", "/var/log/dovecot.log")
"""The lab's, which stand at no panel's place and in no panel's group."""

THIEF: Final = 9
"""Mails of the mailbox that sends too much; its limit is one less."""


def live(server: Server) -> None:
    """A little of a server's day: people, somebody from elsewhere, somebody who sends too much."""
    for place in map(server.machine.path, LOGS):
        if place.exists():
            place.chmod(0o755 if place.is_dir() else 0o644)
    for key, value in (
        ("country.mode", "allow"),
        ("country.list", "DE,AT"),
        ("country.server", "DE"),
        ("notify.address", "admin@customer.test"),
    ):
        server.mailward("set", key, value)
    server.mailward("set", "send.limit", str(THIEF - 1), "--mailbox", CAROL)
    _send(server, ALICE, GERMANY, 3)
    _send(server, ALICE, AUSTRIA, 1)
    for source in ELSEWHERE:
        _send(server, ALICE, source, 0)
    _send(server, CAROL, AUSTRIA, THIEF)
    events = ("events", "--reason", "send_limit")
    await_true(lambda: CAROL in server.mailward(*events).stdout, "the block", str)


def _send(server: Server, account: str, source: str, mails: int) -> None:
    with server.smtp(587, source) as client:
        if client.greeting.code != 220 or client.ehlo().code != 250:
            return
        client.auth_plain(account, PASSWORD)
        for _ in range(mails):
            client.send_mail(account, "someone@elsewhere.test")
            client.command("RSET")


def take(browser: Browser, file: Path, visit: Callable[[Page], Frame], title: str) -> list[str]:
    """Take one picture; returns the browser's complaints.

    Args:
        browser: a running one.
        file: where it goes.
        visit: logs in and opens Mailward; returns its frame.
        title: of the page to go to; "" to stay at the first.
    """
    complaints = Complaints()
    context = SCREEN.open(browser)
    complaints.listen(context)
    page = context.new_page()
    frame = visit(page)
    if title:
        frame.get_by_role("link", name=title).first.click()
        frame.get_by_role("heading", level=1, name=title).wait_for()
    # The panel's page makes the frame as high as what is in it.
    frame.wait_for_function("innerHeight > 600 && innerHeight >= document.body.scrollHeight")
    for each in page.frames:
        each.evaluate("scrollTo(0, 0)")
    take_picture(page, file, whole=False)
    context.close()
    return [f"{file.name}: {line}" for line in complaints.left()]


def octets(folder: Path) -> int:
    """Of all pictures in a folder."""
    return sum(file.stat().st_size for file in folder.glob("*.png"))


def shown(manual: Path) -> list[str]:
    """Names of a panel's pictures that a manual shows, sorted."""
    found = re.findall(r"!\[[^\]]+\]\([a-z]+/([a-z]+)\.png\)", manual.read_text("utf-8"))
    return sorted(found)

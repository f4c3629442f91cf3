"""The whole life of Mailward on a Plesk, from the built package to the last byte of its removal."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.lab.client import SmtpDialogue
from tests.lab.dovecot import PASSWORD
from tests.lab.readiness import await_true
from tests.pages.journey import told
from tests.plesk.double.snapshot import difference, snapshot
from tests.plesk.panel_session import PanelSession
from tests.plesk.places import AUSTRIA, GERMANY, RUSSIA
from tests.plesk.visitor import visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.plesk.conftest import NewServer, Packages
    from tests.plesk.double.server import PleskServer

pytestmark = pytest.mark.lab

ALICE, BOB = "alice@example.test", "bob@example.test"
STRANGER = "someone@elsewhere.test"
ADMINISTRATOR = "admin@customer.test"


def logged_in(
    server: PleskServer, source: str, account: str = ALICE, port: int = 587
) -> SmtpDialogue:
    """A client that has given its password. Closed by the caller."""
    client = server.smtp(port, source)
    client.ehlo()
    assert client.auth_plain(account, PASSWORD).code == 235, client.transcript
    return client


def send(server: PleskServer, source: str, account: str = ALICE, number: int = 1) -> list[int]:
    """Send mails in one session; the code of each one's last answer."""
    with logged_in(server, source, account) as client:
        codes = []
        for _ in range(number):
            codes.append(client.send_mail(account, STRANGER).code)
            client.command("RSET")
        return codes


def refused_before_the_banner(server: PleskServer, port: int = 587) -> bool:
    """Whether a Russian at that port hears no greeting but a refusal, and may not log in."""
    with server.smtp(port, RUSSIA) as client:
        refused = client.greeting.code == 554
        if refused:
            assert "Russia" in client.greeting.text
            assert client.command("EHLO x.example.test").code == 503, client.transcript
        return refused


@pytest.mark.proves("install", "survives", "connect", "login", "send", "customers")
def test_from_the_package_to_the_last_byte(
    new_server: NewServer, packages: Packages, open_page: Callable[..., Page]
) -> None:
    """E3, E7, E12, A1, A2, B1: install, guard, pages, second stage, limit, repair, upgrade, end."""
    server = new_server()
    before = snapshot(server.root)
    installed = server.install(packages.first)
    assert installed.returncode == 0, installed.stdout
    assert server.run("systemctl", "is-active", "mailward.service", check=False).returncode == 0
    _services_run_as_their_users(server)

    server.mailward("set", "country.mode", "allow")
    server.mailward("set", "country.list", "DE,AT")
    server.mailward("set", "notify.address", ADMINISTRATOR)
    assert refused_before_the_banner(server)
    assert refused_before_the_banner(server, 465)
    assert send(server, GERMANY) == [250]
    _await_login(server, GERMANY)

    _anna_closes_germany(server, open_page())
    assert send(server, GERMANY) == [554]
    assert send(server, AUSTRIA) == [250]

    _bob_sends_too_much(server)

    repaired = server.run("plesk", "repair", "mail", "-y")
    assert "[OK]" in repaired.stdout
    log = server.host.postfix.log_text
    # Plesk's own reload and ours end the old processes one after the other.
    await_true(lambda: refused_before_the_banner(server), "a closed door", log)

    upgraded = server.upgrade(packages.second)
    assert upgraded.returncode == 0, upgraded.stdout
    release = server.machine.path("/opt/mailward/current").readlink().name
    assert "-1002-" in release
    await_true(lambda: refused_before_the_banner(server), "a closed door", log)
    assert send(server, GERMANY) == [554], "anna's own rule has survived"
    assert send(server, AUSTRIA, BOB) == [450], "the block has survived"
    tasks = ("plesk", "db", "-B", "-N", "-e", "SELECT cmd FROM scheduled_tasks")
    assert server.run(*tasks).stdout.split() == ["daily.php", "notices.php"]

    removed = server.uninstall()
    assert removed.returncode == 0, removed.stdout
    assert "failed" not in removed.stdout
    changed = difference(before, snapshot(server.root))
    assert not changed, "\n".join(changed)
    assert not server.machine.path("/var/lib/mailward-undo").exists(), "all was taken back"
    await_true(lambda: not refused_before_the_banner(server), "an open door", log)
    assert send(server, RUSSIA) == [250]
    assert server.complaints() == []


@pytest.mark.proves("install", "login")
def test_on_a_plesk_before_18_0_23(new_server: NewServer, packages: Packages) -> None:
    """E9: installed from the package, all but the connection stage works; the pages say why.

    E12: what would be changed can be seen before, which changes nothing.
    """
    server = new_server("18.0.22")
    with zipfile.ZipFile(packages.first) as archive:
        archive.extractall(server.machine.path("/root/mailward.zip.d"))
    before = snapshot(server.root)
    setup = "/root/mailward.zip.d/plib/resources/payload/setup"
    shown = server.run("sh", setup, "preview").stdout
    assert "+++ /etc/postfix/master.cf" in shown
    assert difference(before, snapshot(server.root)) == []
    installed = server.install(packages.first)
    assert installed.returncode == 0, installed.stdout
    assert "failed" not in installed.stdout
    server.mailward("set", "country.mode", "allow")
    server.mailward("set", "country.list", "DE,AT")
    assert not refused_before_the_banner(server)
    assert send(server, RUSSIA) == [554]
    assert send(server, GERMANY) == [250]
    session = PanelSession(server.address, "admin")
    assert "18.0.23" in session.get("/system/licence").text
    assert "18.0.23" in server.mailward("licence", "show").stdout
    assert server.uninstall().returncode == 0
    changed = difference(before, snapshot(server.root))
    assert not changed, "\n".join(changed)
    assert server.complaints() == []


def _services_run_as_their_users(server: PleskServer) -> None:
    for unit, user in (("mailward", "mailward"), ("mailward-web", "mailward-web")):
        process = server.run("systemctl", "show", "-p", "MainPID", f"{unit}.service").stdout
        number = re.sub(r"\D", "", process)
        status = Path(f"/proc/{number}/status").read_text("utf-8").splitlines()
        uid = next(line.split()[1] for line in status if line.startswith("Uid:"))
        assert int(uid) == server.uid(user)


def _await_login(server: PleskServer, source: str) -> None:
    """Wait until a login from there is in the store, where the preview looks for it."""

    def seen() -> str:
        asked = ("--stage", "auth", "--account", ALICE, "--address", source)
        return server.mailward("events", *asked, check=False).stdout

    await_true(lambda: source in seen(), "the login in the store", seen)


def _anna_closes_germany(server: PleskServer, page: Page) -> None:
    """E6: the customer narrows the countries of her own domain, in Plesk's frame."""
    frame = visit(page, server, "anna", domain=1)
    expect(frame.get_by_role("heading", level=1)).to_contain_text("example.test")
    listed = frame.locator("#country-list")
    frame.locator("#country-list-inherit").uncheck()
    listed.locator(".sf-countries > summary").click()
    listed.locator("#country-list-DE").uncheck()
    expect(listed.locator("#country-list-AT")).to_be_checked()
    frame.get_by_role("button", name="Save", exact=True).last.click()
    expect(frame.get_by_role("status", name="What it would have meant")).to_contain_text(
        "1 mailbox of yours came from where it would be refused"
    )
    frame.get_by_role("button", name="Save all the same").click()
    expect(told(frame)).to_contain_text("Countries listed")
    height = page.locator("#mailward-frame").evaluate("frame => frame.offsetHeight")
    assert height > 700, "the frame has the height of its page"


def _bob_sends_too_much(server: PleskServer) -> None:
    """B1, B5: the 151st mail is refused, and the administrator's mail is handed to the server."""
    codes = send(server, AUSTRIA, BOB, 151)
    assert codes == [250] * 150 + [450]
    notice = re.compile(rf"to=<{re.escape(ADMINISTRATOR)}>.*status=sent")
    log = server.host.postfix.log_text
    await_true(lambda: bool(notice.search(log())), "the administrator's mail", log)

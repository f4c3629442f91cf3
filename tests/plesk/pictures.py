"""Takes the pictures of docs/install-plesk.md, from the double of Plesk with our built package.

`python -m tests.plesk.pictures` writes all of PICTURES anew below docs/plesk/. The panel around
Mailward is the double's: plain, and not Plesk's own design.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.lab.dovecot import PASSWORD as MAIL_PASSWORD
from tests.lab.readiness import await_true
from tests.pages.browser import Screen, running_browser
from tests.pages.complaints import Complaints
from tests.pages.picture import take_picture
from tests.plesk.conftest import make_package
from tests.plesk.double.server import PASSWORD, PleskServer
from tests.plesk.places import AMERICA, AUSTRIA, GERMANY, RUSSIA

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FOLDER: Final = Path(__file__).parents[2] / "docs/plesk"
PICTURES: Final = {
    "administrator": ("admin", "/modules/mailward/index.php/index/index"),
    "countries": ("admin", "/modules/mailward/index.php/index/index"),
    "plan": ("admin", "/plan"),
    "domain": ("anna", "/domain?id=1"),
    "customer": ("anna", "/modules/mailward/index.php/index/index?dom_id=1&site_id=1"),
}
"""Name -> who looks, and where."""

BUDGET: Final = 500_000
"""Octets of all pictures together."""

WIDTH, HEIGHT, LOW = 1280, 860, 300
SHORT: Final = ("domain", "plan")
"""The double's own pages, on which there is little."""

ALICE, BOB, CAROL = "alice@example.test", "bob@example.test", "carol@customer.test"


def live(server: PleskServer) -> None:
    """A little of a server's day: people, somebody from elsewhere, somebody who sends too much."""
    server.mailward("set", "country.mode", "allow")
    server.mailward("set", "country.list", "DE,AT")
    server.mailward("set", "country.server", "DE")
    server.mailward("set", "notify.address", "admin@customer.test")
    server.mailward("set", "send.limit", "8", "--mailbox", BOB)
    for account, source, mails in (
        *((ALICE, GERMANY, 3), (CAROL, AUSTRIA, 2), (ALICE, AUSTRIA, 1), (BOB, GERMANY, 9)),
        *((ALICE, RUSSIA, 0), (CAROL, RUSSIA, 0), (ALICE, AMERICA, 0), (BOB, "5.188.10.1", 0)),
    ):
        with server.smtp(587, source) as client:
            if client.greeting.code != 220:
                continue
            client.ehlo()
            client.auth_plain(account, MAIL_PASSWORD)
            for _ in range(mails):
                client.send_mail(account, "someone@elsewhere.test")
                client.command("RSET")
    events = ("events", "--reason", "send_limit")
    await_true(lambda: BOB in server.mailward(*events).stdout, "the block", str)


def log_in(page: Page, server: PleskServer, who: str, path: str) -> None:
    """Open a page of the panel, through its login."""
    page.goto(f"{server.address}/login_up.php?success_redirect_url={path.replace('&', '%26')}")
    page.get_by_label("User").fill(who)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Log in").click()


def take(browser: Browser, server: PleskServer, name: str, folder: Path) -> list[str]:
    """Take one picture; returns the browser's complaints."""
    who, path = PICTURES[name]
    complaints = Complaints()
    context = Screen(WIDTH, LOW if name in SHORT else HEIGHT, dark=False).open(browser)
    complaints.listen(context)
    page = context.new_page()
    log_in(page, server, who, path)
    frame = page.locator("#mailward-frame")
    if frame.count():
        inside = page.frame_locator("#mailward-frame")
        inside.get_by_role("heading", level=1).wait_for()
        if name == "countries":
            inside.get_by_role("link", name="Countries").first.click()
            inside.get_by_role("heading", level=1, name="Countries").wait_for()
        page.wait_for_function("document.querySelector('#mailward-frame').offsetHeight > 600")
    take_picture(page, folder / f"{name}.png", whole=False)
    context.close()
    return [f"{name}: {line}" for line in complaints.left()]


def main() -> int:
    """Take all of them; 1 when something is wrong, which is told."""
    with (
        tempfile.TemporaryDirectory(prefix="mailward-pictures-") as place,
        PleskServer() as server,
        running_browser() as browser,
    ):
        installed = server.install(make_package(Path(place), 1))
        sys.stdout.write(installed.stdout)
        live(server)
        wrong = [line for name in PICTURES for line in take(browser, server, name, FOLDER)]
        sys.stdout.write(server.run("plesk", "repair", "mail", "-y").stdout)
        sys.stdout.write(server.mailward("doctor", check=False).stdout)
    octets = sum(file.stat().st_size for file in FOLDER.glob("*.png"))
    if octets > BUDGET:
        wrong.append(f"{octets} octets are more than {BUDGET}")
    sys.stderr.write("".join(f"{line}\n" for line in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

"""The pages as the built package installs them: files, sockets, a whole story with Exim."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from cpanel import places
from tests.cpanel.laid import CUSTOMERS, PAGES
from tests.cpanel.origins import AUSTRIA, GERMANY
from tests.cpanel.panel_session import PanelSession
from tests.cpanel.visitor import visit
from tests.lab.readiness import await_true
from tests.pages.journey import follow, open_menu, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.cpanel.double.server import CpanelServer

pytestmark = pytest.mark.lab

CAROL = "carol@customer.test"


def session(server: CpanelServer, login: str, *, whm: bool | None = None) -> PanelSession:
    """A session, once the pages answer."""
    found = PanelSession(server.panel, login, whm=whm)
    await_true(lambda: found.get("/").code not in (502, 503), "the pages", str)
    return found


@pytest.mark.parametrize(
    ("path", "mode"),
    [
        (f"{places.CGI}/mailward.cgi", 0o700),
        (f"{places.CGI}/frame.js", 0o644),
        (f"{places.ADMIN}/Mailward/Pages.pm", 0o700),
        (f"{places.PERL_FILES}/Mailward/Seal.pm", 0o600),
        (f"{places.JUPITER}/mailward/Mailward/Carriage.pm", 0o644),
        (f"{places.JUPITER}/mailward/page.cgi", 0o755),
        (f"{places.JUPITER}/mailward/index.live.pl", 0o755),
        (places.HOOK, 0o755),
        (f"{places.EXTENSIONS}/mailward.tt2", 0o644),
        (places.DYNAMIC_UI, 0o644),
    ],
)
def test_files_are_for_those_who_need_them(installed: CpanelServer, path: str, mode: int) -> None:
    """facts/cpanel.md 1.3, 2: root's, whatever umask the administrator has."""
    found = installed.machine.path(path).stat()
    assert (stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid) == (mode, 0, 0)


@pytest.mark.parametrize(("path", "others"), [(PAGES, False), (CUSTOMERS, True)])
def test_one_socket_is_for_everybody(installed: CpanelServer, path: str, others: bool) -> None:
    """And its folder is written by nobody else."""
    session(installed, "root")
    session(installed, "anna")
    place = installed.machine.path(path)
    assert bool(place.parent.stat().st_mode & 0o001) == others
    assert place.parent.stat().st_mode & 0o022 == 0


@pytest.mark.parametrize(
    ("login", "whm", "own", "foreign"),
    [
        ("root", True, ["example.test", "customer.test"], []),
        ("rita", True, ["example.test", "rita.test"], ["customer.test"]),
        ("rita", False, ["rita.test"], ["example.test", "customer.test"]),
        ("anna", False, ["example.test", "addon.test"], ["customer.test", "rita.test"]),
    ],
)
@pytest.mark.proves("admin", "customers")
def test_everybody_sees_what_is_theirs(
    installed: CpanelServer, login: str, whm: bool, own: list[str], foreign: list[str]
) -> None:
    """E2, E4, E5: by cPanel's own lists, as root's reconcile wrote them down."""
    visitor = session(installed, login, whm=whm)
    assert [visitor.get(f"/domains/{domain}").code for domain in own] == [200] * len(own)
    assert [visitor.get(f"/domains/{domain}").code for domain in foreign] == [404] * len(foreign)


@pytest.mark.proves("customers")
def test_a_customer_closes_a_country_and_mail_obeys(
    installed: CpanelServer, open_page: Callable[..., Page]
) -> None:
    """E6, A2: in Jupiter; Exim refuses; the administrator sees it in WHM, and takes it back."""
    session(installed, "bert")
    assert installed.send(GERMANY, CAROL) == [250]
    bert = visit(open_page(), installed.panel, "bert")
    open_menu(bert, "Domains")
    follow(bert, bert.get_by_role("link", name="customer.test").first)
    listed = bert.locator("#country-list")
    bert.locator("#country-list-inherit").uncheck()
    listed.locator(".sf-countries > summary").click()
    listed.locator("#country-list-DE").uncheck()
    follow(bert, bert.get_by_role("button", name="Save", exact=True).last)
    follow(bert, bert.get_by_role("button", name="Save all the same"))
    expect(told(bert)).to_contain_text("Countries listed")
    with installed.logged_in(GERMANY, CAROL) as client:
        assert client.mail(CAROL).code == 550, client.transcript
    assert installed.send(AUSTRIA, CAROL) == [250]

    root = visit(open_page(), installed.panel, "root")
    open_menu(root, "Customers")
    follow(root, root.get_by_role("link", name="customer.test").first)
    inherit = root.locator("#country-list-inherit")
    expect(inherit).not_to_be_checked()
    inherit.check()
    follow(root, root.get_by_role("button", name="Save", exact=True).last)
    assert installed.send(GERMANY, CAROL) == [250]
    assert installed.panel.errors == []
    assert installed.panel.cpwrapd.errors == []


def test_what_the_pages_may_not_read_is_no_alarm(installed: CpanelServer) -> None:
    """D9: they see the hook as root found it, though secret and undo records are not theirs."""
    root = session(installed, "root")
    installed.mailward("reconcile", "--no-probe", check=False)
    assert "Its configuration is as Mailward wrote it." in root.get("/system").text
    state = root.get("/dashboard/live").text
    assert "/var/lib/mailward" not in state
    assert "does not guard" not in state


def test_root_knocks_when_somebody_presses_test_now(
    installed: CpanelServer, open_page: Callable[..., Page]
) -> None:
    """D9: the pages' user may not look at hooks; what root's knocks came to is shown."""
    root = visit(open_page(), installed.panel, "root")
    follow(root, root.get_by_role("link", name="System", exact=True).first)
    follow(root, root.get_by_role("button", name="Test now"))
    expect(root.locator(".mwsy-test").get_by_text("asks", exact=True).first).to_be_visible(
        timeout=60_000
    )
    assert installed.panel.errors == []


@pytest.mark.proves("hostile")
def test_a_hostile_account_reaches_one_socket_and_gets_nothing(installed: CpanelServer) -> None:
    """The rest of it is in test_hostile; here are the installed folders."""
    session(installed, "anna")
    number = installed.panel.uid("mallory")
    talk = """
        use Socket;
        socket my $s, PF_UNIX, SOCK_STREAM, 0;
        connect $s, pack_sockaddr_un($ARGV[0]) or do { print $! + 0; exit };
        syswrite $s, $ARGV[1]; print while <$s>;
    """

    def heard(path: str, text: str) -> str:
        identity = (f"--userspec=+{number}:+{number}", "--groups=", "/")
        words = ("chroot", *identity, "/usr/bin/env", "LC_ALL=C", "perl", "-e", talk, path, text)
        return installed.run(*words).stdout

    page = "GET /domains HTTP/1.0\r\nX-Mailward-Viewer: e30\r\n\r\n"
    assert heard(PAGES, page) == "13"
    assert heard(CUSTOMERS, page).split(" ")[1] == "403"
    assert "root" in heard("/run/mailward/control.sock", '{"command": "status"}\n')

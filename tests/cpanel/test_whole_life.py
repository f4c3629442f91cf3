"""The whole life of Mailward on a cPanel server, from the built package to its last byte."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cpanel import places
from tests.cpanel.origins import AUSTRIA, GERMANY, RUSSIA
from tests.lab.readiness import await_true
from tests.lab.snapshot import difference

if TYPE_CHECKING:
    from tests.cpanel.conftest import NewServer, Packages
    from tests.cpanel.double.server import CpanelServer

pytestmark = pytest.mark.lab

ALICE, BOB = "alice@example.test", "bob@example.test"
ADMINISTRATOR = "admin@customer.test"


def refused_before_the_banner(server: CpanelServer, port: int = 587) -> bool:
    """Whether a Russian at that port hears no greeting but a refusal, and may not log in."""
    with server.smtp(port, RUSSIA) as client:
        refused = client.greeting.code == 550
        if refused:
            assert "Russia" in client.greeting.text
        return refused


@pytest.mark.proves("install", "survives", "connect", "login", "send")
def test_from_the_package_to_the_last_byte(new_server: NewServer, packages: Packages) -> None:
    """E3, E7, E12, A1, A2, B1: install, guard, second stage, limit, build, update, upgrade, end."""
    server = new_server()
    before = server.snapshot()
    installed = server.install(packages.first)
    assert installed.returncode == 0, installed.stdout
    _services_run_as_their_users(server)
    _files_are_for_those_who_need_them(server)

    server.mailward("set", "country.mode", "allow")
    server.mailward("set", "country.list", "DE,AT")
    server.mailward("set", "notify.address", ADMINISTRATOR)
    assert refused_before_the_banner(server)
    assert refused_before_the_banner(server, 465)
    assert server.send(GERMANY, ALICE) == [250]

    server.mailward("set", "--domain", "example.test", "country.list", "AT")
    with server.logged_in(GERMANY, ALICE) as client:
        assert client.mail(ALICE).code == 550, client.transcript
    assert server.send(AUSTRIA, ALICE) == [250]

    _bob_sends_too_much(server)

    server.script("buildeximconf")
    server.script("restartsrv_exim")
    log = server.exim.log_text
    await_true(lambda: refused_before_the_banner(server), "a closed door", log)
    _cpanel_is_updated(server)

    upgraded = server.install(packages.second)
    assert upgraded.returncode == 0, upgraded.stdout
    assert "-1002-" in server.machine.path("/opt/mailward/current").readlink().name
    await_true(lambda: refused_before_the_banner(server), "a closed door", log)
    with server.logged_in(GERMANY, ALICE) as client:
        assert client.mail(ALICE).code == 550, "the domain's own rule has survived"
    assert server.send(AUSTRIA, BOB) != [250], "the block has survived"

    removed = server.uninstall()
    assert removed.returncode == 0, removed.stdout
    assert "failed" not in removed.stdout
    changed = difference(before, server.snapshot())
    assert not changed, "\n".join(changed)
    assert not server.machine.path("/var/lib/mailward-undo").exists(), "all was taken back"
    await_true(lambda: not refused_before_the_banner(server), "an open door", log)
    assert server.send(RUSSIA, ALICE) == [250]


def _services_run_as_their_users(server: CpanelServer) -> None:
    for unit, user in (("mailward", "mailward"), ("mailward-web", "mailward-web")):
        process = server.run("systemctl", "show", "-p", "MainPID", f"{unit}.service").stdout
        number = re.sub(r"\D", "", process)
        status = Path(f"/proc/{number}/status").read_text("utf-8").splitlines()
        uid = next(line.split()[1] for line in status if line.startswith("Uid:"))
        assert int(uid) == server.uid(user)
        if unit == "mailward":  # by which cPanel's service monitor knows it
            assert Path(f"/proc/{number}/comm").read_text("utf-8") == "mailward\n"


def _files_are_for_those_who_need_them(server: CpanelServer) -> None:
    """Though the administrator's umask is 077 (facts/cpanel.md 2)."""
    modes = {
        f"{places.CGI}/mailward.cgi": 0o700,
        f"{places.JUPITER}/mailward/index.live.pl": 0o755,
        f"{places.JUPITER}/mailward": 0o755,
        f"{places.ADMIN}/Mailward/Pages.pm": 0o700,
        places.DYNAMIC_UI: 0o644,
        f"{places.TILES}/mailward.svg": 0o644,
        f"{places.EXTENSIONS}/mailward.tt2": 0o644,
        places.HOOK: 0o755,
        places.EXIM_CONF: 0o644,
        "/etc/mailward/exim/connect.conf": 0o644,
    }
    found = {name: server.machine.path(name).stat().st_mode & 0o777 for name in modes}
    assert found == modes


def _bob_sends_too_much(server: CpanelServer) -> None:
    """B1, B5: the 151st mail is refused, and the administrator's mail is handed to the server."""
    codes = server.send(AUSTRIA, BOB, 151)
    assert codes[:150] == [250] * 150
    assert codes[150] >= 400
    notice = re.compile(rf"(=>|<=).*{re.escape(ADMINISTRATOR)}")
    log = server.exim.log_text
    await_true(lambda: bool(notice.search(log())), "the administrator's mail", log)


def _cpanel_is_updated(server: CpanelServer) -> None:
    """Our driver is gone with cPanel's old tree; its event brings root, who puts it back."""
    driver = server.machine.path(f"{places.DRIVERS}/Mailward.pm")
    said = server.script("upcp")
    assert "1 ok" in said
    log = server.exim.log_text
    await_true(driver.exists, "the reseller's right", lambda: said)
    await_true(lambda: refused_before_the_banner(server), "a closed door", log)

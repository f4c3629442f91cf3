"""Mailward in cPanel's Exim, on real Exims: what was there stays, what is built takes our lines.

The builds are those of the double's commands; every configuration is read by the real Exim.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from cpanel import places
from cpanel.exim import BLOCKS, hook_file
from tests.cpanel.origins import AUSTRIA, GERMANY, RUSSIA
from tests.lab.readiness import await_true
from tests.lab.snapshot import difference

if TYPE_CHECKING:
    from tests.cpanel.conftest import NewServer, Packages
    from tests.cpanel.double.server import CpanelServer

pytestmark = pytest.mark.lab

ALICE = "alice@example.test"
MAIL_PRE = hook_file("ACL_MAIL_PRE_BLOCK", "custom_begin_mail_pre")
FOREIGN = "# somebody else's\n  warn\n    set acl_c_somebody = yes\n"


def is_guarded(server: CpanelServer) -> bool:
    """Whether a refused country is refused before the banner; Exim may be on its way."""
    try:
        with server.smtp(587, RUSSIA) as client:
            return client.greeting.code == 550
    except OSError:
        return False


def guard(server: CpanelServer) -> None:
    """Let two countries in."""
    server.mailward("set", "country.mode", "allow")
    server.mailward("set", "country.list", "DE,AT")


def await_repaired(server: CpanelServer) -> None:
    """Wait until root has set everything right and tried it; then nothing is under way."""
    log = server.exim.log_text
    await_true(lambda: set(options(server).values()) == {"1"}, "our switches", log)
    await_true(lambda: is_guarded(server), "a closed door", log)
    verified = ("hook", "verify")
    await_true(lambda: not server.mailward(*verified, check=False).returncode, "the hook", log)
    looking = ("systemctl", "is-active", "mailward-reconcile.service")
    await_true(lambda: server.run(*looking, check=False).returncode != 0, "the last look", log)


def options(server: CpanelServer) -> dict[str, str]:
    """Our switches of exim.conf.localopts."""
    text = server.machine.path(places.LOCAL_OPTIONS).read_text()
    pairs = (line.partition("=") for line in text.splitlines())
    ours = {f"acl_{name}" for _, _, name in BLOCKS}
    return {key: value for key, _, value in pairs if key in ours}


@pytest.mark.proves("install")
def test_switched_off_pieces_and_foreign_lines(new_server: NewServer, packages: Packages) -> None:
    """E12: WHM had written 0 for what was empty; somebody's own lines share a piece with ours."""
    off = "".join(f"acl_{name}=0\n" for _, _, name in BLOCKS)
    server = new_server(localopts=off)
    server.machine.path(MAIL_PRE).write_text(FOREIGN)
    server.script("buildeximconf")
    before = server.snapshot()
    installed = server.install(packages.first)
    assert installed.returncode == 0, installed.stdout
    assert set(options(server).values()) == {"1"}
    assert server.machine.path(MAIL_PRE).read_text().endswith(FOREIGN)
    built = server.machine.path(places.EXIM_CONF).read_text()
    assert built.count("/etc/mailward/exim/") == len(BLOCKS)
    guard(server)
    assert is_guarded(server)
    assert server.send(GERMANY, ALICE) == [250]

    again = server.snapshot()
    second = server.install(packages.first)
    assert second.returncode == 0, second.stdout
    ignored = ("run/systemd", "opt/mailward")
    assert [c for c in difference(again, server.snapshot()) if not c.startswith(ignored)] == []

    assert server.uninstall().returncode == 0
    assert difference(before, server.snapshot()) == []


@pytest.mark.proves("login")
def test_an_account_that_logs_in_by_its_other_names(installed: CpanelServer) -> None:
    """D4: `user+domain`, and the account itself, are the mailboxes that they mean."""
    users = installed.machine.path("/etc/exim4/users")
    text = users.read_text()
    password = text.splitlines()[0].partition(": ")[2]
    users.write_text(f"{text}alice+example.test: {password}\nanna: {password}\nnobodys: x\n")
    for login, mailbox in (("alice+example.test", ALICE), ("anna", "anna@example.test")):
        installed.mailward("set", "country.list", "AT", "--mailbox", mailbox)
        try:
            with installed.logged_in(GERMANY, login) as client:
                assert client.mail(ALICE).code == 550, client.transcript
            with installed.logged_in(AUSTRIA, login) as client:
                assert client.mail(ALICE).code == 250, client.transcript
        finally:
            installed.mailward("unset", "country.list", "--mailbox", mailbox)
    users.write_text(text)


@pytest.mark.proves("scripts")
def test_a_customer_s_script_is_stopped(installed: CpanelServer) -> None:
    """B11: 151 mails by sendmail, as PHP's mail() hands them over; others go on."""
    codes = installed.php("bert", 151)
    assert codes[:150] == [0] * 150
    assert codes[150] != 0
    assert installed.php("anna", 1) == [0]
    blocked = json.loads(installed.mailward("blocked", "list", "--json").stdout)["blocked"]
    accounts = [each["account"] for each in blocked]
    assert [name for name in accounts if "bert" in name], blocked
    installed.mailward("blocked", "release", accounts[0])
    assert installed.php("bert", 1) == [0]


@pytest.mark.parametrize("page", ["save_exim", "reset_exim"])
@pytest.mark.proves("survives")
def test_what_whm_s_pages_do_is_set_right(installed: CpanelServer, page: str) -> None:
    """E7: saving leaves ours; the Reset tab takes it out, and root puts it back by itself."""
    installed.script(page)
    await_repaired(installed)


@pytest.mark.proves("survives")
def test_a_build_and_a_lost_piece(installed: CpanelServer) -> None:
    """E7: somebody empties the piece and builds; the watcher sees the built file."""
    installed.machine.path(hook_file("ACL_CONNECT_BLOCK", "custom_begin_connect")).write_text("")
    installed.script("buildeximconf")
    installed.script("restartsrv_exim")
    await_repaired(installed)


@pytest.mark.proves("open")
def test_mail_flows_while_the_daemon_is_away(installed: CpanelServer) -> None:
    """E12: nobody waits, nobody is refused."""
    installed.run("systemctl", "stop", "mailward.service")
    try:
        assert installed.send(RUSSIA, ALICE, 3) == [250] * 3
        assert installed.php("anna", 2) == [0, 0]
    finally:
        installed.run("systemctl", "start", "mailward.service")
    assert is_guarded(installed)


def test_events_bring_root_and_write_no_password_down(installed: CpanelServer) -> None:
    """E7, E12: a new account's domain is known at once; what the event holds is kept nowhere."""
    record = installed.machine.path("/var/lib/mailward/panel.json")
    password = "Tr0ub4dor&3-unlikely"
    user = installed.machine.path("/var/cpanel/users/newbie")
    user.write_text("USER=newbie\nOWNER=root\nPLAN=default\nDNS=fresh.test\n")
    try:
        installed.script("updateuserdomains")
        said = installed.event("Whostmgr", "Accounts::Create", {"user": "newbie"})
        given = {"user": "newbie", "pass": password}
        said += installed.event("Whostmgr", "Accounts::Modify", given)
        assert said.split() == ["1", "ok", "1", "ok"]
        await_true(lambda: "fresh.test" in record.read_text(), "the new domain", record.read_text)
    finally:
        user.unlink()
        installed.script("updateuserdomains")
        installed.event("Whostmgr", "Accounts::Remove")
    await_true(lambda: "fresh.test" not in record.read_text(), "its end", record.read_text)
    folders = ("var/log", "var/lib/mailward", "tmp", "run")
    found = []
    for path in (path for folder in folders for path in (installed.root / folder).rglob("*")):
        with suppress(FileNotFoundError):  # what is written beside a file and then renamed
            if path.is_file() and password.encode() in path.read_bytes():
                found.append(path)
    assert found == []


def test_a_changed_password_ends_a_block(installed: CpanelServer) -> None:
    """D12: told by the customer's own cPanel; not by somebody else's, and kept nowhere."""
    bob, password = "bob@example.test", "Tr0ub4dor&4-unlikely"
    installed.mailward("set", "send.limit", "1", "--mailbox", bob)
    assert installed.send(AUSTRIA, bob, 2) != [250, 250]
    installed.mailward("unset", "send.limit", "--mailbox", bob)
    args = {"email": "bob", "domain": "example.test", "password": password}

    def blocked() -> bool:
        listed = installed.mailward("blocked", "list", "--json").stdout
        return bool(json.loads(listed)["blocked"])

    event = ("Cpanel", "UAPI::Email::passwd_pop")
    installed.event(*event, {"user": "mallory", "args": args}, "mallory")
    assert blocked()
    installed.event(*event, {"user": "anna", "args": args}, "anna")
    await_true(lambda: not blocked(), "the end of the block", installed.exim.log_text)


@pytest.mark.proves("plans")
def test_a_package_switches_its_domains(installed: CpanelServer) -> None:
    """E3: what the package says reaches Mailward with the event."""
    record = installed.machine.path("/var/lib/mailward/panel.json")
    user = installed.machine.path("/var/cpanel/users/bert")
    text = user.read_text()

    def enabled() -> bool:
        domains = json.loads(record.read_text())["domains"]
        return next(bool(each["enabled"]) for each in domains if each["name"] == "customer.test")

    assert enabled()
    try:
        user.write_text(f"{text}mailward_enable=0\n")
        installed.event("Whostmgr", "Accounts::change_package")
        await_true(lambda: not enabled(), "the package's switch", record.read_text)
    finally:
        user.write_text(text)
        installed.event("Whostmgr", "Accounts::change_package")
    await_true(enabled, "the package's switch", record.read_text)

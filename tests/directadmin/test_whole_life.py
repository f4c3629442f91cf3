"""The whole life of Mailward on a DirectAdmin, from the built package to the last byte."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.directadmin.double.exim import USERS
from tests.lab.client import ImapDialogue
from tests.lab.dovecot import PASSWORD
from tests.lab.exim_guarded import pipelined
from tests.lab.readiness import await_true
from tests.lab.snapshot import difference

if TYPE_CHECKING:
    from tests.directadmin.conftest import NewServer, Packages
    from tests.directadmin.double.server import DirectAdminServer

pytestmark = pytest.mark.lab

ALICE, BOB = "alice@example.test", "bob@example.test"
STRANGER = "someone@elsewhere.test"
ADMINISTRATOR = "carol@customer.test"
RUSSIA, GERMANY, AUSTRIA = "95.24.0.1", "84.160.0.1", "62.178.0.1"
PLUGIN_CONF = "/usr/local/directadmin/plugins/mailward/plugin.conf"


def send(server: DirectAdminServer, source: str, account: str = ALICE) -> int:
    """Log in and send a mail; the code of the last answer."""
    with server.exim.submission(587, source, account) as client:
        return client.send_mail(account, STRANGER).code


def refused_at_the_greeting(server: DirectAdminServer, port: int = 587) -> bool:
    """Whether a Russian at that port is sent away at EHLO, with the reason, and hung up on."""
    with server.smtp(port, RUSSIA) as client:
        answer = client.ehlo()
        if answer.code == 250:
            return False
        assert answer.code == 550, client.transcript
        assert "Russia" in answer.text
        return True


def guarded(server: DirectAdminServer) -> None:
    """Wait until the doors are closed: Exim is away for a moment when it starts anew."""

    def closed() -> bool:
        try:
            return refused_at_the_greeting(server)
        except OSError:
            return False

    await_true(closed, "a closed door", server.exim.log_text)


@pytest.mark.proves(
    *("install", "survives", "connect", "login", "send", "scripts", "mailboxes"),
)
@pytest.mark.proves("install", "survives", "connect", "login", "mailboxes", "send", "scripts")
def test_from_the_package_to_the_last_byte(new_server: NewServer, packages: Packages) -> None:
    """E3, E7, E11, E12, A1, A2, A3, B1, B11: install, guard, limit, rebuild, upgrade, end."""
    server = new_server()
    before = server.snapshot()
    installed = server.install(packages.first)
    assert installed.returncode == 0, installed.stdout
    once = server.snapshot()
    assert server.install(packages.first).returncode == 0
    twice = [line for line in difference(once, server.snapshot()) if not line.startswith("run/")]
    assert twice == [], "two installations are one"

    server.mailward("set", "country.mode", "allow")
    server.mailward("set", "country.list", "DE,AT")
    server.mailward("set", "notify.address", ADMINISTRATOR)
    assert refused_at_the_greeting(server)
    assert refused_at_the_greeting(server, 465)
    assert send(server, GERMANY) == 250
    _mailboxes_are_guarded(server)

    server.mailward("set", "--domain", "example.test", "country.list", "AT")
    assert _second_stage(server, GERMANY) == 550
    assert send(server, AUSTRIA) == 250
    _bob_sends_too_much(server)
    _a_script_of_bert_s_sends_too_much(server)

    _rebuilt_and_updated(server)

    conf = server.machine.path(PLUGIN_CONF)
    conf.write_text(conf.read_text().replace("active=yes", "active=no"))
    upgraded = server.install(packages.second)
    assert upgraded.returncode == 0, upgraded.stdout
    assert "-1002-" in server.machine.path("/opt/mailward/current").readlink().name
    guarded(server)
    assert "active=no" in conf.read_text(), "the administrator has switched the pages off"
    assert _second_stage(server, GERMANY) == 550, "the domain's own rule has survived"
    assert _second_stage(server, AUSTRIA, BOB) == 451, "the block has survived"

    removed = server.uninstall()
    assert removed.returncode == 0, removed.stdout
    assert "failed" not in removed.stdout
    changed = difference(before, server.snapshot())
    assert not changed, "\n".join(changed)
    assert not server.machine.path("/var/lib/mailward-undo").exists(), "all was taken back"
    await_true(lambda: _is_open(server), "an open door", server.exim.log_text)
    assert send(server, RUSSIA) == 250


def _is_open(server: DirectAdminServer) -> bool:
    try:
        return not refused_at_the_greeting(server)
    except OSError:
        return False


def _mailboxes_are_guarded(server: DirectAdminServer) -> None:
    """A2: IMAP, by Dovecot's own policy."""
    port = server.dovecot.ports["imap"]
    for source, welcome in ((RUSSIA, False), (GERMANY, True)):
        with ImapDialogue(port, source) as client:
            assert client.login(ALICE, PASSWORD).ok is welcome


def _second_stage(server: DirectAdminServer, source: str, account: str = ALICE) -> int:
    """What an account hears at its first recipient."""
    with server.exim.submission(587, source, account) as client:
        client.mail(account)
        return client.rcpt(STRANGER).code


def _bob_sends_too_much(server: DirectAdminServer) -> None:
    """B1, B3: the 151st mail is refused, and the administrator's mail is delivered."""
    with server.exim.submission(587, AUSTRIA, BOB) as client:
        ends = [end.code for end in pipelined(client, BOB, 150)]
        assert ends == [250] * 150
        assert client.send_mail(BOB, STRANGER).code == 451
    delivered = re.compile(rf"=> carol <{re.escape(ADMINISTRATOR)}>")
    log = server.exim.log_text
    await_true(lambda: bool(delivered.search(log())), "the administrator's mail", log)


def _a_script_of_bert_s_sends_too_much(server: DirectAdminServer) -> None:
    """B11: a customer's PHP, by sendmail."""
    for _ in range(150):
        assert server.exim.script(USERS["bert"], "-t", "-i", "-odq") == 0
    assert server.exim.script(USERS["bert"]) == 1
    assert server.exim.script(USERS["anna"]) == 0
    assert "local:bert" in server.mailward("blocked", "list").stdout


def _rebuilt_and_updated(server: DirectAdminServer) -> None:
    """E12: an administrator builds Exim and Dovecot anew; DirectAdmin updates itself."""
    server.run("da", "build", "exim_conf")
    guarded(server)
    drop_in = server.dovecot.include_directory / "99-mailward.conf"
    assert drop_in.exists()
    server.run("da", "build", "dovecot_conf")
    assert server.event("update_post").returncode == 0
    await_true(drop_in.exists, "Dovecot's hook", server.dovecot.log_text)
    await_true(
        lambda: server.mailward("hook", "verify", check=False).returncode == 0,
        "hooks as they should be",
        lambda: server.mailward("hook", "verify", check=False).stdout,
    )


@pytest.mark.proves("install")
@pytest.mark.proves("install")
def test_the_plugin_manager_does_the_same(new_server: NewServer, packages: Packages) -> None:
    """E14: uploaded in DirectAdmin, updated and removed there; a root shell is never needed."""
    server = new_server()
    before = server.snapshot()
    installed = server.plugin("install", packages.plugin)
    assert installed.returncode == 0, installed.stdout
    assert "failed" not in installed.stdout
    server.mailward("set", "country.mode", "allow")
    server.mailward("set", "country.list", "DE,AT")
    assert refused_at_the_greeting(server)
    updated = server.plugin("update", packages.newer_plugin)
    assert updated.returncode == 0, updated.stdout
    assert "-1002-" in server.machine.path("/opt/mailward/current").readlink().name
    guarded(server)
    shutil.rmtree(server.machine.path("/root/installer"), ignore_errors=True)
    removed = server.run("da", "plugin", "uninstall", "mailward", check=False)
    assert removed.returncode == 0, removed.stdout
    changed = difference(before, server.snapshot())
    assert not changed, "\n".join(changed)

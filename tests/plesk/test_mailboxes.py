"""Who reads mail on a Plesk: logins at IMAP and POP3 are checked by Dovecot's own question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab.client import ImapDialogue, Pop3Dialogue
from tests.lab.dovecot import PASSWORD
from tests.lab.readiness import await_true
from tests.plesk.places import AUSTRIA, GERMANY, RUSSIA

if TYPE_CHECKING:
    from tests.plesk.double.server import PleskServer

pytestmark = pytest.mark.lab

ALICE, DAVE = "alice@example.test", "dave@customer.test"
DOMAIN = "example.test"
HOOK = "/etc/dovecot/conf.d/99-mailward.conf"
WATCHER = "mailward-reconcile.path"

DOORS: dict[str, tuple[type[ImapDialogue | Pop3Dialogue], bool]] = {
    "imap": (ImapDialogue, False),
    "imaps": (ImapDialogue, True),
    "pop3": (Pop3Dialogue, False),
    "pop3s": (Pop3Dialogue, True),
}


def reads(plesk: PleskServer, door: str, source: str, account: str = ALICE) -> bool:
    """Whether an account may log in there with its password."""
    kind, tls = DOORS[door]
    with kind(plesk.host.dovecot.ports[door], source, tls=tls) as client:
        return client.login(account, PASSWORD).ok


def is_guarded(plesk: PleskServer) -> bool:
    """Whether Russians stay outside of every door."""
    return not any(reads(plesk, door, RUSSIA) for door in DOORS)


@pytest.mark.parametrize("door", sorted(DOORS))
@pytest.mark.proves("mailboxes", "login", of="dovecot")
def test_a_mailbox_is_read_from_allowed_countries_only(installed: PleskServer, door: str) -> None:
    """A2: with the right password; by the rules of the server, and by the domain's own."""
    assert not reads(installed, door, RUSSIA)
    assert reads(installed, door, GERMANY)
    installed.mailward("set", "country.list", "AT", "--domain", DOMAIN)
    try:
        assert not reads(installed, door, GERMANY)
        assert reads(installed, door, AUSTRIA)
        assert reads(installed, door, GERMANY, DAVE)
    finally:
        installed.mailward("unset", "country.list", "--domain", DOMAIN)


@pytest.mark.parametrize("after", ["plesk repair mail", "mailward reconcile"])
@pytest.mark.proves("survives", "mailboxes", of="dovecot")
def test_mailboxes_stay_guarded_whatever_rewrites_the_configuration(
    installed: PleskServer, after: str
) -> None:
    """E7: also where the repair takes our file away, as a new installation of Dovecot does."""
    file = installed.machine.path(HOOK)
    before = file.read_bytes()
    log = installed.host.dovecot.log_text
    installed.run("systemctl", "stop", WATCHER)
    try:
        file.unlink()
        installed.run("doveadm", "reload")
        await_true(lambda: not is_guarded(installed), "an open door", log)
        installed.run(*after.split(), *(["-y"] if after.startswith("plesk") else []))
        await_true(lambda: is_guarded(installed), "closed doors", log)
    finally:
        installed.run("systemctl", "start", WATCHER)
    assert file.read_bytes() == before
    assert all(reads(installed, door, GERMANY) for door in DOORS)

"""A user of the system logs in by his own name: one account, whoever asks, and never put off."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from directadmin import places
from tests.lab.client import ImapDialogue
from tests.lab.dovecot import PASSWORD
from tests.lab.readiness import await_true

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.directadmin.double.server import DirectAdminServer

pytestmark = pytest.mark.lab

ANNA = "anna@example.test"
STRANGER = "someone@elsewhere.test"
GERMANY, AUSTRIA = "84.160.7.1", "62.178.7.1"


@pytest.fixture
def server(installed: DirectAdminServer) -> Iterator[DirectAdminServer]:
    """The double that tests share; its Dovecot knows a user of the system as well."""
    users = installed.machine.path("/etc/dovecot/users")
    kept = users.read_text()
    users.write_text(f"{kept}anna:{{PLAIN}}{PASSWORD}::::::\n")
    installed.mailward("set", "--domain", "example.test", "country.list", "AT")
    yield installed
    installed.mailward("unset", "--domain", "example.test", "country.list")
    users.write_text(kept)


def sends(server: DirectAdminServer, source: str) -> int:
    """What she hears of her mail at Exim's port."""
    with server.exim.submission(587, source, "anna") as client:
        return client.send_mail(ANNA, STRANGER).code


def reads(server: DirectAdminServer, source: str) -> bool:
    """Whether Dovecot lets her in."""
    with ImapDialogue(server.dovecot.ports["imap"], source) as client:
        return client.login("anna", PASSWORD).ok


def accounts(server: DirectAdminServer, source: str) -> set[str]:
    """Whom the log names at an address, once it names anybody."""

    def found() -> set[str]:
        printed = server.mailward("events", "--json", "--address", source).stdout
        lines: list[dict[str, Any]] = [json.loads(line) for line in printed.splitlines() if line]
        return {str(each["account"]) for each in lines if each.get("account")}

    await_true(lambda: bool(found()), "an event with an account", lambda: str(found()))
    return found()


@contextmanager
def without_a_record(server: DirectAdminServer) -> Iterator[None]:
    """What root wrote down of the panel is gone, and the daemon knows."""
    record = server.machine.path("/var/lib/mailward/panel.json")
    aside = record.with_name("panel.aside")
    record.rename(aside)
    try:
        await_meaning(server, "anna")
        yield
    finally:
        aside.rename(record)
        await_meaning(server, ANNA)


def await_meaning(server: DirectAdminServer, account: str) -> None:
    """Let the daemon look again, until her name means that account."""

    def meant() -> str:
        printed = server.mailward("explain", AUSTRIA, "--account", "anna", "--json", check=False)
        return str(json.loads(printed.stdout)["account"])

    server.run("systemctl", "reload", "mailward")
    await_true(lambda: meant() == account, account, meant)


@pytest.mark.proves("login", "mailboxes")
def test_exim_and_dovecot_mean_the_same_account(server: DirectAdminServer) -> None:
    """D4, A3: the box at his first domain, with that domain's rules and in its history."""
    assert sends(server, GERMANY) == 550
    assert not reads(server, GERMANY)
    assert accounts(server, GERMANY) == {ANNA}
    assert sends(server, AUSTRIA) == 250
    assert reads(server, AUSTRIA)


@pytest.mark.proves("login")
def test_a_list_that_exim_may_not_read_puts_no_mail_off(server: DirectAdminServer) -> None:
    """D4, A25: it is root who reads the list, and tells the daemon."""
    owners = server.machine.path(places.OWNERS)
    was = owners.stat().st_mode & 0o777
    owners.chmod(0o600)
    try:
        assert sends(server, AUSTRIA) == 250
        assert sends(server, GERMANY) == 550
    finally:
        owners.chmod(was)


@pytest.mark.proves("login")
def test_without_a_word_of_root_the_name_is_what_it_is(server: DirectAdminServer) -> None:
    """D4, A25: nobody's mail is put off; the server's rules count until root has looked again."""
    source = "84.160.7.2"
    with without_a_record(server):
        assert sends(server, source) == 250
        assert reads(server, source)
        assert accounts(server, source) == {"anna"}
    assert sends(server, source) == 550

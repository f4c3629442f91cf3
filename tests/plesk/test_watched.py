"""What goes on beside the questions: logins that only Plesk's mail log tells of, and bans.

On a Plesk of this module's own, with Cyrus SASL and its log lines; tests follow one another.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from core.system import ban_file
from core.system.ban_file import Ban, Bans
from tests.lab.conftest import available
from tests.lab.dovecot import PASSWORD
from tests.lab.readiness import await_true
from tests.plesk.double.server import PleskServer
from tests.plesk.places import AMERICA, AUSTRIA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plesk.conftest import Packages

pytestmark = pytest.mark.lab

GUESSER, HOME = "84.160.77.7", AUSTRIA
ALICE = "alice@example.test"
BANNED = "203.0.113.66"
BANS = "/var/log/bans.txt"

PROGRAM = f"""#!/bin/sh
echo "$1 $2" >>{BANS}
"""


@pytest.fixture(scope="module")
def plesk(packages: Packages) -> Iterator[PleskServer]:
    """A Plesk with our extension, where an own program bans."""
    with available(), PleskServer() as server:
        program = server.machine.path("/usr/local/sbin/ban-it")
        program.write_text(PROGRAM)
        program.chmod(0o755)
        with server.machine.path("/etc/mailward/mailward.toml").open("a") as file:
            file.write('[ban]\ncommand = "/usr/local/sbin/ban-it"\n')
        installed = server.install(packages.first)
        assert installed.returncode == 0, installed.stdout
        yield server


def guess(plesk: PleskServer, accounts: list[str]) -> None:
    """Try one password for each of them at 587, until nobody listens any more."""
    for number, account in enumerate(accounts):
        with plesk.smtp(587, GUESSER) as client:
            if client.greeting.code == 554:
                return
            client.ehlo()
            assert client.auth_plain(account, f"guess {number}").code == 535, client.transcript


def seen(plesk: PleskServer, reason: str, address: str) -> Counter[str]:
    """How often each account is in the events for that reason."""
    printed = plesk.mailward("events", "--json", "--reason", reason, "--address", address).stdout
    found: Counter[str] = Counter()
    for event in map(json.loads, printed.splitlines()):
        found[event["account"]] += event.get("count", 1)
    return found


def await_login(plesk: PleskServer, source: str) -> None:
    """Wait until Alice's one login from there is an event."""
    await_true(lambda: seen(plesk, "login_ok", source)[ALICE] == 1, "the login", str)


def test_guesses_that_only_the_log_tells_of_make_an_attacker(plesk: PleskServer) -> None:
    """A18: Plesk's saslauthd names the account, Postfix the address; the log is rotated meanwhile.

    Each try counts once, and the next connection from there is refused before the banner.
    """
    before, behind = ["name1@example.test", ALICE], ["name2@example.test", "name3@example.test"]
    guess(plesk, before)
    plesk.mail.rotate_log()
    guess(plesk, behind)
    wanted = Counter([*before, *behind])

    def failed() -> Counter[str]:
        return seen(plesk, "login_failed", GUESSER)

    await_true(lambda: failed() == wanted, "each try once", lambda: str(failed()))
    guess(plesk, [f"more{number}@example.test" for number in range(12)])

    def attackers() -> str:
        return plesk.mailward("attackers", "list").stdout

    await_true(lambda: GUESSER in attackers(), "him among attackers", attackers)
    with plesk.smtp(587, GUESSER) as client:
        assert client.greeting.code == 554
        assert "Too many failed logins" in client.greeting.text
    assert "login_failed" in plesk.mailward("stats").stdout


def test_logins_that_only_the_log_tells_of_look_stolen(plesk: PleskServer) -> None:
    """A19: Postfix asks nobody here, so all is known from the log; rotated twice meanwhile."""
    plesk.mailward("hook", "undo", "postfix", "--yes")
    for source in (HOME, AMERICA):
        plesk.mail.rotate_log()
        with plesk.smtp(587, source) as client:
            client.ehlo()
            assert client.auth_plain(ALICE, PASSWORD).code == 235, client.transcript
            assert client.send_mail(ALICE, "x@elsewhere.test").code == 250
        await_login(plesk, source)

    def signals() -> str:
        return plesk.mailward("stolen", "list", "--account", ALICE).stdout

    await_true(lambda: "impossible journey" in signals(), "the signal", signals)
    assert "login_ok" in plesk.mailward("stats").stdout
    applied = plesk.mailward("hook", "apply", "postfix", "--yes")
    assert "done" in applied.stdout


def test_whom_the_daemon_wants_banned_root_bans_and_lets_go_at_the_end(plesk: PleskServer) -> None:
    """A18, E12: a unit that watches the daemon's file runs it; uninstalling takes all back."""
    plesk.run("systemctl", "start", "mailward-ban.service")
    bans = plesk.machine.path(BANS)
    assert not bans.exists(), "nobody wanted any"
    place = plesk.machine.path(f"/var/lib/mailward/{ban_file.NAME}")
    ban_file.write(place, Bans("command", bans=(Ban(BANNED, time.time() + 3600),)))
    owner = plesk.uid("mailward")
    os.chown(place, owner, owner)
    await_true(bans.exists, "the ban", lambda: plesk.mailward("ban", "show").stdout)
    await_true(lambda: bans.read_text() == f"ban {BANNED}\n", "one ban", bans.read_text)
    removed = plesk.uninstall()
    assert "let go of everybody who is banned: done" in removed.stdout
    assert bans.read_text() == f"ban {BANNED}\nunban {BANNED}\n"
    assert not plesk.machine.path("/etc/systemd/system/mailward-ban.path").exists()

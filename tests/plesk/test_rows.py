"""Whatever rows Plesk has for those who send, and whatever it rewrites: the guard stays in place.

One installed double is led through every form of master.cf, every version and mail server.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.lab.dovecot import PASSWORD
from tests.lab.readiness import await_true
from tests.plesk.double.mail import DEFAULTS, VARIANTS
from tests.plesk.places import AUSTRIA, RUSSIA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plesk.double.server import PleskServer

pytestmark = pytest.mark.lab

ALICE = "alice@example.test"
WATCHER = "mailward-reconcile.path"
GUARDED = {
    "both": {587, 465},
    "absent": set(),
    "smtps": {465},
    "named": {587, 465},
    "number": {587, 465},
    "continued": {587, 465},
}
"""Ports at which the daemon is asked before the password."""


@pytest.fixture(scope="module")
def unwatched(installed: PleskServer) -> Iterator[PleskServer]:
    """The double, on which nobody notices by himself that files were rewritten."""
    installed.run("systemctl", "stop", WATCHER)
    yield installed
    installed.run("systemctl", "start", WATCHER)


@pytest.fixture
def plesk(unwatched: PleskServer) -> Iterator[PleskServer]:
    """The same; afterwards it is as the fixture of all tests promises."""
    yield unwatched
    unwatched.machine.path("/opt/psa/version").write_text("18.0.68 Debian 12 1800240501.14\n")
    unwatched.choose_mail_server("Postfix")
    rewrite(unwatched, "both")
    unwatched.mailward("hook", "apply", "--yes")


def rewrite(plesk: PleskServer, rows: str) -> None:
    """Plesk writes both files anew, with other rows, and will go back to these from now on."""
    master = plesk.mail.write_rows(rows)
    plesk.machine.path(f"{DEFAULTS}/master.cf").write_bytes(master)
    main = plesk.machine.path(f"{DEFAULTS}/main.cf").read_bytes()
    path = plesk.machine.path("/etc/postfix/main.cf")
    path.write_bytes(main)
    # Postfix waits until main.cf is two seconds old, lest it reads half of it.
    os.utime(path, (0, 0))
    plesk.run("postfix", "reload")


def files(plesk: PleskServer) -> list[bytes]:
    """Postfix's two files."""
    return [plesk.machine.path(f"/etc/postfix/{n}").read_bytes() for n in ("main.cf", "master.cf")]


def greeting(plesk: PleskServer, port: int, source: str = RUSSIA) -> int:
    """The first code that a client from there hears."""
    with plesk.smtp(port, source) as client:
        return client.greeting.code


def await_greeting(plesk: PleskServer, port: int, code: int) -> None:
    """Wait until a Russian hears this first: a reload leaves old processes one more client."""
    log = plesk.host.postfix.log_text
    await_true(lambda: greeting(plesk, port) == code, f"{code} at {port}", log)


def sends(plesk: PleskServer, port: int, source: str) -> int:
    """The code that Alice gets for a mail, or for whatever refuses it first."""
    with plesk.smtp(port, source) as client:
        client.ehlo()
        answer = client.auth_plain(ALICE, PASSWORD)
        if answer.code != 235:
            return answer.code
        return client.send_mail(ALICE, "x@elsewhere.test").code


@pytest.mark.parametrize("rows", sorted(set(VARIANTS) - {"both"}))
@pytest.mark.proves("connect", "install")
def test_every_form_of_rows_is_guarded_and_given_back(plesk: PleskServer, rows: str) -> None:
    """A1, E7; facts/plesk.md 13.1: found by what they do, refused before the banner, undone."""
    plesk.mailward("hook", "undo", "--yes")
    rewrite(plesk, rows)
    before = files(plesk)
    plesk.mailward("hook", "apply", "--yes")
    for port in GUARDED[rows]:
        await_greeting(plesk, port, 554)
    assert greeting(plesk, 25) == 220, "mail from elsewhere comes in at 25"
    assert sends(plesk, 25, RUSSIA) in (535, 554), "after the password it is refused there, too"
    for port in sorted(GUARDED[rows] | {25}):
        assert sends(plesk, port, AUSTRIA) == 250
    plesk.mailward("hook", "undo", "--yes")
    assert files(plesk) == before


@pytest.mark.parametrize("rows", ["both", "continued"])
@pytest.mark.proves("connect")
def test_lists_that_would_refuse_everybody_wait_for_the_password(
    plesk: PleskServer, rows: str
) -> None:
    """facts/plesk.md 7.3, trap 1: a stranger at 587 still cannot send, but hears the banner."""
    rewrite(plesk, rows)
    plesk.mailward("reconcile", "--again")
    with plesk.smtp(587, AUSTRIA) as client:
        assert client.greeting.code == 220
        client.ehlo()
        client.mail("stranger@elsewhere.test")
        assert client.rcpt("x@elsewhere.test").code in (454, 554)


@pytest.mark.parametrize("version", ["18.0.22", "18.0.23"])
@pytest.mark.proves("connect", "login")
def test_the_connection_stage_needs_18_0_23(plesk: PleskServer, version: str) -> None:
    """E9: before, it is off with the reason; logins are checked after the password. Then it comes
    by itself with Plesk's own update."""
    plesk.machine.path("/opt/psa/version").write_text(f"{version} Debian 12 1800240501.14\n")
    plesk.mailward("reconcile", "--again")
    old = version == "18.0.22"
    await_greeting(plesk, 587, 220 if old else 554)
    if old:
        assert sends(plesk, 587, RUSSIA) == 554
        found = plesk.mailward("licence", "show").stdout
        assert "18.0.23" in " ".join(found.split())
    assert sends(plesk, 587, AUSTRIA) == 250


@pytest.mark.proves("survives", "mailboxes")
def test_with_qmail_only_the_stages_of_postfix_are_gone(plesk: PleskServer) -> None:
    """E7, E9: Postfix's files are given back, IMAP goes on being guarded; Postfix chosen again is
    guarded again by itself."""
    plesk.mailward("hook", "undo", "postfix", "--yes")
    before = files(plesk)
    plesk.mailward("hook", "apply", "postfix", "--yes")
    plesk.choose_mail_server("QMail")
    done = plesk.mailward("reconcile", "--again")
    assert "hook postfix: set right" in done.stdout
    assert files(plesk) == before
    await_greeting(plesk, 587, 220)
    reasons = " ".join(plesk.mailward("licence", "show").stdout.split())
    assert "Postfix" in reasons
    assert "qmail" in reasons
    assert plesk.mailward("hook", "verify", check=False).stdout.count("dovecot") == 1
    plesk.choose_mail_server("Postfix")
    assert "hook postfix: set right" in plesk.mailward("reconcile").stdout
    await_greeting(plesk, 587, 554)


@pytest.mark.proves("survives")
def test_before_18_0_52_files_that_were_rewritten_are_noticed(plesk: PleskServer) -> None:
    """E7, E12: Plesk calls nobody then; systemd sees that the file has changed."""
    plesk.machine.path("/opt/psa/version").write_text("18.0.51 Debian 12 1800240501.14\n")
    plesk.mailward("reconcile", "--again")
    plesk.run("systemctl", "start", WATCHER)
    plesk.run("plesk", "repair", "mail", "-y")
    await_greeting(plesk, 587, 554)
    plesk.run("systemctl", "stop", WATCHER, "mailward-reconcile.service")


@pytest.mark.proves("survives")
def test_since_18_0_52_plesk_calls_us_after_a_repair(plesk: PleskServer) -> None:
    """E7: when the command ends, all is as before; nobody need notice anything."""
    plesk.run("plesk", "repair", "mail", "-y")
    await_greeting(plesk, 587, 554)


@pytest.mark.proves("survives")
def test_who_fights_over_the_files_wins_and_is_named(plesk: PleskServer) -> None:
    """E12: after six rounds in an hour mail is left alone, and a person is told."""
    plesk.mailward("reconcile", "--again")
    for _ in range(6):
        rewrite(plesk, "both")
        plesk.mailward("reconcile", "--no-probe")
    rewrite(plesk, "both")
    given_up = plesk.mailward("reconcile", "--no-probe", check=False)
    assert given_up.returncode == 1
    assert "somebody undoes it again and again" in given_up.stdout
    await_greeting(plesk, 587, 220)
    plesk.mailward("reconcile", "--again")
    await_greeting(plesk, 587, 554)


@pytest.mark.proves("install")
def test_other_people_s_edits_are_kept(plesk: PleskServer) -> None:
    """E12: an administrator's own parameter and row, written after ours."""
    plesk.mailward("hook", "undo", "postfix", "--yes")
    main, master = files(plesk)
    plesk.mailward("hook", "apply", "postfix", "--yes")
    plesk.run("postconf", "-e", "smtpd_helo_required = yes")
    path = plesk.machine.path("/etc/postfix/master.cf")
    row = b"10025 inet n - n - - smtpd -o smtpd_client_restrictions=permit_mynetworks,reject\n"
    path.write_bytes(path.read_bytes() + row)
    plesk.mailward("hook", "undo", "postfix", "--yes")
    assert files(plesk) == [main + b"smtpd_helo_required = yes\n", master + row]

"""Something goes wrong while Mailward comes, stays or goes: mail goes on, and there is a way back.

Each test breaks one thing on a double that is otherwise healthy.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from directadmin import places
from tests.lab import managed
from tests.lab.dovecot import PASSWORD
from tests.lab.readiness import await_true
from tests.lab.snapshot import difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.directadmin.conftest import Packages
    from tests.directadmin.double.server import DirectAdminServer

pytestmark = pytest.mark.lab

ALICE, STRANGER = "alice@example.test", "x@elsewhere.test"
AUSTRIA, RUSSIA = "62.178.0.1", "95.24.0.1"


@pytest.fixture(scope="module")
def machine(new_module_server: DirectAdminServer) -> DirectAdminServer:
    """A DirectAdmin for this module, on which every test begins and ends without Mailward."""
    return new_module_server


@pytest.fixture
def server(machine: DirectAdminServer) -> Iterator[DirectAdminServer]:
    """The same, clean afterwards whatever a test has left."""
    before = machine.snapshot()
    yield machine
    if machine.machine.path("/opt/mailward/current/setup").exists():
        machine.uninstall()
    ours = (places.PLUGIN, "/var/lib/mailward", "/var/lib/mailward-undo", "/var/log/mailward")
    machine.run("rm", "-rf", *ours)
    await_true(lambda: answers(machine), "Exim", machine.exim.log_text)
    assert difference(before, machine.snapshot()) == []


def answers(server: DirectAdminServer) -> bool:
    """Whether Exim greets: it closes its ports for a moment when it starts anew."""
    try:
        with server.smtp(587, AUSTRIA) as client:
            return client.greeting.code == 220
    except OSError:
        return False


def mail_flows(server: DirectAdminServer, source: str = AUSTRIA) -> bool:
    """Whether somebody can log in and send."""
    await_true(lambda: answers(server), "Exim", server.exim.log_text)
    with server.smtp(587, source) as client:
        client.ehlo()
        client.auth_plain(ALICE, PASSWORD)
        return client.send_mail(ALICE, STRANGER).code == 250


def is_guarded(server: DirectAdminServer) -> bool:
    """Whether a refused country is refused at EHLO."""
    server.mailward("set", "country.mode", "allow")
    server.mailward("set", "country.list", "DE,AT")
    await_true(lambda: answers(server), "Exim", server.exim.log_text)
    with server.smtp(587, RUSSIA) as client:
        return client.ehlo().code == 550


def install(server: DirectAdminServer, packages: Packages) -> None:
    """Install, which must work."""
    result = server.install(packages.first)
    assert result.returncode == 0, result.stdout


@pytest.mark.proves("install")
def test_a_server_without_directadmin_is_left_alone(
    server: DirectAdminServer, packages: Packages
) -> None:
    """The installer looks before it changes anything."""
    program = server.machine.path(places.PROGRAM)
    before = server.snapshot()
    program.rename(program.with_name("away"))
    try:
        result = server.install(packages.first)
    finally:
        program.with_name("away").rename(program)
    assert result.returncode == 3
    assert "no DirectAdmin" in result.stdout
    assert difference(before, server.snapshot()) == []


@pytest.mark.proves("install")
def test_an_account_of_ours_that_is_root_stops_it(
    server: DirectAdminServer, packages: Packages
) -> None:
    """facts/directadmin.md 8: as `mailward-ui` everybody's clicks are carried out."""
    passwd = server.machine.path("/etc/passwd")
    kept = passwd.read_text()
    passwd.write_text(f"{kept}mailward-ui:x:0:0::/root:/bin/sh\n")
    result = server.install(packages.first)
    assert "the user mailward-ui has the number of root" in result.stdout
    assert result.returncode == 1
    assert not server.machine.path(places.PLUGIN).exists()
    assert mail_flows(server)
    server.uninstall()
    passwd.write_text(kept)


@pytest.mark.proves("install", "open")
def test_a_missing_include_point_is_told_and_mended_by_a_build(
    server: DirectAdminServer, packages: Packages
) -> None:
    """facts/directadmin.md 0.6: all but Exim's hook is there; after the build the rest follows."""
    conf = server.machine.path("/etc/exim.conf")
    line = f".include_if_exists {places.EXIM_INCLUDES['helo']}"
    conf.write_text(conf.read_text().replace(line, "# away"))
    result = server.install(packages.first)
    assert result.returncode == 1
    assert line in result.stdout
    assert "da build exim_conf" in result.stdout
    assert "look after the system: done" in result.stdout
    assert mail_flows(server, RUSSIA)
    server.run("da", "build", "exim_conf")
    await_true(lambda: answers(server), "Exim", server.exim.log_text)
    assert "hook exim: done" in server.mailward("install", "--yes").stdout
    assert is_guarded(server)


@pytest.mark.proves("open")
def test_an_exim_that_would_not_start_again_is_not_told(
    server: DirectAdminServer, packages: Packages
) -> None:
    """Somebody's own lines are wrong: Exim runs on as it is, and our change is put back."""
    path = places.EXIM_INCLUDES["data"]
    shared = server.machine.path(path)
    shared.write_text("  denie\n    message = a slip of somebody else's\n")
    starts = server.exim.log_text().count("daemon started")
    result = server.install(packages.first)
    assert result.returncode == 1
    assert "hook exim: failed" in result.stdout
    assert shared.read_text().startswith("  denie")
    assert server.exim.log_text().count("daemon started") == starts
    shared.unlink()
    assert mail_flows(server, RUSSIA)
    assert "hook exim: done" in server.mailward("install", "--yes").stdout
    assert is_guarded(server)


@pytest.mark.proves("open")
@pytest.mark.parametrize("blow", ["stop", "kill", "delete"])
def test_a_daemon_that_is_away_stops_no_mail(
    server: DirectAdminServer, packages: Packages, blow: str
) -> None:
    """A25: stopped, killed, or with its program deleted under it."""
    install(server, packages)
    assert is_guarded(server)
    program = server.machine.path("/opt/mailward/current/start.py")
    if blow == "delete":
        program.rename(program.with_name("away.py"))
        server.kill_all("start.py")
    elif blow == "kill":
        server.run("systemctl", "stop", "mailward.service")
        server.kill_all("start.py serve")
    else:
        server.run("systemctl", "stop", "mailward.service")
    begun = time.monotonic()
    assert mail_flows(server, RUSSIA)
    assert time.monotonic() - begun < 5
    if blow == "delete":
        program.with_name("away.py").rename(program)
    server.run("systemctl", "start", "mailward.service")
    assert is_guarded(server)


@pytest.mark.proves("install")
@pytest.mark.parametrize("seconds", [0.4, 1.5, 3.0])
def test_an_installation_that_is_killed_is_finished_by_the_next(
    server: DirectAdminServer, packages: Packages, seconds: float
) -> None:
    """E12: at whatever moment; mail flows in between."""
    place = server.unpack(packages.first)
    server.run(f"{place}/payload/setup", "unpack")
    process = subprocess.Popen(
        ("chroot", str(server.root), "/opt/mailward/bin/mailward", "install", "--yes"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=managed.ENVIRONMENT,
        start_new_session=True,
    )
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert mail_flows(server)
    finished = server.mailward("install", "--yes") if _has_command(server) else server.run(
        "/opt/mailward/bin/mailward", "install", "--yes"
    )  # fmt: skip
    assert "failed" not in finished.stdout
    assert is_guarded(server)


def _has_command(server: DirectAdminServer) -> bool:
    return server.machine.path("/usr/local/bin/mailward").is_symlink()


@pytest.mark.proves("survives")
def test_what_somebody_removes_comes_back(server: DirectAdminServer, packages: Packages) -> None:
    """E12: our line in a shared file, the plugin's files; seen by a changed file, or by the look
    that an event of DirectAdmin's starts."""
    install(server, packages)
    shared = server.machine.path(places.EXIM_INCLUDES["rcpt"])
    kept = shared.read_text()
    shared.write_text(kept[kept.index("# the administrator's own") :])
    await_true(lambda: shared.read_text() == kept, "our line", shared.read_text)
    page = server.machine.path(f"{places.PLUGIN}/admin/index.html")
    page.unlink()
    assert server.event("user_modify_post", username="anna", passwd="secret-word").returncode == 0
    await_true(page.exists, "the page", lambda: "")
    assert page.stat().st_mode & 0o777 == 0o755


@pytest.mark.proves("plans")
def test_events_tell_of_new_domains_and_new_passwords(
    server: DirectAdminServer, packages: Packages
) -> None:
    """E3, B12: what DirectAdmin's hooks hand over; a password is never kept."""
    install(server, packages)
    server.mailward("set", "send.limit", "1", "--mailbox", ALICE)
    assert mail_flows(server)
    assert not mail_flows(server), "the second mail is one too many"
    word = "a-very-new-password"
    owners = server.machine.path(places.OWNERS)
    kept = owners.read_text()
    owners.write_text(f"{kept}new.test: anna\n")
    assert server.event("domain_create_post", domain="new.test", username="anna").returncode == 0
    record = server.machine.path("/var/lib/mailward/panel.json")
    await_true(lambda: b"new.test" in record.read_bytes(), "the domain", record.read_text)
    owners.write_text(kept)
    done = server.event("email_change_pass_post", user="alice", domain="example.test", passwd=word)
    assert done.returncode == 0

    def blocked() -> list[object]:
        printed = server.mailward("blocked", "list", "--json").stdout
        found: list[object] = json.loads(printed)["blocked"]
        return found

    await_true(lambda: blocked() == [], "the block's end", lambda: str(blocked()))
    logs = [path for path in server.machine.path("/var/log").rglob("*") if path.is_file()]
    files = [*logs, *server.machine.path("/var/lib/mailward").rglob("*")]
    assert not [path for path in files if path.is_file() and word.encode() in path.read_bytes()]


@pytest.mark.proves("install")
@pytest.mark.parametrize("form", ["installer", "plugin"])
def test_it_may_be_installed_with_any_umask(
    server: DirectAdminServer, packages: Packages, form: str
) -> None:
    """077, as hardened servers have it: Exim, the pages and customers read what is theirs."""
    if form == "installer":
        place = server.unpack(packages.first)
        command = f"umask 077; sh {place}/install.sh -y"
    else:
        target = server.machine.path("/root/mailward.tar.gz")
        target.write_bytes(packages.plugin.read_bytes())
        command = "umask 077; da plugin install /root/mailward.tar.gz"
    result = server.run("sh", "-c", command, check=False)
    assert result.returncode == 0, result.stdout
    assert is_guarded(server)
    plugin = server.machine.path(places.PLUGIN)
    own = [path for path in plugin.rglob("*") if "payload" not in path.parts]
    assert not [path for path in own if not path.stat().st_mode & 0o004]

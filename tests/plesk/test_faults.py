"""Something goes wrong while Mailward comes, stays or goes: mail goes on, and there is a way back.

Each test breaks one thing on a double that is otherwise healthy.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import time
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from core.store.migration import HEAD
from packing.recipe import ROOT
from tests.lab.dovecot import PASSWORD
from tests.lab.readiness import await_true
from tests.plesk.double.mail import DEFAULTS
from tests.plesk.double.server import PACKAGE
from tests.plesk.double.snapshot import difference, snapshot
from tests.plesk.places import AUSTRIA, RUSSIA

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.plesk.conftest import Packages
    from tests.plesk.double.server import PleskServer

pytestmark = pytest.mark.lab

STORE = "/var/lib/mailward/store.sqlite"
DAEMON = "/etc/systemd/system/mailward.service"


@pytest.fixture(scope="module")
def machine(new_module_server: PleskServer) -> PleskServer:
    """A Plesk for this module, on which every test begins and ends without our extension."""
    return new_module_server


@pytest.fixture
def plesk(machine: PleskServer) -> Iterator[PleskServer]:
    """The same, clean afterwards whatever a test has left."""
    before = snapshot(machine.root)
    yield machine
    machine.uninstall()
    for name in ("/var/lib/mailward", "/var/lib/mailward-undo", "/var/log/mailward"):
        machine.run("rm", "-rf", name)
    assert difference(before, snapshot(machine.root)) == []


def mail_flows(plesk: PleskServer, source: str = AUSTRIA) -> bool:
    """Whether somebody can log in and send."""
    with plesk.smtp(587, source) as client:
        client.ehlo()
        client.auth_plain("alice@example.test", PASSWORD)
        return client.send_mail("alice@example.test", "x@elsewhere.test").code == 250


def files(plesk: PleskServer) -> list[bytes]:
    """Postfix's two files."""
    return [plesk.machine.path(f"/etc/postfix/{n}").read_bytes() for n in ("main.cf", "master.cf")]


def is_guarded(plesk: PleskServer) -> bool:
    """Whether a refused country is refused before the banner."""
    plesk.mailward("set", "country.mode", "allow")
    plesk.mailward("set", "country.list", "DE,AT")
    with plesk.smtp(587, RUSSIA) as client:
        return client.greeting.code == 554


@pytest.mark.proves("install")
def test_without_a_python_nothing_is_changed(plesk: PleskServer, packages: Packages) -> None:
    """The administrator reads what to type on this very system."""
    plesk.machine.path("/etc/os-release").unlink(missing_ok=True)
    plesk.machine.path("/etc/os-release").write_text("ID=almalinux\nVERSION_ID=8.10\n")
    before = snapshot(plesk.root)
    names = ("python3", "python3.11")
    hidden = [plesk.machine.path(f"/usr/bin/{name}") for name in names]
    wrapped = ("/usr/sbin/plesk", "/usr/bin/systemctl")
    plesk.machine.path("/usr/lib/own-python").unlink(missing_ok=True)
    os.link(hidden[1], plesk.machine.path("/usr/lib/own-python"))
    texts = {name: plesk.machine.path(name).read_text() for name in wrapped}
    for name, text in texts.items():
        plesk.machine.path(name).write_text(text.replace("/usr/bin/python3", "/usr/lib/own-python"))
    for path in hidden:
        path.rename(path.with_name(f"{path.name}.away"))
    try:
        result = plesk.install(packages.first)
    finally:
        for path in hidden:
            path.with_name(f"{path.name}.away").rename(path)
        for name, text in texts.items():
            plesk.machine.path(name).write_text(text)
    assert result.returncode == 1
    assert "dnf install python3.12" in result.stdout
    plesk.uninstall()
    assert difference(before, snapshot(plesk.root)) == []
    plesk.machine.path("/etc/os-release").unlink()


@pytest.mark.proves("install")
def test_a_damaged_package_changes_nothing(
    plesk: PleskServer, packages: Packages, tmp_path: Path
) -> None:
    """Every file is held against the manifest before it counts."""
    damaged = tmp_path / "damaged.zip"
    with zipfile.ZipFile(packages.first) as whole, zipfile.ZipFile(damaged, "w") as copy:
        for entry in whole.infolist():
            content = whole.read(entry)
            if entry.filename.endswith("app/core/main.py"):
                content += b"# changed on the way\n"
            copy.writestr(entry, content)
    files_before = files(plesk)
    result = plesk.install(damaged)
    assert result.returncode == 1
    assert "app/core/main.py is damaged" in result.stdout
    assert not plesk.machine.path("/opt/mailward/current").exists()
    assert files(plesk) == files_before


@pytest.mark.proves("open")
def test_a_daemon_that_does_not_start_leaves_the_mail_alone(
    plesk: PleskServer, packages: Packages
) -> None:
    """The hooks come last; what is mended is installed by the same command."""
    files_before = files(plesk)
    blocker = plesk.machine.path("/var/log/mailward")
    blocker.write_text("a file where a folder should be")
    result = plesk.install(packages.first)
    assert result.returncode == 0, "Plesk has the extension, and it says what is wrong"
    assert "failed" in result.stdout
    assert "mailward doctor" in result.stdout
    assert files(plesk) == files_before
    assert mail_flows(plesk, RUSSIA)
    blocker.unlink()
    assert plesk.install(packages.first).returncode == 0
    assert is_guarded(plesk)


@pytest.mark.parametrize("program", ["postfix check", "the daemon is not asked"])
@pytest.mark.proves("open")
def test_a_hook_that_does_not_work_is_taken_back(
    plesk: PleskServer, packages: Packages, program: str
) -> None:
    """E12: Postfix's own check fails, or nobody knocks at the daemon: byte for byte as before."""
    files_before = files(plesk)
    path = plesk.machine.path("/usr/sbin/postfix")
    real = path.with_name("postfix.real")
    if program == "postfix check":
        path.rename(real)
        path.write_text(
            '#!/bin/sh\ncase "$*" in *check*) echo "postfix: fatal: no" >&2; exit 1;; esac\n'
            'exec /usr/sbin/postfix.real "$@"\n'
        )
        path.chmod(0o755)
    else:
        path.rename(real)
        path.write_text(
            '#!/bin/sh\ncase "$*" in *reload*) exit 0;; esac\nexec /usr/sbin/postfix.real "$@"\n'
        )
        path.chmod(0o755)
    try:
        result = plesk.install(packages.first)
    finally:
        real.replace(path)
    assert "hook postfix: failed" in result.stdout
    assert "Everything was put back" in result.stdout
    assert files(plesk) == files_before
    assert mail_flows(plesk, RUSSIA)
    assert plesk.mailward("hook", "apply", "postfix", "--yes").returncode == 0
    assert is_guarded(plesk)


@pytest.mark.parametrize("seconds", [1.0, 3.0, 5.0])
@pytest.mark.proves("install")
def test_killed_in_the_middle_it_is_finished_by_the_next_run(
    plesk: PleskServer, packages: Packages, seconds: float
) -> None:
    """E12: SIGKILL to everything that installs, as when the power fails."""
    plesk.machine.path(PACKAGE).write_bytes(packages.first.read_bytes())
    with subprocess.Popen(
        ["chroot", str(plesk.root), "plesk", "bin", "extension", "--install", PACKAGE],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as running:
        time.sleep(seconds)
        plesk.kill_all("/opt/mailward/", "mailward-setup", "payload/setup", "unpack.py")
        os.killpg(running.pid, signal.SIGKILL)
    plesk.run("postfix", "check")
    assert mail_flows(plesk)
    again = plesk.install(packages.first)
    assert again.returncode == 0, again.stdout
    assert "failed" not in again.stdout
    assert is_guarded(plesk)


@pytest.mark.proves("install", "open")
def test_an_upgrade_whose_daemon_does_not_start_goes_back(
    plesk: PleskServer, packages: Packages, tmp_path: Path
) -> None:
    """E12: the release before is taken up again, and the mail stays guarded."""
    plesk.install(packages.first)
    assert is_guarded(plesk)
    broken = tmp_path / "broken.zip"
    break_daemon(packages.second, broken)
    result = plesk.upgrade(broken)
    assert "the release before is in use again" in result.stdout, result.stdout
    assert "-1001-" in plesk.machine.path("/opt/mailward/current").readlink().name
    assert is_guarded(plesk)
    assert plesk.upgrade(packages.second).returncode == 0
    assert "-1002-" in plesk.machine.path("/opt/mailward/current").readlink().name
    assert is_guarded(plesk)


MIGRATES = b"""\
from core.settings.config import load
from core.store.store import Store

Store.open(load().store_url).close()
raise SystemExit("broken on purpose, behind the migration")
"""
"""A daemon that brings the store to its own shape, and then does not live."""

NEXT_STEP = b"""\
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None


def upgrade():
    op.add_column("events", sa.Column("later", sa.Text(), nullable=True))
    op.create_table("later", sa.Column("name", sa.Text(), primary_key=True))
"""


@pytest.mark.proves("install")
def test_the_release_before_lives_with_a_store_that_was_brought_forward(
    plesk: PleskServer, packages: Packages, tmp_path: Path
) -> None:
    """E12: the new daemon migrates the store and dies; what is gone back to reads and writes it."""
    plesk.install(packages.first)
    assert is_guarded(plesk)
    migration = "app/core/store/migration.py"
    given = (ROOT / "core/store/migration.py").read_bytes()
    broken = tmp_path / "broken.zip"
    changed = {
        "app/core/daemon/daemon.py": MIGRATES,
        migration: given.replace(f'HEAD = "{HEAD}"'.encode(), b'HEAD = "9999"'),
        "app/core/store/migrations/versions/v9999_next.py": NEXT_STEP.replace(
            b"{head}", HEAD.encode()
        ),
    }
    change_package(packages.second, broken, changed)
    result = plesk.upgrade(broken)
    assert "the release before is in use again" in result.stdout, result.stdout
    with closing(sqlite3.connect(f"file:{plesk.machine.path(STORE)}?mode=ro", uri=True)) as store:
        assert store.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)
    assert "newer version" not in plesk.mailward("status", check=False).stdout
    assert is_guarded(plesk), "settings are written and read"

    def events() -> str:
        return plesk.mailward("events", "--address", RUSSIA, "--since", "1m").stdout

    await_true(lambda: "deny" in events(), "an event in that store", events)


def break_daemon(package: Path, target: Path) -> None:
    """A package whose daemon ends at once, and whose checksums are right all the same."""
    broken = b'raise SystemExit("broken on purpose")\n'
    change_package(package, target, {"app/core/daemon/daemon.py": broken})


def change_package(package: Path, target: Path, changed: Mapping[str, bytes]) -> None:
    """A package of a later build in which some files of the payload are others, or new."""
    base = "plib/resources/payload/"
    with zipfile.ZipFile(package) as whole, zipfile.ZipFile(target, "w") as copy:
        manifest = json.loads(whole.read(f"{base}manifest.json"))
        for name, content in changed.items():
            manifest["files"][name] = hashlib.sha256(content).hexdigest()
            copy.writestr(f"{base}{name}", content)
        manifest["build"] += 1000
        for entry in whole.infolist():
            given = whole.read(entry)
            if entry.filename.removeprefix(base) in changed:
                continue
            if entry.filename == f"{base}manifest.json":
                given = json.dumps(manifest).encode()
            copy.writestr(entry, given)


@pytest.mark.proves("survives")
def test_plesk_repairs_while_we_install(plesk: PleskServer, packages: Packages) -> None:
    """E7: whoever writes last, in the end the mail is guarded, and Postfix never broken."""
    plesk.machine.path(PACKAGE).write_bytes(packages.first.read_bytes())
    command = ["chroot", str(plesk.root), "plesk"]
    with subprocess.Popen(
        [*command, "bin", "extension", "--install", PACKAGE],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        for _ in range(8):
            for name in ("main.cf", "master.cf"):
                path = plesk.machine.path(f"/etc/postfix/{name}")
                path.write_bytes(plesk.machine.path(f"{DEFAULTS}/{name}").read_bytes())
                os.utime(path, (0, 0))
            time.sleep(0.7)
        running.wait()
    plesk.run("postfix", "check")
    assert mail_flows(plesk)
    plesk.mailward("hook", "apply", "postfix", "--yes", check=False)
    await_true(lambda: is_guarded(plesk), "the guard", plesk.host.postfix.log_text)


@pytest.mark.proves("install")
def test_uninstalled_twice_and_without_its_program(plesk: PleskServer, packages: Packages) -> None:
    """E12: somebody has deleted the program; Plesk takes the extension away all the same."""
    plesk.install(packages.first)
    setup = "/opt/psa/admin/sbin/modules/mailward/mailward-setup"
    assert plesk.run(setup, "uninstall").returncode == 0
    assert plesk.run(setup, "uninstall").returncode == 0
    assert plesk.uninstall().returncode == 0
    assert mail_flows(plesk, RUSSIA)

"""Something goes wrong while Mailward comes, stays or goes: mail goes on, and there is a way back.

Each test breaks one thing on a double that is otherwise healthy.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import tarfile
import time
from typing import TYPE_CHECKING

import pytest

from cpanel import places
from cpanel.exim import BLOCKS, hook_file
from tests.cpanel.double.server import PACKAGE
from tests.cpanel.double.tree import PROGRAM
from tests.cpanel.origins import AUSTRIA, RUSSIA
from tests.lab import managed
from tests.lab.snapshot import difference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cpanel.conftest import Packages
    from tests.cpanel.double.server import CpanelServer

pytestmark = pytest.mark.lab

ALICE = "alice@example.test"
PIECES = tuple(hook_file(block, name) for _, block, name in BLOCKS)


@pytest.fixture(scope="module")
def machine(new_module_server: CpanelServer) -> CpanelServer:
    """A cPanel for this module, on which every test begins and ends without Mailward."""
    return new_module_server


@pytest.fixture
def cpanel(machine: CpanelServer) -> Iterator[CpanelServer]:
    """The same, clean afterwards whatever a test has left."""
    before = machine.snapshot()
    yield machine
    if machine.machine.path("/opt/mailward/current/setup").exists():
        machine.uninstall()
    for name in ("lib/mailward", "lib/mailward-undo", "log/mailward"):
        machine.run("rm", "-rf", f"/var/{name}")
    # A package that is found to be damaged has unpacked nothing, but made a folder for it.
    machine.run("rm", "-rf", PACKAGE, "/opt/mailward")
    assert difference(before, machine.snapshot()) == []


def state(cpanel: CpanelServer) -> list[bytes]:
    """What Exim's build reads and makes."""
    names = (*PIECES, places.LOCAL_OPTIONS, places.EXIM_CONF)
    return [cpanel.machine.path(name).read_bytes() for name in names]


def is_guarded(cpanel: CpanelServer) -> bool:
    """Whether a refused country is refused before the banner."""
    cpanel.mailward("set", "country.mode", "allow")
    cpanel.mailward("set", "country.list", "DE,AT")
    with cpanel.smtp(587, RUSSIA) as client:
        return client.greeting.code == 550


def replaced(cpanel: CpanelServer, name: str, script: str) -> Path:
    """Put a script in the place of a command; the real one, to be put back."""
    path = cpanel.machine.path(name)
    real = path.with_name(f"{path.name}.real")
    path.rename(real)
    path.write_text(f'#!/bin/sh\n{script}\nexec {name}.real "$@"\n')
    path.chmod(0o755)
    return real


@pytest.mark.parametrize(
    ("name", "script", "said"),
    [
        (places.BUILD_EXIM, 'echo "it is late"; exit 0', "did not say 'Dry Run ok'"),
        (
            places.BUILD_EXIM,
            '[ "$1" = --acl_dry_run ] || { echo broken; exit 1; }',
            "ended with 1: broken",
        ),
        (places.RESTART_EXIM, "echo no >&2; exit 1", "restartsrv_exim"),
    ],
    ids=["dry run", "build", "restart"],
)
@pytest.mark.proves("open")
def test_a_hook_that_does_not_work_is_taken_back(
    cpanel: CpanelServer, packages: Packages, name: str, script: str, said: str
) -> None:
    """E12: byte for byte as before; the panel shows Mailward, whose doctor says what is wrong."""
    before = state(cpanel)
    real = replaced(cpanel, name, script)
    try:
        result = cpanel.install(packages.first)
    finally:
        real.replace(cpanel.machine.path(name))
    assert result.returncode == 1, result.stdout
    assert "hook exim: failed" in result.stdout
    assert said in result.stdout
    cpanel.script("buildeximconf")
    assert state(cpanel) == before
    assert cpanel.send(RUSSIA, ALICE) == [250]
    assert cpanel.install(packages.first).returncode == 0
    assert is_guarded(cpanel)


@pytest.mark.parametrize(
    ("name", "script"),
    [
        (places.REGISTER, 'echo "register_appconfig: license expired"; exit 1'),
        (places.MANAGE_HOOKS, '[ "$1" = list ] || exit 0'),
        (places.INSTALL_PLUGIN, "exit 0"),
        (places.RESTART_CHKSERVD, "exit 1"),
    ],
    ids=["register", "hooks", "plugin", "chkservd"],
)
def test_a_panel_that_does_not_know_us_leaves_the_mail_guarded(
    cpanel: CpanelServer, packages: Packages, name: str, script: str
) -> None:
    """E12: all of the registration is put back, the hooks are made all the same."""
    real = replaced(cpanel, name, script)
    try:
        result = cpanel.install(packages.first)
    finally:
        real.replace(cpanel.machine.path(name))
    assert result.returncode == 1, result.stdout
    assert "join the panel: failed" in result.stdout
    assert "Everything was put back" in result.stdout
    assert is_guarded(cpanel)
    cpanel.mailward("reconcile")
    assert not cpanel.machine.path(places.DYNAMIC_UI).exists(), "only who installs joins"
    assert cpanel.mailward("install", "--yes").returncode == 0
    assert cpanel.machine.path(places.DYNAMIC_UI).exists()
    assert cpanel.machine.path(f"{places.APPS}/mailward.conf").exists()


@pytest.mark.proves("open")
def test_a_daemon_that_does_not_start_leaves_the_mail_alone(
    cpanel: CpanelServer, packages: Packages
) -> None:
    """The hooks come last; what is mended is installed by the same command."""
    before = state(cpanel)
    blocker = cpanel.machine.path("/var/log/mailward")
    blocker.write_text("a file where a folder should be")
    result = cpanel.install(packages.first)
    assert result.returncode != 0
    assert state(cpanel) == before
    assert cpanel.send(RUSSIA, ALICE) == [250]
    blocker.unlink()
    assert cpanel.install(packages.first).returncode == 0
    assert is_guarded(cpanel)


@pytest.mark.parametrize("seconds", [2.0, 6.0, 10.0])
@pytest.mark.proves("install")
def test_killed_in_the_middle_it_is_finished_by_the_next_run(
    cpanel: CpanelServer, packages: Packages, seconds: float
) -> None:
    """E12: SIGKILL to everything that installs, as when the power fails."""
    target = cpanel.machine.path(PACKAGE)
    target.mkdir()
    subprocess.run(["tar", "-xzf", str(packages.first), "-C", str(target)], check=True)
    (script,) = target.rglob("install.sh")
    with subprocess.Popen(
        ["chroot", str(cpanel.root), "sh", f"/{script.relative_to(cpanel.root)}", "-y"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as running:
        time.sleep(seconds)
        cpanel.kill_all("/opt/mailward/", "payload/setup", "unpack.py", managed.program(PROGRAM))
        os.killpg(running.pid, signal.SIGKILL)
    shutil.rmtree(target)
    cpanel.exim.exim("-bV")
    assert cpanel.send(AUSTRIA, ALICE) == [250]
    again = cpanel.install(packages.first)
    assert again.returncode == 0, again.stdout
    assert "failed" not in again.stdout
    assert is_guarded(cpanel)


@pytest.mark.proves("install")
def test_a_damaged_package_changes_nothing(
    cpanel: CpanelServer, packages: Packages, tmp_path: Path
) -> None:
    """Every file is held against the manifest before it counts."""
    damaged = tmp_path / "damaged.tar.gz"
    with tarfile.open(packages.first) as whole, tarfile.open(damaged, "w:gz") as copy:
        for entry in whole:
            source = whole.extractfile(entry)
            content = source.read() if source else b""
            if entry.name.endswith("app/core/main.py"):
                content += b"# changed on the way\n"
            entry.size = len(content)
            copy.addfile(entry, io.BytesIO(content))
    before = state(cpanel)
    result = cpanel.install(damaged)
    assert result.returncode == 3, result.stdout
    assert "app/core/main.py is damaged" in result.stdout
    assert not cpanel.machine.path("/opt/mailward/current").exists()
    assert state(cpanel) == before


@pytest.mark.proves("survives")
def test_cpanel_is_updated_while_we_install(cpanel: CpanelServer, packages: Packages) -> None:
    """E7: whoever writes last, in the end the mail is guarded, and Exim never broken."""
    target = cpanel.machine.path(PACKAGE)
    target.mkdir()
    subprocess.run(["tar", "-xzf", str(packages.first), "-C", str(target)], check=True)
    (script,) = target.rglob("install.sh")
    inside = f"/{script.relative_to(cpanel.root)}"
    with subprocess.Popen(
        ["chroot", str(cpanel.root), "sh", inside, "-y"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        for _ in range(3):
            time.sleep(2)
            cpanel.run("/usr/local/cpanel/scripts/upcp", check=False)
        running.wait()
    cpanel.exim.exim("-bV")
    assert cpanel.send(AUSTRIA, ALICE) == [250]
    assert cpanel.install(packages.first).returncode == 0
    assert is_guarded(cpanel)

"""What a panel's double has beside its mail servers: a service manager, Python, Perl, useradd.

Everything is laid over a machine of Debian 12; nothing of a panel is in here.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.lab import debian
from tests.lab.readiness import await_true
from tests.lab.release import PLESK

if TYPE_CHECKING:
    from tests.lab.machine import Keeper, LabMachine

TREE = Path(__file__).parents[2]
MANAGER = Path(__file__).with_name("service_manager")

ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
    "HOME": "/root",
}


def lay_over(machine: LabMachine) -> None:
    """Add the programs to a machine that has not started yet. Raises LabUnavailableError."""
    debian.fetch(PLESK)
    root = machine.root
    source, target = f"{PLESK.root}/usr/.", f"{root}/usr/"
    subprocess.run(["cp", "--archive", "--link", "--force", source, target], check=True)
    for folder in ("etc/pam.d", "etc/security"):
        if (PLESK.root / folder).exists():
            shutil.copytree(PLESK.root / folder, root / folder, dirs_exist_ok=True)
    python = root / "usr/bin/python3"
    python.unlink(missing_ok=True)
    python.symlink_to("python3.11")
    lay_program(machine, MANAGER)
    write_program(machine, "/usr/bin/systemctl", f'#!/bin/sh\nexec {program(MANAGER)} "$@"\n')
    for folder in ("etc/systemd/system", "usr/local/bin", "usr/local/sbin", "opt"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for name, text in (("shadow", "root:*:19000:0:99999:7:::\n"), ("gshadow", "root:*::\n")):
        path = root / "etc" / name
        if not path.exists():
            path.write_text(text)
            path.chmod(0o640)
    (root / "etc/login.defs").write_text("SYS_UID_MIN 100\nSYS_UID_MAX 999\n")


def write_program(machine: LabMachine, name: str, text: str) -> None:
    """Write something that can be run; what was there may be shared with other machines."""
    path = machine.path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o755)


def program(package: Path) -> str:
    """How a program is called that `lay_program` has laid there."""
    return f"/usr/bin/python3 -I /usr/lib/{package.name}"


def lay_program(machine: LabMachine, package: Path) -> None:
    """Copy a package of the tests, which imports nothing but itself and the standard library.

    It lies in the machine in the same folders, so that its imports are the same, too; `program`
    runs its `__main__.py`. The packages around it are not copied, and need not be.
    """
    target = machine.path(f"/usr/lib/{package.name}")
    inside = target / package.relative_to(TREE)
    inside.mkdir(parents=True)
    for file in package.glob("*.py"):
        shutil.copy(file, inside)
    shutil.copy(package / "__main__.py", target)


def start_manager(machine: LabMachine) -> Keeper:
    """Start the service manager, and wait until `systemctl` works."""
    keeper = machine.keep("systemd", *program(MANAGER).split(), "serve")
    door = machine.path("/run/systemd/manager.sock")
    await_true(door.exists, "the service manager", keeper.output)
    return keeper


def run(
    machine: LabMachine,
    *words: str,
    check: bool = True,
    seconds: float = 300,
    umask: int | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command on the machine, as its administrator would. umask: his; None for the tests'.

    Raises AssertionError with what it printed if it fails and `check` is set.
    """
    result = subprocess.run(
        ("chroot", str(machine.root), *words),
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=seconds,
        umask=-1 if umask is None else umask,
    )
    if check and result.returncode:
        raise AssertionError(f"{words} ended with {result.returncode}\n{result.stdout}")
    return result

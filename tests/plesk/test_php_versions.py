"""Every line of PHP that Plesk gets is understood by the PHPs that Plesk had and has."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from packing.recipe import ROOT
from tests.lab import debian
from tests.lab.conftest import available
from tests.lab.machine import LabMachine
from tests.lab.release import PHPS, PLESK, Addition

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.lab

BRIDGE = ROOT / "plesk" / "bridge"
FILES = [file.relative_to(BRIDGE).as_posix() for file in sorted(BRIDGE.rglob("*.ph*"))]


@pytest.fixture(scope="module", params=[PLESK, *PHPS.values()], ids=lambda php: php.version)
def machine(request: pytest.FixtureRequest) -> Iterator[LabMachine]:
    """A machine with one PHP, and our files on it."""
    php: Addition = request.param
    with available():
        debian.fetch(php)
        with LabMachine(php.codename) as machine:
            command = ("cp", "--archive", "--link", "--force")
            subprocess.run([*command, f"{php.root}/usr/.", f"{machine.root}/usr/"], check=True)
            shutil.copytree(BRIDGE, machine.path("/bridge"))
            machine.path("/usr/bin/php").symlink_to(f"php{php.version}")
            yield machine


def test_no_file_has_anything_that_this_php_does_not_know(machine: LabMachine) -> None:
    """`php -l` with every notice and deprecation."""
    found = {file: _lint(machine, f"/bridge/{file}") for file in FILES}
    wrong = {file: said for file, said in found.items() if said}
    assert wrong == {}
    assert "plib/library/Relay.php" in found
    assert "plib/views/scripts/index/index.phtml" in found


def test_a_fault_would_be_seen(machine: LabMachine) -> None:
    """The check itself is checked."""
    machine.path("/bridge/wrong.php").write_text("<?php\nfunction a( { }\n")
    assert "Parse error" in _lint(machine, "/bridge/wrong.php")


def _lint(machine: LabMachine, file: str) -> str:
    """What PHP finds wrong with a file, "" when nothing is."""
    options = ("-n", "-d", "error_reporting=-1", "-d", "display_errors=1")
    result = machine.run("php", *options, "-l", file, check=False)
    said = [line for line in result.stdout.splitlines() if line.strip()]
    return "" if said == [f"No syntax errors detected in {file}"] else result.stdout

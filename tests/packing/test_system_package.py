"""`.deb` and `.rpm`: the same bytes every time, and what the real dpkg and rpm do with them."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from core import __version__
from packing import system_package
from packing.recipe import Archive, Form, PackingError, Recipe
from packing.tree import Tree
from tests.lab import debian
from tests.lab.conftest import available
from tests.lab.machine import LabMachine
from tests.lab.release import PACKAGERS
from tests.packing.payload.sample import payload

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOMENT = 1_700_000_000
PANEL = "/usr/local/panel"

FORMS: tuple[Form, ...] = ("deb", "rpm")

INSTALL = {"deb": ("dpkg", "--install"), "rpm": ("rpm", "--upgrade", "--nodeps")}
REMOVE = {"deb": ("dpkg", "--remove"), "rpm": ("rpm", "--erase")}


def make(folder: Path, form: Form, version: str = "1.0", build: int = 7) -> Path:
    """A package with the sample program in it."""
    spec = Archive(form, f"x{build}.{form}", "usr/share/mailward")
    recipe = Recipe(
        title="Mailward for a Panel",
        module="tool",
        archives=(spec,),
        server="Panel",
        present=PANEL,
        python=("3.11",),
    )
    tree = Tree()
    base = payload(folder / f"payload-{form}-{build}", version, "3.11-x86_64")
    for file in base.rglob("*"):
        if file.is_file():
            runs = bool(file.stat().st_mode & 0o100)
            tree.add(f"{spec.payload}/{file.relative_to(base)}", file, executable=runs)
    target = folder / spec.file
    system_package.write(recipe, spec, tree, target, MOMENT, build, lambda *_: None)
    return target


@pytest.mark.parametrize("form", FORMS)
def test_the_same_input_makes_the_same_bytes(tmp_path: Path, form: Form) -> None:
    """E11: whoever doubts a published package builds it again."""
    made = []
    for name in ("1", "2"):
        (tmp_path / name).mkdir()
        made.append(make(tmp_path / name, form))
        assert [path.name for path in made[-1].parent.iterdir() if path.is_file()] == [f"x7.{form}"]
    first, second = (hashlib.sha256(each.read_bytes()).hexdigest() for each in made)
    assert first == second


def test_a_refusal_of_the_tool_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is left that looks like a package."""
    monkeypatch.setattr(system_package, "_nfpm", lambda: "/bin/false")
    with pytest.raises(PackingError, match=r"x7\.deb: false"):
        make(tmp_path, "deb")
    monkeypatch.undo()
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    (tmp_path / "again").mkdir()
    with pytest.raises(PackingError, match="nfpm, which makes"):
        make(tmp_path / "again", "deb")
    assert not list(tmp_path.rglob("*.deb*"))


class Server:
    """A machine with Debian's dpkg and rpm, and something that looks like a panel."""

    def __init__(self) -> None:
        debian.fetch(PACKAGERS)
        self.machine = LabMachine("bookworm")
        self.root = self.machine.root
        source = f"{PACKAGERS.root}/usr/."
        subprocess.run(
            ("cp", "--archive", "--link", "--force", source, f"{self.root}/usr/"), check=True
        )
        for folder in ("var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/rpm"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        (self.root / "var/lib/dpkg/status").write_text("")
        self.machine.path(PANEL).mkdir(parents=True)
        # dpkg insists that it could be run; none of our packages brings a shared library.
        self.machine.path("/usr/sbin/ldconfig").symlink_to("/usr/bin/true")

    def run(self, *command: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a command there; our program ends with the code."""
        told = ("SAMPLE_CALLS=/root/calls", f"SAMPLE_CODE={code}")
        python = "MAILWARD_PYTHON=/usr/bin/python3.11"
        return self.machine.run("env", *told, python, *command, check=False)

    def install(self, package: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
        """As the package's own kind is installed, or upgraded."""
        shutil.copy(package, self.root / "root")
        form = package.suffix.removeprefix(".")
        return self.run(*INSTALL[form], f"/root/{package.name}", code=code)

    def calls(self) -> list[str]:
        """How our program was called since this was asked last."""
        file = self.root / "root" / "calls"
        lines = file.read_text().splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return [line.removesuffix(" /opt/mailward/bin/mailward") for line in lines]

    def ours(self) -> list[str]:
        """What is there of us."""
        places = ("opt/mailward", "usr/share/mailward", "usr/share/doc/mailward")
        return [name for name in places if (self.root / name).exists()]


@pytest.fixture
def server() -> Iterator[Server]:
    """One for each test: package managers remember."""
    with available():
        made = Server()
        try:
            yield made
        finally:
            made.machine.close()


@pytest.mark.lab
@pytest.mark.parametrize("form", FORMS)
def test_a_package_manager_installs_upgrades_and_removes_us(
    server: Server, tmp_path: Path, form: Form
) -> None:
    """E10, E11, E12: each time by the product's own installer, and once."""
    done = server.install(make(tmp_path, form, "1.0", 7))
    assert done.returncode == 0, done.stdout
    assert server.calls() == ["1.0 install --yes"]
    done = server.install(make(tmp_path, form, "2.0", 8))
    assert done.returncode == 0, done.stdout
    assert server.calls() == ["2.0 upgrade"]
    current = (server.root / "opt/mailward/current").resolve()
    assert current.name.startswith("2.0-")
    done = server.run(*REMOVE[form], "mailward-tool")
    assert done.returncode == 0, done.stdout
    assert server.calls() == ["2.0 uninstall --yes"]
    assert server.ours() == []


@pytest.mark.lab
@pytest.mark.parametrize("form", FORMS)
def test_a_server_without_the_panel_stays_as_it_is(
    server: Server, tmp_path: Path, form: Form
) -> None:
    """E10: nothing is unpacked."""
    server.machine.path(PANEL).rmdir()
    done = server.install(make(tmp_path, form))
    assert done.returncode != 0
    assert "This server has no Panel" in done.stdout
    assert (server.calls(), server.ours()) == ([], [])


@pytest.mark.lab
@pytest.mark.parametrize("form", FORMS)
def test_what_does_not_work_yet_holds_up_no_other_package(
    server: Server, tmp_path: Path, form: Form
) -> None:
    """A half configured package would make every later run of apt fail."""
    done = server.install(make(tmp_path, form), code=1)
    assert done.returncode == 0, done.stdout
    assert "'mailward doctor' says what to do" in done.stdout


@pytest.mark.lab
@pytest.mark.parametrize("form", FORMS)
def test_what_cannot_be_taken_back_keeps_the_package(
    server: Server, tmp_path: Path, form: Form
) -> None:
    """For another try: without the program nobody could undo anything."""
    server.install(make(tmp_path, form))
    done = server.run(*REMOVE[form], "mailward-tool", code=1)
    assert done.returncode != 0
    assert {"opt/mailward", "usr/share/mailward"} <= set(server.ours())


@pytest.mark.lab
def test_purging_deletes_what_was_learnt(server: Server, tmp_path: Path) -> None:
    """E12: removing keeps it, as a later installation finds it."""
    server.install(make(tmp_path, "deb"))
    store = server.root / "var/lib/mailward/store.db"
    store.parent.mkdir(parents=True)
    store.write_text("")
    server.run("dpkg", "--remove", "mailward-tool")
    assert store.exists()
    done = server.run("dpkg", "--purge", "mailward-tool")
    assert done.returncode == 0, done.stdout
    assert not store.parent.exists()


@pytest.mark.lab
def test_what_package_managers_are_told(server: Server, tmp_path: Path) -> None:
    """Names, versions that grow with each build, and whose the files are."""
    for form in FORMS:
        shutil.copy(make(tmp_path, form), server.root / "root")
    said = server.run("dpkg-deb", "--info", "/root/x7.deb").stdout
    for line in (
        "Package: mailward-tool",
        f"Version: {__version__}-7",
        "Architecture: all",
        "Conflicts: mailward",
        "Provides: mailward",
        "Recommends: python3.11",
    ):
        assert line in said
    listed = server.run("dpkg-deb", "--contents", "/root/x7.deb").stdout.splitlines()
    assert {line.split()[1] for line in listed} == {"root/root"}
    assert any(line.startswith("-rwxr-xr-x") and line.endswith("/setup") for line in listed)
    asked = "%{NAME} %{VERSION} %{RELEASE} %{ARCH} %{LICENSE}"
    said = server.run("rpm", "--query", "--package", "--queryformat", asked, "/root/x7.rpm").stdout
    assert said.endswith(f"mailward-tool {__version__} 7 noarch Apache-2.0")
    files = server.run("rpm", "--query", "--package", "--list", "/root/x7.rpm").stdout.split()
    assert "/usr/share/mailward" in files
    assert "/usr/share/mailward/setup" in files

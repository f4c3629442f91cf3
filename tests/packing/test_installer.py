"""`install.sh`: what it is told, what it looks at first, and how it ends."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

import pytest

from packing import product, system_package
from packing.build import INSTALLER
from packing.recipe import Archive, Recipe
from tests.packing.payload.sample import payload

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="the installer works for root only")

KEY = "MW1-a key; with $(signs) 'of' the shell"


class Server(NamedTuple):
    """A folder that stands for a server with a panel, and an unpacked package."""

    folder: Path

    @property
    def prefix(self) -> Path:
        """Where the program comes to."""
        return self.folder / "opt" / "mailward"

    @property
    def panel(self) -> Path:
        """The file that says that the panel is there."""
        return self.folder / "panel"

    def install(
        self, *words: str, shell: str = "sh", stdin: int = subprocess.DEVNULL, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run install.sh."""
        return subprocess.run(
            (shell, str(self.folder / "package" / "install.sh"), *words),
            env={**self.environment(), **more},
            stdin=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    def environment(self) -> Mapping[str, str]:
        """What the sample program and the installer are told."""
        return {
            "PATH": os.environ["PATH"],
            "MAILWARD_PREFIX": str(self.prefix),
            "SAMPLE_CALLS": str(self.folder / "calls"),
            "SAMPLE_CODE": "0",
        }

    def calls(self) -> list[str]:
        """How the program was called, without where it thinks it lies."""
        file = self.folder / "calls"
        lines = file.read_text().splitlines() if file.exists() else []
        return [line.removesuffix(f" {self.prefix}/bin/mailward") for line in lines]


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """With a panel, and nothing installed."""
    made = Server(tmp_path)
    made.panel.write_text("")
    archive = Archive("installer", "x.tar.gz", "package/payload")
    recipe = Recipe(
        title="Mailward for a Panel",
        module="tool",
        archives=(archive,),
        server="Panel",
        present=str(made.panel),
    )
    payload(tmp_path / "package" / "payload")
    script = product.fill(INSTALLER.read_bytes(), system_package.words(recipe, archive))
    (tmp_path / "package" / "install.sh").write_bytes(script)
    return made


def test_help_says_every_word_and_code(server: Server) -> None:
    """E10: and no word of the template is left in it."""
    done = server.install("-h")
    assert done.returncode == 0
    for word in ("-l KEY", "-n, --dry-run", "-y, --yes", "-h, --help", "Mailward for a Panel"):
        assert word in done.stdout
    assert "set -eu" not in done.stdout
    text = (server.folder / "package" / "install.sh").read_text()
    assert "@" not in text.replace('"$@"', "")


@pytest.mark.parametrize("shell", [["dash"], ["bash", "--posix"]])
def test_it_is_written_for_more_than_one_shell(server: Server, shell: list[str]) -> None:
    """POSIX: servers have different ones as sh."""
    script = server.folder / "package" / "install.sh"
    done = subprocess.run(
        (*shell, str(script), "-y", "-l", KEY),
        env=server.environment(),
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0
    assert server.calls() == [f"1.0 install --yes --licence {KEY}"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--force"], "there is no '--force'"),
        (["-l"], "-l needs a key"),
        (["-l", ""], "-l needs a key"),
        (["key"], "there is no 'key'"),
        ([], "nobody can be asked here: say -y"),
    ],
)
def test_words_that_are_not_understood_change_nothing(
    server: Server, words: list[str], said: str
) -> None:
    """E10: with 2, and where to read more."""
    done = server.install(*words)
    assert (done.returncode, server.calls()) == (2, [])
    assert said in done.stderr
    assert "install.sh -h" in done.stderr
    assert not server.prefix.exists()


def test_a_server_without_the_panel_stays_as_it_is(server: Server) -> None:
    """E10: which panel is missing, and by what that was seen."""
    server.panel.unlink()
    done = server.install("-y")
    assert (done.returncode, server.calls()) == (3, [])
    said = f"Nothing was changed: this server has no Panel (there is no {server.panel})."
    assert said in done.stderr
    assert not server.prefix.exists()


def test_a_server_without_a_python_stays_as_it_is(server: Server) -> None:
    """E10: with what to do about it."""
    done = server.install("-y", MAILWARD_PYTHON="/bin/false")
    assert (done.returncode, server.calls()) == (3, [])
    assert "MAILWARD_PYTHON=/bin/false is none of" in done.stderr
    assert "Nothing was changed: there is no Python for it" in done.stderr


def test_only_root_can_install(server: Server) -> None:
    """Before anything else is looked at."""
    programs = server.folder / "programs"
    programs.mkdir()
    (programs / "id").write_text("#!/bin/sh\necho 1000\n")
    (programs / "id").chmod(0o755)
    done = server.install("-y", PATH=f"{programs}:{os.environ['PATH']}")
    assert (done.returncode, server.calls()) == (3, [])
    assert "only root can install it" in done.stderr


def test_a_key_is_handed_over(server: Server) -> None:
    """E10: unattended, in one line; without a key none is spoken of."""
    assert server.install("-y", "-l", KEY).returncode == 0
    assert server.calls() == [f"1.0 install --yes --licence {KEY}"]


def test_without_a_key_the_trial_begins(server: Server) -> None:
    """The program itself knows of it."""
    done = server.install("--yes")
    assert (done.returncode, server.calls()) == (0, ["1.0 install --yes"])
    assert "Install Mailward on this server, in version" in done.stdout
    assert f"{server.prefix}/bin/mailward doctor" in done.stdout


def test_what_is_installed_is_upgraded(server: Server) -> None:
    """E11: the same command; a key that is given replaces the one before."""
    server.install("-y")
    shutil.rmtree(server.folder / "package" / "payload")
    payload(server.folder / "package" / "payload", "2.0")
    assert server.install("-y", "-l", KEY).returncode == 0
    assert server.calls()[1:] == ["2.0 upgrade", f"2.0 licence set {KEY}"]


@pytest.mark.parametrize(("code", "ends"), [(1, 1), (2, 2), (3, 3), (4, 1), (5, 1)])
def test_it_ends_as_the_help_says(server: Server, code: int, ends: int) -> None:
    """And says that mail goes on, and how to go on."""
    done = server.install("-y", SAMPLE_CODE=str(code))
    assert done.returncode == ends
    assert ("Mail goes on" in done.stderr) is (code != 3)


def test_a_dry_run_asks_nothing_and_leaves_nothing(server: Server) -> None:
    """E12: also not of the program itself."""
    done = server.install("-n")
    assert (done.returncode, server.calls()) == (0, ["1.0 install --dry-run"])
    assert list(server.prefix.parent.iterdir()) == []


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("yes", 0), ("n", 3), ("", 3)])
def test_somebody_at_a_terminal_is_asked(server: Server, answer: str, code: int) -> None:
    """Only a yes is one."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, f"{answer}\n".encode())
        done = server.install(stdin=theirs)
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == code
    assert "[y/N]" in done.stdout
    assert server.calls() == (["1.0 install --yes"] if code == 0 else [])

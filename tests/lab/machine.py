"""One mail server machine: a private copy of a release's root, in which servers run.

Each copy has the paths of a real installation (/etc/postfix, /var/spool/postfix, /etc/dovecot), so
what reads and edits a real machine can be pointed at `root`. Only /usr is shared with the pristine
root, by hard links: replace files there, never write into them.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

from tests.lab import debian
from tests.lab.keeper import descendants
from tests.lab.ports import PortReservation
from tests.lab.release import LAB, RELEASES, Release

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import Self

RUNNING = LAB / "run"
MAIL_PORTS = ("smtp", "submission", "submissions", "imap", "imaps", "pop3", "pop3s")
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/root"}

_numbers = itertools.count()


class LabMachine:
    """A root below `.lab/run/`, removed by `close()` (it is a context manager, too).

    root: its folder; release; ports: service name -> the high loopback port that stands for it,
    which is also what the machine's own /etc/services says; keepers: the servers started.
    """

    def __init__(self, release: str) -> None:
        """Fetch the release if need be and copy it. Raises LabUnavailableError."""
        self.release: Release = RELEASES[release]
        debian.fetch(self.release)
        self.root = RUNNING / f"{os.getpid():x}-{next(_numbers)}"
        self._lock: IO[str] = _own(self.root)
        with debian.locked(self.release, shared=True):
            _copy(self.release.root, self.root)
        self._reservation = PortReservation(MAIL_PORTS)
        self.ports = self._reservation.ports
        self.keepers: list[Keeper] = []
        self._name_ports()

    def path(self, inside: str | Path) -> Path:
        """Where a path inside the machine is for us."""
        return self.root / str(inside).lstrip("/")

    def run(
        self, *command: str, user: int = 0, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside. Raises CalledProcessError if it fails and `check` is set."""
        return subprocess.run(
            _inside(self.root, command, user),
            check=check,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )

    def keep(self, name: str, *command: str, user: int = 0) -> Keeper:
        """Start a server that stays in the foreground; it ends with this machine at the latest."""
        return self.keep_outside(name, *_inside(self.root, command, user))

    def keep_outside(self, name: str, *command: str) -> Keeper:
        """The same for a program that is not of the release: Mailward itself."""
        output = self.path(f"/var/log/{name}.console")
        keeper = Keeper(command, output, self._lock.fileno())
        self.keepers.append(keeper)
        return keeper

    def reserve(self, name: str) -> int:
        """One more loopback port for this machine. Raises OSError if none is free."""
        return self._reservation.add(name)

    def close(self) -> None:
        """End all servers and remove the root."""
        for keeper in self.keepers:
            keeper.ask_to_stop()
        for keeper in self.keepers:
            keeper.stop()
        self._reservation.release()
        shutil.rmtree(self.root, ignore_errors=True)
        self._lock.close()
        _lock_path(self.root).unlink(missing_ok=True)

    def __enter__(self) -> Self:
        """The machine itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close, whatever happened."""
        self.close()

    def _name_ports(self) -> None:
        """Stock configurations name their ports (`submission inet ...`): here they are high."""
        services = self.path("/etc/services")
        names = "|".join({"imap2", *self.ports})
        kept = [
            line
            for line in services.read_text("utf-8").splitlines()
            if not re.match(rf"({names})\s+\d+/tcp", line)
        ]
        aliases = {"smtp": "mail", "submissions": "ssmtp smtps urd", "imap": "imap2"}
        for name, port in self.ports.items():
            kept.append(f"{name}\t{port}/tcp\t{aliases.get(name, '')}")
        services.write_text("\n".join(kept) + "\n", "utf-8")


class Keeper:
    """A running server process and its guard (keeper.py)."""

    def __init__(self, command: Sequence[str], output: Path, lock: int) -> None:
        """Start. output: gets what the server prints; lock: held open as long as it runs."""
        self._output = output
        keeper = Path(__file__).with_name("keeper.py")
        with output.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(keeper), *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=ENVIRONMENT,
                start_new_session=True,
                pass_fds=(lock,),
            )

    @property
    def number(self) -> int:
        """The keeper's process number; the server's processes are below it."""
        return self._process.pid

    def processes(self) -> frozenset[int]:
        """The numbers of the server's living processes."""
        return frozenset(descendants(self.number))

    @property
    def is_running(self) -> bool:
        """False once the server has ended, for whatever reason."""
        return self._process.poll() is None

    def output(self) -> str:
        """What the server printed so far."""
        return self._output.read_text("utf-8", "replace") if self._output.exists() else ""

    def ask_to_stop(self) -> None:
        """Begin to end the server, without waiting."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    def stop(self) -> None:
        """End the server and wait until nothing of it is left. Harmless when it has ended."""
        self.ask_to_stop()
        self._process.wait(timeout=30)


def running_machines() -> list[str]:
    """The names of machines whose owner, or a server of theirs, still lives."""
    running = []
    for path in RUNNING.glob("*.lock"):
        with path.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                running.append(path.stem)
    return running


def _inside(root: Path, command: Sequence[str], user: int) -> list[str]:
    identity = [f"--userspec=+{user}:+{user}", "--groups="] if user else []
    return ["chroot", *identity, str(root), *command]


def _copy(pristine: Path, root: Path) -> None:
    """Hard links for /usr, a true copy of the rest."""
    root.mkdir()
    for entry in pristine.iterdir():
        linking = ["--link"] if entry.name == "usr" else []
        subprocess.run(["cp", "--archive", *linking, str(entry), str(root)], check=True)


def _lock_path(root: Path) -> Path:
    return root.with_name(f"{root.name}.lock")


def _own(root: Path) -> IO[str]:
    """A lock that says: this root is in use. It goes with the process and its keepers."""
    RUNNING.mkdir(exist_ok=True)
    with (LAB / "run.lock").open("w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        _remove_leftovers()
        file = _lock_path(root).open("w")
        fcntl.flock(file, fcntl.LOCK_EX)
    return file


def _remove_leftovers() -> None:
    """Roots of test runs that were killed."""
    running = running_machines()
    for path in RUNNING.glob("*.lock"):
        if path.stem not in running:
            shutil.rmtree(path.with_suffix(""), ignore_errors=True)
            path.unlink(missing_ok=True)

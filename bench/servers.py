"""The sides of a measurement: our daemon as it is shipped, and servers that always say the same."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from bench.programs import BIN
from core.control import Control
from core.errors import ControlError

START_SECONDS = 30.0
QUIET = 0.03
"""The share of a core that a daemon may take that has nothing to do."""


class Server(Struct):
    """A running server.

    Attributes:
        pid: its process.
        policy: its policy socket.
        port: its port on the Dovecot wire, 0 without one.
        key: what that port wants to see, "" for nothing.
        first_answer: seconds from its start to its first answer.
    """

    pid: int
    policy: Path
    port: int = 0
    key: str = ""
    first_answer: float = 0.0

    def processes(self) -> list[int]:
        """Its process, and its children, theirs and so on."""
        found = [self.pid]
        for pid in found:
            for thread in Path(f"/proc/{pid}/task").iterdir():
                found += [int(child) for child in (thread / "children").read_text().split()]
        return found

    def processor_seconds(self) -> float:
        """What it has taken so far, its children not counted, in steps of a tick."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A TCP port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


FLOORS: dict[str, list[str | Path]] = {
    "C": [BIN / "constant"],
    "Python": [sys.executable, Path(__file__).parent / "constant.py"],
}
"""Servers that always say the same, and how they are started."""


@contextmanager
def constant(language: str, directory: Path) -> Iterator[Server]:
    """Such a server on the policy wire."""
    path = directory / f"{language}.sock"
    with _running([*FLOORS[language], "unix", path]) as process:
        _await(path, process)
        yield Server(process.pid, path)


@contextmanager
def constant_http(language: str, _: Path) -> Iterator[Server]:
    """Such a server on the Dovecot wire."""
    port = free_port()
    with _running([*FLOORS[language], "http", str(port)]) as process:
        _await(("127.0.0.1", port), process)
        yield Server(process.pid, Path(), port)


@contextmanager
def mailward(directory: Path) -> Iterator[Server]:
    """Our daemon, with its own directory, journal, store and seed databases.

    Started again in a directory, it goes on where it ended, as after a restart. In one that was not
    prepared, the first start is the very first, which makes the store.
    """
    port = free_port()
    config = _config(directory, port)
    started = time.monotonic()
    command: list[str | Path] = [sys.executable, "-m", "core", "--config", config, "serve"]
    with _running(command, config.parent / "stderr") as process:
        policy = config.parent / "run" / "policy.sock"
        _await(policy, process, question=b"policy_context=connect\nclient_address=192.0.2.1\n\n")
        first = time.monotonic() - started
        key = (config.parent / "state" / "dovecot.secret").read_text().strip()
        yield Server(process.pid, policy, port, key, first)


def prepare(directory: Path, settings: dict[str, object]) -> None:
    """Make a directory for the daemon, with these settings in its store."""
    config = _config(directory, free_port())
    for name, value in settings.items():
        subprocess.run(
            [sys.executable, "-m", "core", "--config", config, "set", name, str(value)],
            check=True,
            capture_output=True,
        )


def _config(directory: Path, port: int) -> Path:
    home = directory / "mailward"
    home.mkdir(parents=True, exist_ok=True)
    config = home / "mailward.toml"
    config.write_text(
        "[paths]\nstate = 'state'\nrun = 'run'\nlog = 'log'\n"
        f"[listen]\ndovecot = 'tcp:127.0.0.1:{port}'\n"
    )
    return config


def status(directory: Path) -> dict[str, Any]:
    """What the daemon says of itself."""
    control = Control(f"unix:{directory}/mailward/run/control.sock")
    answer = control.call("status")
    if not isinstance(answer, dict):
        raise ControlError("no status")
    return answer


def await_quiet(server: Server, longest: float) -> None:
    """Until it takes hardly any processor time for two seconds, or so many seconds have passed."""
    ends, quiet, last = time.monotonic() + longest, 0, server.processor_seconds()
    while quiet < 2 and time.monotonic() < ends:
        time.sleep(1)
        before, last = last, server.processor_seconds()
        quiet = quiet + 1 if last - before < QUIET else 0


@contextmanager
def _running(
    command: list[str | Path], errors: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    with (errors or Path(os.devnull)).open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(
    place: Path | tuple[str, int], process: subprocess.Popen[bytes], question: bytes = b""
) -> None:
    """Until it accepts connections and, where there is a question, has answered it."""
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        family = socket.AF_UNIX if isinstance(place, Path) else socket.AF_INET
        with socket.socket(family) as knock:
            knock.settimeout(5)
            try:
                knock.connect(str(place) if isinstance(place, Path) else place)
                if question:
                    knock.sendall(question)
                    knock.recv(100)
            except OSError:
                time.sleep(0.01)
                continue
            return
    raise SystemExit(f"{process.args!r} does not answer")

"""The service manager's protocols, against sockets of our own."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from core.daemon import systemd


def test_notify_sends_one_datagram(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """sd_notify(3)."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        assert systemd.notify("READY=1", "STATUS=answering")
        assert manager.recv(200) == b"READY=1\nSTATUS=answering"


def test_notify_knows_abstract_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A leading @ stands for a NUL."""
    name = f"mailward-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + name)
        manager.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", "@" + name)
        assert systemd.notify("WATCHDOG=1")
        assert manager.recv(100) == b"WATCHDOG=1"


@pytest.mark.parametrize("place", ["", "/nowhere/at/all"])
def test_nobody_listens(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a service manager nothing happens."""
    monkeypatch.setenv("NOTIFY_SOCKET", place)
    assert not systemd.notify("READY=1")


def test_a_manager_that_does_not_read_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its socket holds some hundred messages at most; then the daemon must go on answering."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setattr(systemd, "PATIENCE", 0.001)
        told = 0
        while systemd.notify("WATCHDOG=1"):
            told += 1
            assert told < 100_000
        assert told > 0


@pytest.mark.parametrize(
    ("usec", "pid", "seconds"),
    [
        ("30000000", "", 15.0),
        ("30000000", "mine", 15.0),
        ("30000000", "1", 0.0),
        ("", "", 0.0),
        ("soon", "", 0.0),
    ],
)
def test_the_watchdog_is_fed_at_half_its_time(
    usec: str, pid: str, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """sd_watchdog_enabled(3)."""
    monkeypatch.setenv("WATCHDOG_USEC", usec)
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()) if pid == "mine" else pid)
    assert systemd.watchdog_seconds() == seconds


def test_sockets_are_inherited_by_name(tmp_path: Path) -> None:
    """sd_listen_fds(3), in a process of its own: descriptors 3 and 4 must be the sockets."""
    program = (
        "import os\n"
        "os.environ['LISTEN_PID'] = str(os.getpid())\n"
        "from core.daemon.systemd import inherited_sockets\n"
        "found = inherited_sockets()\n"
        "print({name: [s.getsockname() for s in sockets] for name, sockets in found.items()})\n"
        "print(inherited_sockets())\n"
    )
    with socket.socket(socket.AF_UNIX) as policy, socket.socket(socket.AF_UNIX) as control:
        policy.bind(str(tmp_path / "p"))
        control.bind(str(tmp_path / "c"))

        def place() -> None:
            spare = [fcntl.fcntl(s.fileno(), fcntl.F_DUPFD, 100) for s in (policy, control)]
            for target, source in zip((3, 4), spare, strict=True):
                os.dup2(source, target, inheritable=True)

        done = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"LISTEN_FDS": "2", "LISTEN_FDNAMES": "policy:control"},
            preexec_fn=place,
            pass_fds=(3, 4),
            capture_output=True,
            text=True,
            check=True,
        )
    first, second = done.stdout.splitlines()
    assert first == str({"policy": [f"{tmp_path}/p"], "control": [f"{tmp_path}/c"]})
    assert second == "{}"


def test_sockets_for_somebody_else_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables may have been inherited from a parent."""
    monkeypatch.setenv("LISTEN_FDS", "2")
    monkeypatch.setenv("LISTEN_PID", "1")
    assert systemd.inherited_sockets() == {}

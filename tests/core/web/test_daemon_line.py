"""The pages' line to the daemon."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from core.control import Control
from core.errors import DaemonUnreachable
from core.web.daemon_line import SILENT_SECONDS, DaemonLine
from core.web.parts import Parts
from tests.core.web.rig import Pages


class Daemon:
    """Takes every connection, and answers only while it is awake."""

    def __init__(self) -> None:
        self._door = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"tcp:127.0.0.1:{self._door.getsockname()[1]}"
        self.awake = False
        self.asked = 0
        self._held: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._door.accept()
            except OSError:
                return
            self.asked += 1
            self._held.append(connection)
            if self.awake:
                connection.recv(1000)
                connection.sendall(b'{"ok": true, "result": {}}\n')

    def close(self) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for connection in self._held:
            connection.close()


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    with closing(Daemon()) as made:
        yield made


def _line(daemon: Daemon, clock: list[float]) -> DaemonLine:
    return DaemonLine(daemon.endpoint, 0.1, lambda: clock[0])


def test_one_that_hangs_is_asked_once(daemon: Daemon) -> None:
    line = _line(daemon, [0.0])
    said = set()
    for verb in ("status", "blocks", "explain", "status"):
        with pytest.raises(DaemonUnreachable) as raised:
            line.call(verb)
        said.add(str(raised.value))
    assert daemon.asked == 1
    assert len(said) == 1
    assert daemon.endpoint in said.pop()


def test_after_a_while_it_is_asked_again(daemon: Daemon) -> None:
    clock = [0.0]
    line = _line(daemon, clock)
    with pytest.raises(DaemonUnreachable):
        line.call("status")
    daemon.awake = True
    clock[0] = SILENT_SECONDS
    assert line.call("status") == {}


@pytest.mark.parametrize("verb", ["reload", "release", "seen"])
def test_what_changes_something_is_always_tried(daemon: Daemon, verb: str) -> None:
    """And tells that the daemon is back."""
    line = _line(daemon, [0.0])
    with pytest.raises(DaemonUnreachable):
        line.call("status")
    daemon.awake = True
    assert line.call(verb) == {}
    assert line.call("status") == {}


def test_one_that_does_not_run_may_have_begun_since(daemon: Daemon) -> None:
    """It says at once that it is not there, so nobody waits for it."""
    nowhere = f"unix:{os.devnull}/none"
    line = DaemonLine(nowhere, 0.1, lambda: 0.0)
    with pytest.raises(DaemonUnreachable):
        line.call("status")
    line.endpoint = daemon.endpoint
    daemon.awake = True
    assert line.call("status") == {}


def test_the_pages_use_it(pages: Pages) -> None:
    made = Parts(pages.parts.config, pages.parts.panel, "secret")
    assert isinstance(made.control, DaemonLine)
    assert isinstance(made.control, Control)

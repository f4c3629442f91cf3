"""The load generator against the C server, and against servers that behave badly."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bench import programs, servers
from bench.servers import Server
from bench.speed_generator import generator
from bench.speed_loads import LOADS, QUEUED, Load, distinct

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")


if TYPE_CHECKING:
    from io import BufferedRWPair


@pytest.fixture(autouse=True, scope="module")
def _built() -> None:
    programs.build()


class Heard:
    """A policy server that keeps what it was asked.

    Attributes:
        requests: all whole requests, in the order of their arrival.
    """

    def __init__(self, path: Path, hangs_up_on: int = 0) -> None:
        self.requests: list[str] = []
        self._hangs_up_on = hangs_up_on
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(64)

    def serve(self) -> None:
        """Answer one connection after the other, until the listener is shut down."""
        while True:
            try:
                channel, _ = self._listener.accept()
            except OSError:
                return
            with channel, channel.makefile("rwb") as stream:
                self._converse(stream)

    def _converse(self, stream: BufferedRWPair[Any, Any]) -> None:
        lines: list[bytes] = []
        for line in stream:
            lines.append(line)
            if line != b"\n":
                continue
            self.requests.append(b"".join(lines).decode())
            lines.clear()
            if len(self.requests) == self._hangs_up_on:
                return
            stream.write(b"action=DUNNO\n\n")
            stream.flush()

    def end(self) -> None:
        """Accept nobody any more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@contextmanager
def heard(place: Path, hangs_up_on: int = 0) -> Iterator[tuple[Heard, Server]]:
    """Such a server, and where it is; its process is the test's own."""
    path = place / "heard.sock"
    server = Heard(path, hangs_up_on)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server, Server(os.getpid(), path)
    finally:
        server.end()
        thread.join(10)


def field(request: str, name: str) -> str:
    """The value of an attribute."""
    found = re.search(rf"^{name}=(.*)$", request, re.MULTILINE)
    assert found
    return found[1]


@pytest.mark.parametrize("load", LOADS, ids=lambda load: load.name)
def test_slices_count_what_the_server_did(load: Load, tmp_path: Path) -> None:
    """Each load is answered without an error, and a second slice goes on after the first."""
    floor = servers.constant_http if load.http else servers.constant
    with floor("C", tmp_path) as server, generator(server, load, tmp_path) as stand:
        first = stand.slice(0, 10, 500)
        second = stand.slice(0, 10, 300)
    assert (first.requests, second.requests) == (500, 300)
    assert (first.passed, first.refused, first.other, first.errors) == (500, 0, 0, 0)
    assert (first.since_requests, second.since_requests) == (500, 300)
    assert sum(times for _, times in second.latencies) == 300
    assert 0 < second.cpu <= second.since_cpu


def test_distinct_accounts_come_in_turn(tmp_path: Path) -> None:
    """Each as often as another, and each from an address of its own that it keeps."""
    load = distinct(50)
    one = Load(load.name, load.request, ("-c", "1", *load.arguments))
    with heard(tmp_path) as (server, place), generator(place, one, tmp_path) as stand:
        stand.slice(0, 10, 100)
        asked = server.requests[:]
    pairs = Counter((field(r, "sasl_username"), field(r, "client_address")) for r in asked)
    assert set(pairs.values()) == {2}
    assert len({account for account, _ in pairs}) == 50
    assert len({address for _, address in pairs}) == 50


def test_a_serial_is_never_said_twice(tmp_path: Path) -> None:
    """Every mail has a queue id of its own, though requests of the pool come again."""
    load = Load("queued", QUEUED, ("-c", "1", "-P", "4", "-U", "0"))
    with heard(tmp_path) as (server, place), generator(place, load, tmp_path) as stand:
        stand.slice(0, 10, 40)
        asked = server.requests[:]
    assert len({field(request, "queue_id") for request in asked}) == 40
    assert all(field(r, "queue_id") in field(r, "instance") for r in asked)


def test_a_server_that_hangs_up_is_asked_again(tmp_path: Path) -> None:
    """The error is counted, and no request is lost."""
    load = Load("one connection", arguments=("-c", "1", "-P", "4"))
    with (
        heard(tmp_path, hangs_up_on=5) as (server, place),
        generator(place, load, tmp_path) as stand,
    ):
        found = stand.slice(0, 10, 20)
        asked = server.requests[:]
    assert (found.requests, found.errors) == (20, 1)
    assert asked[4] == asked[5]


def test_at_a_rate_requests_come_when_they_are_due(tmp_path: Path) -> None:
    """Not faster, however fast the server is; not fewer either."""
    load = distinct(1000, rate=500)
    with servers.constant("C", tmp_path) as server, generator(server, load, tmp_path) as stand:
        found = stand.slice(0, 10, 250)
    assert found.requests == 250
    assert found.seconds >= 249 / 500


def test_no_figure_comes_of_a_server_that_has_ended(tmp_path: Path) -> None:
    """It is an error."""
    with ExitStack() as stack:
        server = stack.enter_context(servers.constant("C", tmp_path))
        stand = stack.enter_context(generator(server, LOADS[0], tmp_path))
        stand.slice(0, 10, 10)
        os.kill(server.pid, signal.SIGKILL)
        os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT)
        with pytest.raises(RuntimeError):
            stand.slice(0, 10, 10)

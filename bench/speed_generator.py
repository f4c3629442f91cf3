"""The load generator: it stands beside a server, and gives load in slices that are asked for."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from bench.programs import BIN
from bench.servers import Server
from bench.speed_loads import Load

LONGEST = 600.0
"""Seconds of a slice that ends by the number of its requests."""


class Slice(Struct, frozen=True):
    """A stretch of load, and what the server took for it.

    Attributes:
        seconds: how long it was measured.
        requests: answered in them.
        cpu: seconds of processor time of the server in them, all its threads.
        passed: answers that let pass; these and the next ones with those after the end.
        refused: answers that refuse.
        other: answers that say anything else.
        errors: requests on which the server hung up.
        waits: connections that found its queue full.
        since_requests: answered from the end of the slice before to that of this one.
        since_cpu: seconds of processor time in as long, whatever it did.
        latencies: microseconds, and how many answers took as long.
    """

    seconds: float
    requests: int
    cpu: float
    passed: int
    refused: int
    other: int
    errors: int
    waits: int
    since_requests: int
    since_cpu: float
    latencies: tuple[tuple[float, int], ...]

    @property
    def cost(self) -> float:
        """Processor time a request, in microseconds; 0 when there was nothing to divide."""
        return self.cpu / self.requests * 1e6 if self.requests else 0.0


class Generator:
    """One that stands, its connections open.

    Attributes:
        pid: its process.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.pid = process.pid
        self._process = process

    def slice(self, warm: float, seconds: float = LONGEST, requests: int = 0) -> Slice:
        """Load the server.

        Args:
            warm: seconds before it is measured.
            seconds: that are measured.
            requests: after as many it ends earlier, 0 for never.

        Raises:
            RuntimeError: the server is gone, or has not answered for half a minute.
        """
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{warm} {seconds} {requests}\n".encode())
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the load generator ended with {self._process.wait()}")
        return msgspec.json.decode(line, type=Slice)


@contextmanager
def generator(server: Server, load: Load, directory: Path) -> Iterator[Generator]:
    """A generator that is ready to load a server, until the end of the block."""
    with tempfile.NamedTemporaryFile("w", dir=directory) as template:
        template.write(load.request)
        template.flush()
        command: list[str | Path] = [BIN / "policyload", "-T", template.name, *load.arguments]
        command += ["-p", ",".join(str(pid) for pid in server.processes()), *_place(server, load)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            try:
                yield Generator(process)
            finally:
                process.terminate()


def _place(server: Server, load: Load) -> list[str]:
    if not load.http:
        return ["-u", str(server.policy)]
    key = ["-H", f"X-Mailward-Key: {server.key}"] if server.key else []
    return ["-m", "http", "-t", f"127.0.0.1:{server.port}", "-x", "/?command=allow", *key]

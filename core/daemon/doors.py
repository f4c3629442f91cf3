"""The daemon's doors: opened together, closed without losing an answer."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import structlog
from msgspec import Struct

from core.daemon import listener
from core.daemon.connections import Connections

log = structlog.get_logger()

QUIET_SECONDS = 0.05
"""A request that was sent before the doors closed has arrived by then."""


LAST_ANSWERS = 5.0
"""Seconds that a door stays ajar for answers that wait for the disk or for a slow reader."""


class DoorStatus(Struct):
    """One door, for the status command."""

    kind: str
    endpoint: str
    connections: int
    problem: str


class AnyDoor(Protocol):
    """What the daemon asks of its doors."""

    kind: str
    endpoint: str
    problem: str

    @property
    def is_open(self) -> bool:
        """Whether it has been opened, and need not be again."""
        ...

    async def open(self, inherited: socket.socket | None = None) -> None:
        """Begin to listen."""
        ...

    async def close(self) -> None:
        """Stop, without losing an answer."""
        ...

    def status(self) -> DoorStatus:
        """For people."""
        ...


def remove_socket(endpoint: str, inode: int) -> None:
    """Remove our socket's file, unless a successor has already put its own there."""
    with suppress(FileNotFoundError):
        if listener.inode_of(endpoint) == inode:
            Path(endpoint.partition(":")[2]).unlink()


class Door:
    """One endpoint whose connections are asyncio protocols.

    Args:
        kind: ``dovecot`` or ``control``.
        endpoint: where; a socket inherited from the service manager takes its place.
        factory: makes the protocol of each connection.
        connections: those that are open; the protocols enter themselves.
    """

    def __init__(
        self,
        kind: str,
        endpoint: str,
        factory: Callable[[], asyncio.BaseProtocol],
        connections: Connections[Any],
    ) -> None:
        self.kind = kind
        self.endpoint = endpoint
        self.problem = ""
        self._factory = factory
        self._connections = connections
        self._server: asyncio.Server | None = None
        self._listener: socket.socket | None = None
        self._inode = 0

    async def open(self, inherited: socket.socket | None = None) -> None:
        """Begin to listen. A door that cannot be opened is a problem, not the end of the others."""
        try:
            opened = inherited or listener.open_socket(self.endpoint)
            self._server = await listener.serve(opened, self._factory)
            # The queue of a socket that the service manager holds is left to our successor.
            self._listener = opened if inherited is None else None
        except OSError as error:
            self.problem = f"{self.endpoint}: {error.strerror or error}"
            log.error("a door stays closed", kind=self.kind, problem=self.problem)
            return
        if inherited is None:
            self._inode = listener.inode_of(self.endpoint)

    @property
    def port(self) -> int:
        """The TCP port that is really listened on, 0 for a unix socket."""
        if self._server is None or not self._server.sockets:
            return 0
        name = self._server.sockets[0].getsockname()
        return int(name[1]) if isinstance(name, tuple) else 0

    @property
    def is_open(self) -> bool:
        """Whether it has been opened, and need not be again."""
        return self._server is not None

    async def close(self) -> None:
        """Stop listening, let those who knocked be answered, then hang up."""
        if self._server is None:
            return
        if self._inode:
            remove_socket(self.endpoint, self._inode)
        await asyncio.sleep(QUIET_SECONDS)
        waiting = self._let_in_the_waiting()
        self._server.close()
        for channel in waiting:
            await asyncio.get_running_loop().connect_accepted_socket(self._factory, channel)
        await asyncio.sleep(QUIET_SECONDS)
        for connection in self._connections:
            connection.finish()
        ends = time.monotonic() + LAST_ANSWERS
        while len(self._connections) and time.monotonic() < ends:
            await asyncio.sleep(QUIET_SECONDS)
        for connection in self._connections:
            connection.close()

    def _let_in_the_waiting(self) -> list[socket.socket]:
        """Whoever is in the kernel's queue was promised a connection."""
        found: list[socket.socket] = []
        if self._listener is not None:
            with suppress(OSError):
                while len(found) < listener.BACKLOG:
                    found.append(self._listener.accept()[0])
        return found

    def status(self) -> DoorStatus:
        """For people."""
        return DoorStatus(self.kind, self.endpoint, len(self._connections), self.problem)

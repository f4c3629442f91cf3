"""The daemon's doors: opened together, closed without losing an answer."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Set
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import structlog
from msgspec import Struct

from core.daemon import listener

log = structlog.get_logger()

QUIET_SECONDS = 0.05
"""A request that was sent before the doors closed has arrived by then."""


class Connection(Protocol):
    """What a door asks of its connections."""

    def close(self) -> None:
        """Hang up once everything written has left."""
        ...


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
        connections: the set that the protocols keep.
    """

    def __init__(
        self,
        kind: str,
        endpoint: str,
        factory: Callable[[], asyncio.BaseProtocol],
        connections: Set[Connection],
    ) -> None:
        self.kind = kind
        self.endpoint = endpoint
        self.problem = ""
        self._factory = factory
        self._connections = connections
        self._server: asyncio.Server | None = None
        self._inode = 0

    async def open(self, inherited: socket.socket | None = None) -> None:
        """Begin to listen. A door that cannot be opened is a problem, not the end of the others."""
        try:
            opened = inherited or listener.open_socket(self.endpoint)
            self._server = await listener.serve(opened, self._factory)
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

    async def close(self) -> None:
        """Stop listening, let those who knocked be answered, then hang up."""
        if self._server is None:
            return
        # Whoever is in the queue of the kernel was promised a connection.
        await asyncio.sleep(QUIET_SECONDS)
        self._server.close()
        if self._inode:
            remove_socket(self.endpoint, self._inode)
        await asyncio.sleep(QUIET_SECONDS)
        for connection in list(self._connections):
            connection.close()

    def status(self) -> DoorStatus:
        """For people."""
        return DoorStatus(self.kind, self.endpoint, len(self._connections), self.problem)

"""The connections that a door holds, and how many of them may belong to nobody in particular.

Any local user can reach a TCP port, and may enter the directory of a unix socket. Whoever has not
shown yet that he may ask must not use up the daemon's memory and files, so only a number of such
connections is kept: a new one takes the place of the oldest.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

MOST_STRANGERS = 128
"""Connections of one door that have not shown that they may ask."""


class Connection(Protocol):
    """What a door asks of its connections."""

    def finish(self) -> None:
        """Take nothing that is not sent yet, answer what is, then hang up."""
        ...

    def close(self) -> None:
        """Hang up once everything written has left."""
        ...


AnyConnection = TypeVar("AnyConnection", bound=Connection)


class Connections(Generic[AnyConnection]):
    """All connections of a door.

    Args:
        most: how many strangers may be among them.
    """

    def __init__(self, most: int = MOST_STRANGERS) -> None:
        self._most = most
        self._all: set[AnyConnection] = set()
        self._strangers: dict[AnyConnection, None] = {}

    def __iter__(self) -> Iterator[AnyConnection]:
        """Those of this moment; they may be closed meanwhile."""
        return iter(list(self._all))

    def __len__(self) -> int:
        return len(self._all)

    def add(self, connection: AnyConnection) -> None:
        """Take a stranger in, and let the stranger go who has been here longest."""
        self._all.add(connection)
        self._strangers[connection] = None
        if len(self._strangers) > self._most:
            oldest = next(iter(self._strangers))
            del self._strangers[oldest]
            oldest.close()

    def know(self, connection: AnyConnection) -> None:
        """It has shown that it may ask: it stays."""
        self._strangers.pop(connection, None)

    def discard(self, connection: AnyConnection) -> None:
        """It is closed."""
        self._all.discard(connection)
        self._strangers.pop(connection, None)


def stop_reading(transport: asyncio.BaseTransport) -> None:
    """Let the other end send no more; what it has sent is still read, and after that its end."""
    channel = transport.get_extra_info("socket")
    with suppress(OSError), socket.socket(fileno=os.dup(channel.fileno())) as same:
        same.shutdown(socket.SHUT_RD)

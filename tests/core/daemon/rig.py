"""A guard with known facts, and both ends of a real connection, for tests of the doors."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

from core.daemon.guard import Guard
from core.daemon.listener import open_socket, serve
from core.sources.facts import AddressFacts
from core.sources.sources import Sources
from core.store.block import Block
from core.store.event import Event
from core.store.journal import Journal
from tests.core.engine.asking import facts, snapshot

RUSSIA = "203.0.113.7"
GERMANY = "198.51.100.7"

TIMEOUT = 10.0
"""Seconds after which a test has failed; nothing here takes a tenth of one."""


class KnownSources:
    """Sources that know the addresses of the tests."""

    def look(self, address: str) -> AddressFacts:
        """Two countries."""
        country = {"203.0.113": "RU", "198.51.100": "DE"}.get(address.rpartition(".")[0], "")
        return facts(address, country=country)


class Rig:
    """A guard whose blocks become durable when the test says so."""

    def __init__(self, settings: dict[str, Any] | None = None, *, durable: bool = True) -> None:
        self.kept: list[Block] = []
        self.waiting: list[asyncio.Future[None]] = []
        self.journal = Journal()
        self._durable = durable
        self.guard = Guard(
            snapshot(settings), cast(Sources, KnownSources()), self.journal, self._keep
        )

    def _keep(self, block: Block) -> asyncio.Future[None]:
        self.kept.append(block)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._durable:
            future.set_result(None)
        self.waiting.append(future)
        return future

    def events(self) -> list[Event]:
        """What the journal has collected."""
        self.guard.tally.settle_all()
        batch = self.journal.drain(0.0)
        return [event for _, event in batch.lines] if batch is not None else []


class Peer:
    """The other end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._writer.write(data)
        await self._writer.drain()

    def end(self) -> None:
        """Half-close: nothing more will be asked."""
        self._writer.write_eof()

    async def answer(self, until: bytes = b"\n\n") -> bytes:
        """The next answer."""
        return await asyncio.wait_for(self._reader.readuntil(until), TIMEOUT)

    async def rest(self) -> bytes:
        """Everything up to the end of the connection."""
        return await asyncio.wait_for(self._reader.read(), TIMEOUT)

    async def nothing(self) -> bool:
        """Whether no answer is on its way, once the loop has done all it can."""
        for _ in range(5):
            await asyncio.sleep(0)
        return not cast(Any, self._reader)._buffer

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        await self._writer.wait_closed()


Talk = Callable[[Peer], Awaitable[None]]


async def visit(path: Path, talk: Talk) -> None:
    """Connect and let the test talk."""
    reader, writer = await asyncio.open_unix_connection(str(path))
    peer = Peer(reader, writer)
    try:
        await talk(peer)
    finally:
        with contextlib.suppress(OSError):
            await peer.close()


def converse(directory: Path, factory: Callable[[], asyncio.BaseProtocol], talk: Talk) -> None:
    """Serve a protocol on a unix socket and let the test talk to it."""

    async def session() -> None:
        path = directory / "door.sock"
        server = await serve(open_socket(f"unix:{path}"), factory)
        try:
            await visit(path, talk)
        finally:
            server.close()
            await server.wait_closed()

    asyncio.run(session())


def free_port() -> int:
    """A TCP port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def policy(**attributes: object) -> bytes:
    """A policy request, as Postfix writes one."""
    lines = {"request": "smtpd_access_policy"} | attributes
    return "".join(f"{name}={value}\n" for name, value in lines.items()).encode() + b"\n"

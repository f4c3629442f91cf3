"""A name server on loopback that answers as a test says, by UDP and by TCP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

Answer = str | tuple[str, ...] | None
"""Addresses; () for a name without any, None for no such name, or "slow", "servfail", "refused",
"truncated", "nonsense"."""

Answers = Callable[[str], Answer]


class NameServer(asyncio.DatagramProtocol):
    """Answers.

    Attributes:
        asked: the names, in lower case, in their order.
        by_tcp: how many of them by TCP.
        held: set to let slow answers go.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self.asked: list[str] = []
        self.by_tcp = 0
        self.port = 0
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        reply = self.reply(data, tcp=False)
        if reply is not None:
            self._transport.sendto(reply, addr)

    def reply(self, data: bytes, *, tcp: bool) -> bytes | None:
        """The answer to one question; None for none at all."""
        query = dns.message.from_wire(data)
        name = query.question[0].name.to_text().lower()
        self.asked.append(name)
        self.by_tcp += tcp
        answer = self._answers(name)
        response = dns.message.make_response(query)
        if answer == "slow":
            return None
        if answer == "nonsense":
            return b"\x00\x01nonsense"
        if answer == "truncated":
            if not tcp:
                response.flags |= dns.flags.TC
                return response.to_wire()
            answer = ("127.0.0.9",)
        if answer in ("servfail", "refused"):
            response.set_rcode(dns.rcode.from_text(answer.upper()))
        elif answer is None:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif answer:
            found = (answer,) if isinstance(answer, str) else answer
            response.answer.append(dns.rrset.from_text(name, 60, "IN", "A", *found))
        return response.to_wire()

    async def serve_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One question with its length before it (RFC 1035 4.2.2)."""
        with suppress(asyncio.IncompleteReadError):
            size = int.from_bytes(await reader.readexactly(2), "big")
            reply = self.reply(await reader.readexactly(size), tcp=True) or b""
            writer.write(len(reply).to_bytes(2, "big") + reply)
            await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@asynccontextmanager
async def serving(answers: Answers) -> AsyncIterator[NameServer]:
    """Serve on one port of loopback."""
    server = NameServer(answers)
    tcp = await asyncio.start_server(server.serve_tcp, "127.0.0.1", 0)
    server.port = tcp.sockets[0].getsockname()[1]
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: server, local_addr=("127.0.0.1", server.port)
    )
    try:
        yield server
    finally:
        transport.close()
        tcp.close()
        await tcp.wait_closed()

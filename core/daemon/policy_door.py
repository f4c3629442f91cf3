"""One connection on the policy wire: bytes in, answers out, in order, whatever the client does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from core.daemon import wire
from core.daemon.guard import Answer, Guard


class PolicyConnection(asyncio.Protocol):
    """Speaks the policy wire on one connection.

    Requests may come in pieces, several at once, and followed by a half-close (Exim, qmail): the
    answers leave in the order of the requests. What is longer than any request is answered with
    "no opinion", and the connection closed.

    Args:
        guard: answers.
        reader: reads the requests of all connections of this door.
        trusted: whether the peer may ask; a peer that may not is never believed.
        connections: the door's open connections, to which this one adds itself.
    """

    def __init__(
        self,
        guard: Guard,
        reader: wire.Reader,
        trusted: Callable[[asyncio.BaseTransport], bool],
        connections: set[PolicyConnection],
    ) -> None:
        self._guard = guard
        self._reader = reader
        self._trusted = trusted
        self._connections = connections
        self._buffer = b""
        self._waiting: asyncio.Future[None] | None = None
        self._ended = False
        self._believed = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the connection, and whether its peer may ask."""
        self._transport = cast(asyncio.Transport, transport)
        self._believed = self._trusted(transport)
        self._connections.add(self)

    def connection_lost(self, _: Exception | None) -> None:
        """Forget the connection."""
        self._connections.discard(self)

    def data_received(self, data: bytes) -> None:
        """Take bytes; answer every whole request among them."""
        self._buffer = self._buffer + data if self._buffer else data
        if self._waiting is None:
            self._answer_all()

    def eof_received(self) -> bool:
        """The client will ask nothing more, and may still be owed answers."""
        self._ended = True
        return self._waiting is not None

    def _answer_all(self) -> None:
        while self._buffer:
            end = self._buffer.find(b"\n\n")
            if end < 0:
                if len(self._buffer) > wire.LONGEST:
                    self._give_up()
                return
            block = self._buffer[: end + 1]
            self._buffer = self._buffer[end + 2 :]
            if not self._answer(block):
                return

    def _give_up(self) -> None:
        """What never ends is no request: no opinion, and goodbye."""
        self._buffer = b""
        self._transport.write(wire.DUNNO)
        self._transport.close()

    def _answer(self, block: bytes) -> bool:
        """Answer one request; False when the answer has to wait."""
        request = None
        if self._believed and len(block) <= wire.LONGEST:
            request = self._reader.read(block, self._guard.snapshot.default_domain)
        if request is None:
            self._transport.write(wire.DUNNO)
            return True
        answer = self._guard.ask(request)
        if answer.durable is None or answer.durable.done():
            self._transport.write(wire.write(answer.decision, answer.text, request.closes))
            return True
        self._waiting = answer.durable
        self._waiting.add_done_callback(lambda _: self._resume(answer, request.closes))
        return False

    def _resume(self, answer: Answer, closes: bool) -> None:
        self._waiting = None
        if self._transport.is_closing():
            return
        self._transport.write(wire.write(answer.decision, answer.text, closes))
        self._answer_all()
        if self._ended and self.idle:
            self._transport.close()

    @property
    def idle(self) -> bool:
        """Nothing was asked that is not answered."""
        return self._waiting is None and not self._buffer

    def close(self) -> None:
        """Hang up once everything written has left."""
        self._transport.close()

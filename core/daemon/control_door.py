"""One connection on the control socket: a JSON object a line (`core.control` is the other side)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

import msgspec
import structlog

from core.control import LONGEST
from core.daemon.connections import Connections, stop_reading
from core.errors import MailwardError
from core.store.event import Event

log = structlog.get_logger()

MOST_UNREAD = 1 << 20
"""Octets that a client may leave unread: events pass a follower by, others are hung up on."""

Verb = Callable[[dict[str, Any]], Awaitable[Any]]


class ControlConnection(asyncio.Protocol):
    """Answers one client.

    Args:
        verbs: what can be done, by name.
        trusted: whether the peer may ask.
        listeners: the journal's listeners, for ``follow``.
        connections: the door's open connections, to which this one adds itself.
    """

    def __init__(
        self,
        verbs: Mapping[str, Verb],
        trusted: Callable[[socket.socket], bool],
        listeners: list[Callable[[Event], None]],
        connections: Connections[ControlConnection],
    ) -> None:
        self._verbs = verbs
        self._trusted = trusted
        self._listeners = listeners
        self._connections = connections
        self._buffer = b""
        self._ended = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._believed = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the connection, and whether its peer may ask."""
        self._transport = cast(asyncio.Transport, transport)
        self._believed = self._trusted(transport.get_extra_info("socket"))
        self._connections.add(self)
        if self._believed:
            self._connections.know(self)

    def connection_lost(self, _: Exception | None) -> None:
        """Forget the connection."""
        self._connections.discard(self)
        if self._pass_on in self._listeners:
            self._listeners.remove(self._pass_on)

    def eof_received(self) -> bool:
        """A client that has asked everything may still be owed an answer."""
        self._ended = True
        return bool(self._tasks)

    def data_received(self, data: bytes) -> None:
        """Take bytes; begin every whole request among them."""
        if not self._believed:
            self._say({"ok": False, "error": "only root and Mailward's own users may ask"})
            self._transport.close()
            return
        self._buffer += data
        *lines, self._buffer = self._buffer.split(b"\n")
        if len(self._buffer) > LONGEST:
            self._say({"ok": False, "error": "the request is too long"})
            self._transport.close()
        for line in lines:
            if line.strip():
                task = asyncio.get_running_loop().create_task(self._handle(line))
                self._tasks.add(task)
                task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._ended and not self._tasks:
            self._transport.close()

    async def _handle(self, line: bytes) -> None:
        try:
            request = msgspec.json.decode(line, type=dict[str, Any])
            verb = request.pop("do", "")
            if verb == "follow":
                if self._pass_on not in self._listeners:
                    self._listeners.append(self._pass_on)
                return
            action = self._verbs.get(str(verb))
            if action is None:
                raise MailwardError(f"there is no verb {verb!r}")
            self._say({"ok": True, "result": await action(request)})
        except msgspec.DecodeError as error:
            self._say({"ok": False, "error": f"that is no JSON object: {error}"})
        except KeyError as error:
            self._say({"ok": False, "error": f"{error.args[0]} is missing"})
        except (MailwardError, ValueError, TypeError) as error:
            self._say({"ok": False, "error": str(error)})
        except Exception as error:
            log.exception("a control request failed")
            self._say({"ok": False, "error": f"{type(error).__name__}: {error}"})

    def _pass_on(self, event: Event) -> None:
        if self._transport.get_write_buffer_size() < MOST_UNREAD:
            self._say({"ok": True, "result": msgspec.to_builtins(event)})

    def _say(self, answer: dict[str, Any]) -> None:
        if self._transport.is_closing():
            return
        # Looked at before: one long answer, as of thousands of blocks, is no client that dawdles.
        if self._transport.get_write_buffer_size() > MOST_UNREAD:
            self._transport.abort()
            return
        self._transport.write(msgspec.json.encode(answer) + b"\n")

    def finish(self) -> None:
        """Take nothing that is not sent yet, answer what is, then hang up."""
        stop_reading(self._transport)

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

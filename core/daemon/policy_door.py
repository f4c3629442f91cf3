"""The door of the policy wire: bytes in, answers out, in order, whatever a client does.

Postfix opens a connection for every check, as it must if a hung daemon is to cost one timeout only
(facts/mta_hooks.md 2.0). An event loop's transports cost several times what a decision does, so the
sockets of this door stand in an epoll of their own, which the event loop watches as one descriptor.
"""

from __future__ import annotations

import asyncio
import errno
import select
import socket
import time
from collections.abc import Callable

import structlog

from core.daemon import listener, wire
from core.daemon.connections import Connections
from core.daemon.crowd import Crowd
from core.daemon.doors import LAST_ANSWERS, QUIET_SECONDS, DoorStatus, remove_socket
from core.daemon.guard import Guard
from core.daemon.policy_connection import READ, WRITE, PolicyConnection

log = structlog.get_logger()

AT_ONCE = 256
"""Events that are handled before the event loop gets its turn."""

SHORTAGES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
"""Why nobody can be let in though somebody is knocking (accept(2))."""

REST_SECONDS = 0.2

STREAM = int(socket.SOCK_STREAM)
"""An enumeration's member takes longer to read, and is for each connection."""


class PolicyDoor:
    """One endpoint of the policy wire.

    Args:
        endpoint: ``unix:PATH`` or ``tcp:HOST:PORT``; a socket inherited from the service manager
            takes its place.
        guard: answers.
        reader: reads the requests; may be shared between doors.
        trusts: whether a peer may ask; one that may not is never believed.
    """

    kind = "policy"

    def __init__(
        self,
        endpoint: str,
        guard: Guard,
        reader: wire.Reader,
        trusts: Callable[[socket.SocketType], bool],
    ) -> None:
        self.endpoint = endpoint
        self.guard = guard
        self.reader = reader
        self.problem = ""
        self.buffer = bytearray(wire.LONGEST)
        self.owed: list[tuple[PolicyConnection, bytes]] = []
        self._trusts = trusts
        self._epoll = select.epoll()
        self._connections: dict[int, PolicyConnection] = {}
        self._strangers = Connections[PolicyConnection]()
        self._listener: socket.socket | None = None
        self._crowd = Crowd()
        self._family = self._inode = 0
        self._inherited = self._closing = False

    @property
    def is_open(self) -> bool:
        """Whether it has been opened, and need not be again."""
        return self._listener is not None

    async def open(self, inherited: socket.socket | None = None) -> None:
        """Begin to listen. A door that cannot be opened is a problem, not the end of the others."""
        try:
            self._listener = inherited or listener.open_socket(self.endpoint)
        except OSError as error:
            self.problem = f"{self.endpoint}: {error.strerror or error}"
            log.error("a door stays closed", kind=self.kind, problem=self.problem)
            return
        self._family = int(self._listener.family)
        self._inherited = inherited is not None
        if not self._inherited:
            self._inode = listener.inode_of(self.endpoint)
        self._epoll.register(self._listener.fileno(), READ)
        asyncio.get_running_loop().add_reader(self._epoll.fileno(), self._serve)

    def _serve(self) -> None:
        """Handle what is ready, and let the event loop go on."""
        assert self._listener is not None  # noqa: S101  nothing is registered before it is opened
        knocking, connections, owed = self._listener.fileno(), self._connections, self.owed
        poll, left = self._epoll.poll, AT_ONCE
        while left > 0 and (ready := poll(0, left)):
            left -= len(ready)
            for descriptor, events in ready:
                connection = connections.get(descriptor)
                if connection is None:
                    if descriptor == knocking:
                        left -= self._let_in(self._listener)
                    continue
                try:
                    if events & WRITE or connection.ended:
                        connection.ready(events)
                    else:
                        connection.receive()
                except OSError:
                    connection.close()
            if owed:
                self.pay()

    def pay(self) -> None:
        """Send what has been kept back while others asked.

        Each reply wakes somebody up, who takes the processor from us if he can. Who has his answer
        together with all others does so once.
        """
        for connection, reply in self.owed:
            try:
                connection.answer(reply)
            except OSError:
                connection.close()
        self.owed.clear()

    def _let_in(self, listening: socket.socket) -> int:
        """Let as many in as are usually waiting, and tell how many there were."""
        found, crowd = 0, self._crowd
        while found < crowd.size and self._accept(listening):
            found += 1
        crowd.found(found)
        return found

    def _accept(self, listening: socket.socket) -> bool:
        """Let one client in; False when none is waiting."""
        try:
            # As socket.accept does, without an object around the object, which takes half the time.
            descriptor, _ = listening._accept()  # type: ignore[attr-defined]  # not in typeshed
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno in SHORTAGES:
                self._rest(listening, error)
            return False
        if self.problem:
            self.problem = ""
        connection = PolicyConnection(self._family, STREAM, 0, descriptor)
        connection.setblocking(False)
        believed = self._trusts(connection)
        connection.begin(self, believed)
        self._connections[descriptor] = connection
        self._epoll.register(descriptor, READ)
        if not believed:
            self._strangers.add(connection)
        try:
            connection.receive()  # its request is usually there already
        except OSError:
            connection.close()
        return True

    def _rest(self, listening: socket.socket, shortage: OSError) -> None:
        """Listen to nobody for a moment: asking again at once would change nothing."""
        if not self.problem:
            self.problem = f"{self.endpoint}: nobody is let in: {shortage.strerror}"
            log.error("a door lets nobody in", kind=self.kind, problem=self.problem)

        def go_on() -> None:
            if listening.fileno() >= 0 and not self._closing:
                self._epoll.modify(listening.fileno(), READ)

        self._epoll.modify(listening.fileno(), 0)
        asyncio.get_running_loop().call_later(REST_SECONDS, go_on)

    def watch(self, connection: PolicyConnection) -> None:
        """Wait for what the connection needs now."""
        if connection.fileno() in self._connections:
            self._epoll.modify(connection.fileno(), connection.interest)

    def forget(self, connection: PolicyConnection) -> None:
        """The connection is about to be closed, which takes it out of the epoll, too (epoll(7))."""
        self._connections.pop(connection.fileno(), None)
        if not connection.believed:
            self._strangers.discard(connection)

    async def close(self) -> None:
        """Stop listening, answer everybody who has already asked, then hang up."""
        if self._listener is None:
            self._epoll.close()
            return
        self._closing = True
        self._epoll.unregister(self._listener.fileno())
        if self._inode:
            remove_socket(self.endpoint, self._inode)
        self._accept_the_waiting()
        await asyncio.sleep(QUIET_SECONDS)
        self._accept_the_waiting()
        self._listener.close()
        for connection in list(self._connections.values()):
            connection.finish()
        await self._last_answers()
        asyncio.get_running_loop().remove_reader(self._epoll.fileno())
        for connection in list(self._connections.values()):
            connection.close()
        self._epoll.close()

    def _accept_the_waiting(self) -> None:
        """Let in whoever is in the kernel's queue, and nobody who comes while we do.

        The queue of a socket that the service manager holds is left to our successor.
        """
        if self._listener is not None and not self._inherited:
            for _ in range(listener.BACKLOG):
                if not self._accept(self._listener):
                    break
            self.pay()

    async def _last_answers(self) -> None:
        """Wait for answers that are owed, but not for ever for somebody who does not take his."""
        ends = time.monotonic() + LAST_ANSWERS
        while any(not c.idle for c in self._connections.values()) and time.monotonic() < ends:
            await asyncio.sleep(QUIET_SECONDS)

    def status(self) -> DoorStatus:
        """For people."""
        return DoorStatus(self.kind, self.endpoint, len(self._connections), self.problem)

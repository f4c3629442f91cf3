"""The door of the policy wire: bytes in, answers out, in order, whatever a client does.

Postfix opens a connection for every check, as it must if a hung daemon is to cost one timeout only
(facts/mta_hooks.md 2.0). An event loop's transports cost several times what a decision does, so the
sockets of this door stand in an epoll of their own, which the event loop watches as one descriptor.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import select
import socket
import time
from collections.abc import Callable

import structlog

from core.daemon import listener, wire
from core.daemon.connections import Connections
from core.daemon.doors import LAST_ANSWERS, QUIET_SECONDS, DoorStatus, remove_socket
from core.daemon.guard import Answer, Guard

log = structlog.get_logger()

AT_ONCE = 256
"""Events that are handled before the event loop gets its turn."""

MOST_UNREAD = 262_144
"""Octets of answers that a client may leave unread before it is hung up on."""

LAST_READS = 16
"""Times that a client is read from while the door closes; a socket holds less than four."""

SHORTAGES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
"""Why nobody can be let in though somebody is knocking (accept(2))."""

REST_SECONDS = 0.2

READ = select.EPOLLIN
READ_AND_WRITE = select.EPOLLIN | select.EPOLLOUT


class PolicyConnection:
    """One client.

    Requests may come in pieces, several at once, and followed by a half-close (Exim, qmail): the
    answers leave in the order of the requests. What is longer than any request is answered with
    "no opinion", and the connection closed.

    Args:
        door: the door it came through.
        channel: its socket.
        believed: whether its user may ask.
    """

    __slots__ = ("_door", "_ended", "_unread", "_unsent", "_waiting", "believed", "channel")

    def __init__(self, door: PolicyDoor, channel: socket.socket, believed: bool) -> None:
        self.channel = channel
        self._door = door
        self.believed = believed
        self._unread = b""
        self._unsent = b""
        self._waiting: asyncio.Future[None] | None = None
        self._ended = False

    def ready(self, events: int) -> None:
        """Go on with whatever has become possible."""
        if self._ended and events & (select.EPOLLHUP | select.EPOLLERR):
            self.close()  # the client has gone for good: nobody is left to be answered
            return
        try:
            if events & select.EPOLLOUT and not self._flush():
                return
            if events & ~select.EPOLLOUT and not self._ended:
                self._receive()
        except OSError:
            self.close()

    def finish(self) -> None:
        """Take nothing that is not sent yet, and answer what is.

        From here on a client on a unix socket cannot send any more, so it knows of every request
        whether it will be answered. On TCP it only learns of the end.
        """
        try:
            self.channel.shutdown(socket.SHUT_RD)
            for _ in range(LAST_READS):
                if self._ended or not self._receive():
                    return
        except OSError:
            self.close()

    def _receive(self) -> bool:
        """Read once and answer; False when nothing is there."""
        buffer = self._door.buffer
        try:
            size = self.channel.recv_into(buffer)
        except BlockingIOError:
            return False
        if size == 0:
            self._end()
            return True
        if not self.believed:
            self._put_off(bytes(buffer[:size]))
            return True
        if not self._unread and self._waiting is None:
            # The usual case, without a copy: exactly one request, from a mail server that is known.
            guard = self._door.guard
            found = self._door.reader.recognise(buffer, size)
            if found is not None:
                request = self._door.reader.request(found, guard.snapshot.default_domain)
                if request is None:
                    self._send(wire.DUNNO)
                else:
                    self._give(guard.ask(request), request.closes)
                return True
        self._unread += bytes(buffer[:size])
        if self._waiting is None:
            self._answer_all()
        return True

    def _put_off(self, data: bytes) -> None:
        """Answer a stranger: never an opinion, and nothing of what he says is kept."""
        *questions, begun = (self._unread + data).split(b"\n\n")
        self._unread = begun[-1:]
        if questions:
            self._send(wire.DUNNO * len(questions))

    def _end(self) -> None:
        """The client will ask nothing more, and may still be owed answers."""
        self._ended = True
        if self._waiting is None and not self._unsent:
            self.close()
        else:
            self._door.watch(self)

    def _answer_all(self) -> None:
        while self._unread:
            end = self._unread.find(b"\n\n")
            if end < 0:
                if len(self._unread) > wire.LONGEST:
                    self._give_up()
                return
            block, self._unread = self._unread[: end + 1], self._unread[end + 2 :]
            guard = self._door.guard
            request = None
            if len(block) <= wire.LONGEST:
                request = self._door.reader.read(block, guard.snapshot.default_domain)
            if request is None:
                self._send(wire.DUNNO)
                continue
            self._give(guard.ask(request), request.closes)
            if self._waiting is not None:
                return

    def _give(self, answer: Answer, closes: bool) -> None:
        """Send an answer, once a block that it announces is durable."""
        if answer.durable is None or answer.durable.done():
            self._send(wire.write(answer.decision, answer.text, closes))
            return
        self._waiting = answer.durable
        self._waiting.add_done_callback(lambda _: self._resume(answer, closes))
        self._door.watch(self)  # which is not to be read from meanwhile

    def _resume(self, answer: Answer, closes: bool) -> None:
        self._waiting = None
        if self.channel.fileno() < 0:
            return
        try:
            self._send(wire.write(answer.decision, answer.text, closes))
            self._answer_all()
        except OSError:
            self.close()
            return
        if self._ended and self.idle:
            self.close()
        else:
            self._door.watch(self)

    def _give_up(self) -> None:
        """What never ends is no request: no opinion, and goodbye."""
        self._unread = b""
        self._send(wire.DUNNO)
        self.close()

    def _send(self, data: bytes) -> None:
        if self._unsent:
            self._unsent += data
            if len(self._unsent) > MOST_UNREAD:
                self.close()
            return
        try:
            sent = self.channel.send(data)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            self._unsent = data[sent:]
            self._door.watch(self)

    def _flush(self) -> bool:
        """Send what the client had no room for; False when the connection has ended."""
        with contextlib.suppress(BlockingIOError):
            sent = self.channel.send(self._unsent)
            self._unsent = self._unsent[sent:]
        if self._ended and self.idle:
            self.close()
            return False
        self._door.watch(self)
        return True

    @property
    def idle(self) -> bool:
        """Nothing is owed to the client."""
        return self._waiting is None and not self._unsent

    @property
    def interest(self) -> int:
        """What epoll should wait for."""
        if self._ended or self._waiting is not None:
            return select.EPOLLOUT if self._unsent else 0
        return READ_AND_WRITE if self._unsent else READ

    def close(self) -> None:
        """Hang up."""
        self._door.forget(self)
        self.channel.close()


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
        trusts: Callable[[socket.socket], bool],
    ) -> None:
        self.endpoint = endpoint
        self.guard = guard
        self.reader = reader
        self.problem = ""
        self.buffer = bytearray(wire.LONGEST)
        self._trusts = trusts
        self._epoll = select.epoll()
        self._connections: dict[int, PolicyConnection] = {}
        self._strangers = Connections[PolicyConnection]()
        self._listener: socket.socket | None = None
        self._inode = 0
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
        self._inherited = inherited is not None
        if not self._inherited:
            self._inode = listener.inode_of(self.endpoint)
        self._epoll.register(self._listener.fileno(), READ)
        asyncio.get_running_loop().add_reader(self._epoll.fileno(), self._serve)

    def _serve(self) -> None:
        """Handle what is ready, and let the event loop go on."""
        assert self._listener is not None  # noqa: S101  nothing is registered before it is opened
        knocking = self._listener.fileno()
        for descriptor, events in self._epoll.poll(0, AT_ONCE):
            connection = self._connections.get(descriptor)
            if connection is not None:
                connection.ready(events)
            elif descriptor == knocking:
                self._accept(self._listener)

    def _accept(self, listening: socket.socket) -> bool:
        """Let one client in; False when none is waiting."""
        try:
            channel, _ = listening.accept()
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno in SHORTAGES:
                self._rest(listening, error)
            return False
        if self.problem:
            self.problem = ""
        channel.setblocking(False)
        connection = PolicyConnection(self, channel, self._trusts(channel))
        self._connections[channel.fileno()] = connection
        self._epoll.register(channel.fileno(), READ)
        if not connection.believed:
            self._strangers.add(connection)
        connection.ready(READ)  # its request is usually there already
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
        if connection.channel.fileno() in self._connections:
            self._epoll.modify(connection.channel.fileno(), connection.interest)

    def forget(self, connection: PolicyConnection) -> None:
        """The connection is about to be closed."""
        descriptor = connection.channel.fileno()
        if self._connections.pop(descriptor, None) is not None:
            self._strangers.discard(connection)
            self._epoll.unregister(descriptor)

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
                    return

    async def _last_answers(self) -> None:
        """Wait for answers that are owed, but not for ever for somebody who does not take his."""
        ends = time.monotonic() + LAST_ANSWERS
        while any(not c.idle for c in self._connections.values()) and time.monotonic() < ends:
            await asyncio.sleep(QUIET_SECONDS)

    def status(self) -> DoorStatus:
        """For people."""
        return DoorStatus(self.kind, self.endpoint, len(self._connections), self.problem)

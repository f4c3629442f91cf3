"""One client of the policy wire: its bytes, its questions in order, and what it is owed.

Requests may come in pieces, several at once, and followed by a half-close (Exim, qmail). The door
(`core.daemon.policy_door`) holds the socket's place in its epoll and says when something is ready.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
from typing import TYPE_CHECKING

from core.daemon import wire
from core.daemon.asker import ALLOWED, Asker
from core.words import Stage

if TYPE_CHECKING:
    from core.daemon.policy_door import PolicyDoor

MOST_UNREAD = 262_144
"""Octets of answers that a client may leave unread before it is hung up on."""

SEND = Stage.SEND
"""Slow to look up in its class before Python 3.12."""

LAST_READS = 16
"""Times that a client is read from while the door closes; a socket holds less than four."""

LONGEST_KEY = 1024
"""Octets by which somebody is remembered; names that make more are read anew each time."""

PATIENCE_WITH_DISK = 1.5
"""Seconds that an answer waits for the ledger: after two, Postfix goes on unchecked."""

READ, WRITE = select.EPOLLIN, select.EPOLLOUT
GONE = select.EPOLLHUP | select.EPOLLERR


class PolicyConnection(socket.SocketType):
    """One client, which is its own socket: an object around it takes longer to make than to use.

    Requests may come in pieces, several at once, and followed by a half-close (Exim, qmail): the
    answers leave in the order of the requests. What is longer than any request is answered with
    "no opinion", and the connection closed.

    Attributes:
        believed: whether its user may ask.
        ended: whether it will ask nothing more.
    """

    __slots__ = ("_door", "_unread", "_unsent", "_waiting", "believed", "ended")

    _hang_up = socket.SocketType.close

    def begin(self, door: PolicyDoor, believed: bool) -> None:
        """Become a client of a door: each socket is one only when its peer is known.

        Args:
            door: the door it came through.
            believed: whether its user may ask.
        """
        self._door = door
        self.believed = believed
        self._unread = b""
        self._unsent = b""
        self._waiting: object | None = None
        self.ended = False

    def ready(self, events: int) -> None:
        """Go on with whatever has become possible.

        Raises:
            OSError: the client has gone.
        """
        if self.ended and events & GONE:
            self.close()  # the client has gone for good: nobody is left to be answered
            return
        if events & WRITE and not self._flush():
            return
        if events & ~WRITE and not self.ended:
            self.receive()

    def finish(self) -> None:
        """Take nothing that is not sent yet, and answer what is.

        From here on a client on a unix socket cannot send any more, so it knows of every request
        whether it will be answered. On TCP it only learns of the end.
        """
        try:
            self.shutdown(socket.SHUT_RD)
            for _ in range(LAST_READS):
                if self.ended or not self.receive():
                    return
                self._door.pay()  # before the end is read, which closes the connection
        except OSError:
            self.close()

    def receive(self) -> bool:
        """Read once and answer; False when nothing is there.

        Raises:
            OSError: the client has gone.
        """
        door = self._door
        buffer = door.buffer
        try:
            size = self.recv_into(buffer)
        except BlockingIOError:
            return False
        if size == 0:
            self.ended = True
            if self._waiting is None and not self._unsent:
                self.close()
            else:
                door.watch(self)  # it may still be owed answers
            return True
        if not self.believed:
            self._put_off(bytes(buffer[:size]))
            return True
        if not self._unread and self._waiting is None:
            # The usual case, without a copy: exactly one request, from a mail server that is known.
            found = door.reader.recognise(buffer, size)
            if found is not None:
                reply = self._ask(found)
                if reply:
                    door.owed.append((self, reply))
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
            self.answer(wire.DUNNO * len(questions))

    def _answer_all(self) -> None:
        while self._unread:
            end = self._unread.find(b"\n\n")
            if end < 0:
                if len(self._unread) > wire.LONGEST:
                    self._give_up()
                return
            block, self._unread = self._unread[: end + 1], self._unread[end + 2 :]
            if len(block) > wire.LONGEST:
                self.answer(wire.DUNNO)
                continue
            reply = self._ask(self._door.reader.attributes(block))
            if not reply:
                return
            self.answer(reply)

    def _ask(self, found: wire.Attributes) -> bytes:
        """The reply to one question, b"" when it waits for a block to become durable."""
        key, occasion = found
        guard = self._door.guard
        asker = guard.askers.get(key)
        if asker is None:
            question = wire.question(key, guard.snapshot.account)
            if question is None:
                return wire.DUNNO
            if len(key) <= LONGEST_KEY:
                asker = guard.meet(key, question)
            else:
                asker = Asker(question, question.stage is SEND)
        if asker.sends:
            if guard.tally.take(asker, occasion):
                return wire.DUNNO
            request = asker.request
            wire.set_message(request, occasion)
            answer = guard.answer_message(asker, request)
        else:
            port, _, _, queue_id, _ = occasion
            session = port[: wire.LONGEST_WORD]
            answer = guard.answer_login(asker, session, wire.word(queue_id) if queue_id else "")
        if answer is ALLOWED:
            return wire.DUNNO
        reply = asker.reply if answer is asker.answer else b""
        if not reply:
            reply = wire.write(answer.decision, answer.text, asker.request.closes)
            if answer is asker.answer:
                asker.reply = reply
        if answer.durable is None or answer.durable.done():
            return reply
        self._wait(answer.durable, reply)
        return b""

    def _wait(self, durable: asyncio.Future[None], reply: bytes) -> None:
        """Send the reply when the block is durable; without it the mail is only put off."""
        turn = self._waiting = object()
        slow = asyncio.get_running_loop().call_later(
            PATIENCE_WITH_DISK, self._resume, turn, wire.LATER
        )

        def done(_: asyncio.Future[None]) -> None:
            slow.cancel()
            self._resume(turn, reply)

        durable.add_done_callback(done)
        self._door.watch(self)  # which is not to be read from meanwhile

    def _resume(self, turn: object, reply: bytes) -> None:
        if self._waiting is not turn:
            return
        self._waiting = None
        if self.fileno() < 0:
            return
        try:
            self.answer(reply)
            self._answer_all()
        except OSError:
            self.close()
            return
        if self.ended and self.idle:
            self.close()
        else:
            self._door.watch(self)

    def _give_up(self) -> None:
        """What never ends is no request: no opinion, and goodbye."""
        self._unread = b""
        self.answer(wire.DUNNO)
        self.close()

    def answer(self, data: bytes) -> None:
        """Send answers, or keep what there is no room for.

        Raises:
            OSError: the client has gone.
        """
        if self._unsent:
            self._unsent += data
            if len(self._unsent) > MOST_UNREAD:
                self.close()
            return
        try:
            sent = self.send(data)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            self._unsent = data[sent:]
            self._door.watch(self)

    def _flush(self) -> bool:
        """Send what the client had no room for; False when the connection has ended."""
        with contextlib.suppress(BlockingIOError):
            sent = self.send(self._unsent)
            self._unsent = self._unsent[sent:]
        if self.ended and self.idle:
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
        if self.ended or self._waiting is not None:
            return WRITE if self._unsent else 0
        return READ | WRITE if self._unsent else READ

    def close(self) -> None:
        """Hang up."""
        self._door.forget(self)
        self._hang_up()

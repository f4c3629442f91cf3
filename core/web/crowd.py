"""How much of the customers' door one local user may take up.

Every process of the server may connect there, so each user holds a few connections at most, and no
connection lasts longer than a page takes. Whoever wants more is told to come back, at once and
without a thread. Fits between gunicorn and the listening socket.
"""

from __future__ import annotations

import errno
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from gunicorn.workers.gthread import ThreadWorker

from core.web.peer import peer_uid

PER_USER: Final = 16
"""Connections of one user at a time: a page and what it loads, twice."""

SECONDS: Final = 20.0
"""How long one connection may take to send its request, and then to take its answer."""

BUSY: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Retry-After: 2\r\nConnection: close\r\nContent-Length: 54\r\n\r\n"
    b"Your account has too many connections open. Try again\n"
)


class Crowd:
    """Counts the connections of each user.

    Args:
        most: how many one may have.
    """

    def __init__(self, most: int = PER_USER) -> None:
        self._most = most
        self._held: Counter[int] = Counter()
        self._guard = threading.Lock()

    def enter(self, uid: int) -> bool:
        """Count one more, if it is allowed."""
        with self._guard:
            if self._held[uid] >= self._most:
                return False
            self._held[uid] += 1
            return True

    def leave(self, uid: int) -> None:
        """Count one less."""
        with self._guard:
            self._held[uid] -= 1
            if self._held[uid] <= 0:
                del self._held[uid]


class Held(socket.socket):
    """A connection that counts until it is closed, and does not wait for ever.

    Args:
        descriptor: of the accepted connection, which now is this one's.
        left: called once, when it is closed.
        seconds: as SECONDS.
    """

    def __init__(self, descriptor: int, left: Callable[[], None], seconds: float = SECONDS) -> None:
        super().__init__(fileno=descriptor)
        self._left: Callable[[], None] | None = left
        self._seconds = seconds
        self._ends = time.monotonic() + seconds
        self._over = False

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """What has come; nothing once we have said our last word.

        gunicorn would wait for the other end to close, with everybody else waiting behind it.

        Raises:
            ConnectionResetError: the whole request takes too long.
        """
        if self._over:
            return b""
        remaining = self._ends - time.monotonic()
        if remaining <= 0:
            raise ConnectionResetError(errno.ECONNRESET, "the request takes too long")
        self.settimeout(remaining)
        try:
            return super().recv(size, flags)
        except TimeoutError as error:
            raise ConnectionResetError(errno.ECONNRESET, "the request takes too long") from error

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """Send all of it.

        Raises:
            ConnectionResetError: nobody takes it.
        """
        self.settimeout(self._seconds)
        try:
            super().sendall(data, flags)
        except TimeoutError as error:
            raise ConnectionResetError(errno.ECONNRESET, "nobody takes the answer") from error

    def shutdown(self, how: int, /) -> None:
        """Say that nothing more comes from us; what still arrives is not waited for."""
        self._over = True
        super().shutdown(how)

    def close(self) -> None:
        """Close it, and let the user have another."""
        left, self._left = self._left, None
        super().close()
        if left is not None:
            left()


class Door:
    """A listening socket that lets in a few of each user.

    Args:
        listener: gunicorn's; whatever is not said here is asked of it.
        crowd: who is inside.
    """

    def __init__(self, listener: Any, crowd: Crowd) -> None:
        self._listener = listener
        self._crowd = crowd

    def __getattr__(self, name: str) -> Any:
        return getattr(self._listener, name)

    def accept(self) -> tuple[Held, Any]:
        """The next connection.

        Raises:
            ConnectionAbortedError: its user has enough of them; gunicorn goes on with the next.
        """
        connection, address = self._listener.accept()
        uid = peer_uid(connection)
        if uid is None or not self._crowd.enter(uid):
            connection.setblocking(False)
            with connection, suppress(OSError):
                connection.send(BUSY)
            raise ConnectionAbortedError(errno.ECONNABORTED, "too many connections of one user")
        return Held(connection.detach(), lambda: self._crowd.leave(uid)), address


class CrowdWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's threads behind such a door."""

    def __init__(self, age: int, parent: int, sockets: list[Any], *rest: Any) -> None:
        crowd = Crowd()
        super().__init__(age, parent, [Door(each, crowd) for each in sockets], *rest)

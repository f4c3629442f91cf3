"""A tiny policy server for tests of the hooks: it answers as it is told, or fails as it is told.

It is not the daemon, so that what is proved about the hooks does not depend on ours being right.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from tests.lab.skeleton import UID

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self


class Mood(StrEnum):
    """How it behaves."""

    ANSWER = "answer"
    HANG = "hang"
    GARBAGE = "garbage"
    HANG_UP = "hang up"


class PolicyStandIn:
    """Listens on a unix socket and speaks the policy wire.

    action: what it answers; mood: how it behaves; requests: what it was asked, as dictionaries.
    """

    def __init__(self, path: Path, action: str = "DUNNO") -> None:
        """Make the socket's folder; `start` listens."""
        self.path = path
        self.action = action
        self.mood = Mood.ANSWER
        self.requests: list[dict[str, str]] = []
        self._changed = threading.Condition()
        self._listener: socket.socket | None = None
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()

    def start(self) -> None:
        """Listen, with the rights that the daemon's socket has."""
        self.path.parent.mkdir(mode=0o750, exist_ok=True)
        os.chown(self.path.parent, 0, UID["postfix"])
        self.path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.path))
        os.chown(self.path, 0, UID["postfix"])
        self.path.chmod(0o660)
        listener.listen(128)
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def stop(self) -> None:
        """Die as a killed process does: every connection breaks, the socket's name stays."""
        with self._lock:  # whoever is accepted from now on finds that nobody listens any more
            listener, self._listener = self._listener, None
            connections, self._connections = self._connections, set()
        if listener is not None:
            # shutdown wakes the thread that waits in accept(2); close alone does not
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for connection in connections:
            # its own thread may have met the end, and closed it, in this very moment
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def restart(self) -> None:
        """Die and come back, at once."""
        self.stop()
        self.start()

    def asked(self, marker: str) -> bool:
        """Whether a connection from this client port was asked about."""
        with self._changed:
            return any(request.get("client_port") == marker for request in self.requests)

    def count(self, context: str = "") -> int:
        """How many requests there were, of one policy_context or of all."""
        with self._changed:
            return sum(
                not context or request.get("policy_context") == context for request in self.requests
            )

    def wait_for(self, number: int, seconds: float = 10.0) -> None:
        """Return when this many requests have come. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.requests) >= number, seconds):
                raise TimeoutError(f"{len(self.requests)} requests, wanted {number}")

    def __enter__(self) -> Self:
        """It, listening."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                if self._listener is not listener:
                    connection.close()
                    return
                self._connections.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        # A client that gives up, or dies with us, may leave what we sent unread: a reset.
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as reader:
            request: dict[str, str] = {}
            for line in reader:
                name, _, value = line.decode(errors="replace").rstrip("\n").partition("=")
                if name:
                    request[name] = value
                    continue
                if not self._answer(connection, request):
                    break
                request = {}
        with self._lock:
            self._connections.discard(connection)

    def _answer(self, connection: socket.socket, request: dict[str, str]) -> bool:
        """Answer one request; False to hang up."""
        mood = self.mood
        with self._changed:
            self.requests.append(request | {"at": str(time.monotonic()), "mood": mood})
            self._changed.notify_all()
        if mood is Mood.HANG:
            # Until the client gives up: it closes, and reading ends.
            return True
        if mood is Mood.HANG_UP:
            return False
        text = (
            f"action={self.action}\n\n" if mood is Mood.ANSWER else "\x00garbage without sense\n\n"
        )
        try:
            connection.sendall(text.encode())
        except OSError:
            return False
        return True

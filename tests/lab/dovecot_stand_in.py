"""A tiny auth policy server for tests of the hook: it answers, or fails, as it is told."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from tests.lab.policy_stand_in import Mood

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self


class DovecotStandIn:
    """Listens on a loopback port that stays its own, also while it is down.

    status: what it answers (-1 refuses); mood: how it behaves; requests: what it was asked, with
    the command and the key that came along.
    """

    def __init__(self) -> None:
        """Take a port; `start` listens."""
        self.status = 0
        self.requests: list[dict[str, Any]] = []
        self._mood = Mood.ANSWER
        self._server: ThreadingHTTPServer | None = None
        self._lock = threading.Lock()
        self._awake = threading.Event()
        self._awake.set()
        self._connections: set[socket.socket] = set()
        # bound, not listening: nobody else gets the port, and clients are refused while it is down
        self._reserved = socket.socket()
        self._reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._reserved.bind(("127.0.0.1", 0))
        self.port = int(self._reserved.getsockname()[1])

    @property
    def mood(self) -> Mood:
        """How it behaves; those that hang are let go of when that changes."""
        return self._mood

    @mood.setter
    def mood(self, mood: Mood) -> None:
        self._mood = mood
        if mood is Mood.HANG:
            self._awake.clear()
        else:
            self._awake.set()

    def start(self) -> None:
        """Listen."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                with outer._lock:
                    if outer._server is not self.server:  # accepted while it died
                        raise ConnectionAbortedError
                    outer._connections.add(self.connection)

            def do_POST(self) -> None:
                outer._answer(self)

            def log_message(self, format: str, *_: object) -> None:  # noqa: A002  the base's name
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            allow_reuse_port = True
            request_queue_size = 128  # the default of 5 drops some of many that come at once

            def server_bind(self) -> None:
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                super().server_bind()

            def handle_error(self, *_: object) -> None:
                """A client that leaves is no error here."""

        self._server = Server(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Die as a killed process does: every connection breaks."""
        with self._lock:
            server, self._server = self._server, None
            connections, self._connections = self._connections, set()
        if server is not None:
            server.shutdown()
            server.server_close()
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def asked(self, login: str) -> bool:
        """Whether it was asked about this login."""
        return any(each["login"] == login for each in list(self.requests))

    def count(self) -> int:
        """How many logins it was asked to allow."""
        return sum(each["command"] == "allow" for each in list(self.requests))

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
        self._awake.set()
        self.stop()
        self._reserved.close()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        command = handler.path.partition("command=")[2]
        key = (handler.headers["X-Mailward-Key"] or "").strip()
        self.requests.append(body | {"command": command, "key": key})
        mood = self.mood
        if mood is Mood.HANG:
            self._awake.wait(30)
        if mood is Mood.HANG_UP:
            handler.close_connection = True
            return
        text = json.dumps({"status": self.status, "msg": "not today"})
        answer = b"{garbage" if mood is Mood.GARBAGE else text.encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(answer)))
        handler.end_headers()
        handler.wfile.write(answer)

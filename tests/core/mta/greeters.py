"""Servers for tests of the probes: they greet, and write down what they hear."""

from __future__ import annotations

import socketserver
import threading
from types import TracebackType
from typing import Self


class Greeter:
    """Listens on a loopback port.

    Attributes:
        greeting: what it says first; "" to hang up at once.
        proxied: hear a PROXY header before.
        heard: every line, from all clients.
        clients: the client ports it was told.
    """

    def __init__(self, greeting: str = "220 here", *, proxied: bool = False) -> None:
        self.greeting = greeting
        self.proxied = proxied
        self.heard: list[str] = []
        self.clients: list[str] = []
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer.serve(self)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def serve(self, handler: socketserver.StreamRequestHandler) -> None:
        """Talk to one client."""
        client = str(handler.client_address[1])
        if self.proxied:
            header = handler.rfile.readline().decode().split()
            self.heard.append(" ".join(header))
            client = header[4]
        self.clients.append(client)
        if not self.greeting:
            return
        handler.wfile.write(f"{self.greeting}\r\n".encode())
        for line in handler.rfile:
            self.heard.append(line.decode().rstrip("\r\n"))
            handler.wfile.write(b"+OK\r\n")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

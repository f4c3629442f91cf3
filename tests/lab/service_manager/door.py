"""Both ends of the socket at which systemctl asks the manager."""

from __future__ import annotations

import json
import signal
import socket
import socketserver
import sys
import threading
from pathlib import Path

from tests.lab.service_manager.manager import Manager
from tests.lab.service_manager.service import BOOTED

DOOR = Path("/run/systemd/manager.sock")


class Handler(socketserver.StreamRequestHandler):
    """One systemctl."""

    def handle(self) -> None:
        """Read its words, answer with code and text."""
        words = json.loads(self.rfile.readline())
        server = self.server
        assert isinstance(server, Server)
        try:
            answer = server.manager.do(words)
        except Exception as error:  # noqa: BLE001  a test reads what it prints
            answer = (1, f"{type(error).__name__}: {error}")
        self.wfile.write(json.dumps(answer).encode() + b"\n")


class Server(socketserver.ThreadingUnixStreamServer):
    """Listens to systemctl."""

    daemon_threads = True

    def __init__(self, manager: Manager) -> None:
        DOOR.unlink(missing_ok=True)
        super().__init__(str(DOOR), Handler)
        self.manager = manager


def serve() -> None:
    """Run until told to end; services end with it."""
    BOOTED.mkdir(parents=True, exist_ok=True)
    manager = Manager()
    server = Server(manager)

    def end(*_: object) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, end)
    server.serve_forever(poll_interval=0.1)
    manager.stop_all()


def ask(words: list[str]) -> int:
    """Be systemctl."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(DOOR))
        except OSError as error:
            sys.stderr.write(f"Failed to connect to bus: {error.strerror}\n")
            return 1
        connection.sendall(json.dumps(words).encode() + b"\n")
        code, text = json.loads(connection.makefile().readline())
    if text:
        stream = sys.stderr if code and words[0] != "is-active" else sys.stdout
        stream.write(f"{text}\n")
    return int(code)

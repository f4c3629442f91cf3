"""The service manager's end of the notification socket (sd_notify(3))."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path


class Manager:
    """Listens on a socket of its own and keeps every line with the time it came.

    Args:
        path: where; a socket left from an earlier start is replaced.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.heard: list[tuple[float, str]] = []
        path.unlink(missing_ok=True)
        self._channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._channel.bind(str(path))
        self._channel.settimeout(0.1)
        path.chmod(0o666)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="manager", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while not self._ending.is_set():
            try:
                message = self._channel.recv(4096)
            except TimeoutError:
                continue
            now = time.monotonic()
            self.heard += [(now, line) for line in message.decode().splitlines()]

    def lines(self) -> list[str]:
        """Everything that was said, in order."""
        return [line for _, line in self.heard]

    def count(self, line: str) -> int:
        """How often a line was said."""
        return self.lines().count(line)

    def close(self) -> None:
        """Stop listening; what was heard stays."""
        if not self._ending.is_set():
            self._ending.set()
            self._thread.join()
            self._channel.close()

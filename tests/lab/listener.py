"""What listens in the pages' place: writes down what a bridge sends, answers what a test says."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, NamedTuple

from core.web.peer import peer_uid

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Heard(NamedTuple):
    """One request, and which user sent it."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    uid: int | None

    def header(self, name: str) -> str:
        """The only header of that name; "" when there is none."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) <= 1, found
        return found[0] if found else ""


class Listener:
    """`with Listener(place) as pages:` listens for everybody; the pages must have been stopped.

    heard: requests, oldest first; answer: what is sent back, or None to keep silent.
    """

    def __init__(self, place: Path) -> None:
        self.heard: list[Heard] = []
        self.answer: bytes | None = EMPTY
        self._place = place
        self._made = not place.parent.exists()
        self._ended = threading.Event()
        self._socket = socket.socket(socket.AF_UNIX)

    def __enter__(self) -> Self:
        """Listen."""
        self._place.parent.mkdir(parents=True, exist_ok=True)
        self._place.unlink(missing_ok=True)
        self._socket.bind(str(self._place))
        self._place.chmod(0o666)
        self._socket.listen()
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Listen no more."""
        self._ended.set()
        self._socket.close()
        self._place.unlink()
        if self._made:
            self._place.parent.rmdir()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._hear, args=(connection,), daemon=True).start()

    def _hear(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as file:
            method, target, _ = file.readline().decode().split(" ")
            headers = []
            while (line := file.readline().decode().strip()) != "":
                name, _, value = line.partition(":")
                headers.append((name, value.strip()))
            size = next((int(v) for n, v in headers if n.lower() == "content-length"), 0)
            body = file.read(size)
            self.heard.append(Heard(method, target, headers, body, peer_uid(connection)))
            if self.answer is None:
                self._ended.wait(10)
            else:
                connection.sendall(self.answer)

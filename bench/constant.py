"""The interpreter's floor: a server in Python that reads a request and always says the same.

``python constant.py unix SOCKET`` or ``python constant.py http PORT``, as `constant.c`. With the
means of our own door: one epoll, one buffer, no objects beyond a connection's socket. What a
decision costs beyond it is ours; what it costs beyond the C server is Python's.
"""

from __future__ import annotations

import re
import select
import socket
import sys
from pathlib import Path

POLICY = b"action=DUNNO\n\n"
HTTP = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n"
    b'{"status":0,"msg":""}'
)
LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)


def is_whole(buffer: bytearray, size: int, http: bool) -> bool:
    """Whether a request is there, and all of it."""
    if not http:
        return buffer.find(b"\n\n", 0, size) >= 0
    end = buffer.find(b"\r\n\r\n", 0, size)
    found = LENGTH.search(buffer, 0, end) if end >= 0 else None
    return end >= 0 and size >= end + 4 + (int(found[1]) if found else 0)


def listening(kind: str, where: str) -> socket.socket:
    """The socket of a unix path or of a port of 127.0.0.1."""
    if kind == "unix":
        Path(where).unlink(missing_ok=True)
        opened = socket.socket(socket.AF_UNIX)
        opened.bind(where)
    else:
        opened = socket.create_server(("127.0.0.1", int(where)))
    opened.listen(1024)
    opened.setblocking(False)
    return opened


def serve(kind: str, where: str) -> None:
    """Answer until somebody ends it."""
    opened, http = listening(kind, where), kind == "http"
    answer, buffer, waiting = HTTP if http else POLICY, bytearray(65536), select.epoll()
    waiting.register(opened.fileno(), select.EPOLLIN)
    connections: dict[int, socket.socket] = {}
    while True:
        for number, _ in waiting.poll():
            channel = connections.get(number)
            if channel is None:
                channel, _ = opened.accept()
                channel.setblocking(False)
                connections[channel.fileno()] = channel
                waiting.register(channel.fileno(), select.EPOLLIN)
                continue
            try:
                size = channel.recv_into(buffer)
                if size and is_whole(buffer, size, http):
                    channel.send(answer)
            except OSError:
                size = 0
            if not size:
                del connections[number]
                channel.close()


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2])

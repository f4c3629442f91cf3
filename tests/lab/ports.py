"""Loopback ports for servers, which no other process of the lab is given at the same time.

They lie below the range from which the kernel serves outgoing connections (ip(7)), so a port found
free stays free until the server takes it.
"""

from __future__ import annotations

import contextlib
import fcntl
import random
import socket
from typing import IO

from tests.lab.release import LAB

FIRST, LAST = 20000, 31999


class PortReservation:
    """Some ports, reserved until `release()` or the end of this process."""

    def __init__(self, names: tuple[str, ...]) -> None:
        """Reserve one port for each name; find them in `ports`. Raises OSError if none is free."""
        self.ports: dict[str, int] = {}
        self._locks: list[IO[str]] = []
        for name in names:
            self.add(name)

    def add(self, name: str) -> int:
        """Reserve one more. Raises OSError if none is free."""
        for port in random.sample(range(FIRST, LAST + 1), 1000):
            if self._take(port):
                self.ports[name] = port
                return port
        raise OSError(f"no free port between {FIRST} and {LAST}")

    def release(self) -> None:
        """Give the ports back."""
        while self._locks:
            self._locks.pop().close()

    def _take(self, port: int) -> bool:
        folder = LAB / "ports"
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / str(port)).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        if not _is_free(port):
            lock.close()
            return False
        self._locks.append(lock)
        return True


def has_ipv6() -> bool:
    """Whether this machine has ::1. Containers often do not."""
    return _can_bind(socket.AF_INET6, "::1", 0)


def _is_free(port: int) -> bool:
    return _can_bind(socket.AF_INET, "127.0.0.1", port) and (
        not has_ipv6() or _can_bind(socket.AF_INET6, "::1", port)
    )


def _can_bind(family: socket.AddressFamily, address: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((address, port))
        return True
    return False

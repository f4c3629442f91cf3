"""Waiting for servers by talking to them, and by watching their processes and logs."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

from tests.lab.keeper import descendants

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from tests.lab.machine import Keeper

STEP = 0.01
"""Seconds between two looks at something that tells nobody when it changes."""


class ServerFailedError(Exception):
    """A server did not come up, or did not do what it was told; the text holds its log."""


def await_true(
    condition: Callable[[], bool], what: str, log: Callable[[], str], seconds: float = 20.0
) -> None:
    """Return as soon as the condition holds.

    Raises ServerFailedError with the log if it does not within the time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise ServerFailedError(f"{what}: not after {seconds:.0f} s\n{log()}")
        time.sleep(STEP)


def await_greeting(port: int, keeper: Keeper, log: Callable[[], str], preface: bytes) -> None:
    """Return when the server on a port says something to a new client.

    preface: sent first, for servers that expect a PROXY header.
    """

    def greeted() -> bool:
        if not keeper.is_running:
            raise ServerFailedError(f"the server ended\n{keeper.output()}\n{log()}")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
                client.sendall(preface)
                return bool(client.recv(512))
        except OSError:
            return False

    await_true(greeted, f"a greeting on port {port}", log)


def workers(keeper: Keeper, names: Collection[str]) -> frozenset[int]:
    """The server's processes with these program names."""
    below = descendants(keeper.number)
    return frozenset(number for number, name in below.items() if name in names)

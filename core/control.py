"""The control socket seen from outside: the command line and the pages talk to the daemon by it.

One JSON object a line in each direction. A request is ``{"do": VERB, ...}``; an answer is
``{"ok": true, "result": ...}`` or ``{"ok": false, "error": TEXT}``. ``follow`` answers without end.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import msgspec

from core.errors import ControlError, DaemonUnreachable

LONGEST = 1 << 20
"""Octets of one request."""

LONGEST_ANSWER = 1 << 26
"""Octets of one answer: a hundred thousand blocked accounts, twice."""


class Control:
    """Talks to the daemon.

    Args:
        endpoint: ``unix:PATH`` or ``tcp:HOST:PORT``.
        timeout: seconds to wait for an answer.
    """

    def __init__(self, endpoint: str, timeout: float = 10.0) -> None:
        self.endpoint = endpoint
        self._timeout = timeout

    def call(self, verb: str, **arguments: Any) -> Any:
        """Ask for one thing.

        Args:
            verb: what to do.
            arguments: its arguments, as plain JSON types.

        Raises:
            DaemonUnreachable: the daemon does not run, or does not answer in time.
            ControlError: it refused.
        """
        for answer in self._lines({"do": verb, **arguments}, self._timeout):
            return answer
        raise DaemonUnreachable("the daemon closed the connection without an answer")

    def follow(self) -> Iterator[dict[str, Any]]:
        """Events as they fall, until the caller stops asking or the daemon ends.

        Raises:
            DaemonUnreachable: the daemon does not run.
            ControlError: it refused.
        """
        for answer in self._lines({"do": "follow"}, None):
            if isinstance(answer, dict):
                yield answer

    def _lines(self, request: dict[str, Any], timeout: float | None) -> Iterator[Any]:
        try:
            with self._connect() as connection:
                connection.settimeout(timeout)
                connection.sendall(msgspec.json.encode(request) + b"\n")
                with connection.makefile("rb") as stream:
                    while line := stream.readline(LONGEST_ANSWER):
                        if not line.endswith(b"\n"):
                            raise DaemonUnreachable("the daemon broke off in its answer")
                        yield self._read(line)
        except PermissionError as error:
            raise ControlError(
                f"only root and Mailward's own users may ask the daemon at {self.endpoint}"
            ) from error
        except OSError as error:
            reason = error.strerror or str(error) or "no answer in time"
            raise DaemonUnreachable(
                f"the daemon cannot be reached at {self.endpoint}: {reason}"
            ) from error

    def _connect(self) -> socket.socket:
        kind, _, place = self.endpoint.partition(":")
        if kind == "unix":
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(self._timeout)
            try:
                connection.connect(place)
            except OSError:
                connection.close()
                raise
            return connection
        host, _, port = place.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), self._timeout)

    @staticmethod
    def _read(line: bytes) -> Any:
        try:
            answer = msgspec.json.decode(line)
        except msgspec.DecodeError as error:
            raise ControlError(f"the daemon answered nonsense: {error}") from error
        if not isinstance(answer, dict) or not answer.get("ok"):
            error_text = answer.get("error") if isinstance(answer, dict) else None
            raise ControlError(str(error_text or "the daemon refused without a reason"))
        return answer.get("result")

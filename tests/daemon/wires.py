"""The other ends of the daemon's wires: a mail server that asks, and Dovecot that asks."""

from __future__ import annotations

import itertools
import os
import socket
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

import msgspec

from tests.daemon.patience import PATIENCE

YES = "DUNNO"

_instances = itertools.count()


class ServerGone(Exception):
    """The other end hung up, or is not there."""


def connected(endpoint: str) -> socket.socket:
    """A connection to ``unix:PATH`` or ``tcp:HOST:PORT``."""
    kind, _, place = endpoint.partition(":")
    if kind == "unix":
        channel = socket.socket(socket.AF_UNIX)
        channel.settimeout(PATIENCE)
        try:
            channel.connect(place)
        except OSError:
            channel.close()
            raise
        return channel
    host, _, port = place.rpartition(":")
    return socket.create_connection((host, int(port)), PATIENCE)


def question(**attributes: object) -> bytes:
    """A policy request as Postfix writes one."""
    lines = {"request": "smtpd_access_policy"} | attributes
    return "".join(f"{name}={value}\n" for name, value in lines.items()).encode() + b"\n"


def knock(address: str) -> bytes:
    """The question at connect."""
    return question(policy_context="connect", client_address=address, server_port=587)


def mail(account: str, **attributes: object) -> bytes:
    """The question at the end of a message that nobody has asked about yet."""
    fields = {
        "protocol_state": "END-OF-MESSAGE",
        "client_address": "198.51.100.7",
        "server_port": 587,
        "sasl_username": account,
        "instance": f"{os.getpid()}.{next(_instances)}",
        "recipient_count": 1,
    }
    return question(**fields | attributes)


class Client:
    """A mail server with one connection that it keeps."""

    def __init__(self, endpoint: str) -> None:
        self.channel = connected(endpoint)
        self._stream = self.channel.makefile("rb")

    def ask(self, **attributes: object) -> str:
        """Put a question; returns the action."""
        return self.put(question(**attributes))

    def mail(self, account: str, **attributes: object) -> str:
        """One more mail of an account."""
        return self.put(mail(account, **attributes))

    def knock(self, address: str) -> str:
        """The question at connect."""
        return self.put(knock(address))

    def put(self, raw: bytes) -> str:
        """Send a request and read its answer.

        Raises:
            ServerGone: there was none.
        """
        self.send(raw)
        return self.answer()

    def pipeline(self, raws: Iterable[bytes]) -> list[str]:
        """Send many requests at once and read all answers."""
        requests = list(raws)
        self.send(b"".join(requests))
        return [self.answer() for _ in requests]

    def send(self, raw: bytes) -> None:
        """Send bytes as they are.

        Raises:
            ServerGone: it hung up before.
        """
        try:
            self.channel.sendall(raw)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise ServerGone from error

    def answer(self) -> str:
        """The next answer's action.

        Raises:
            ServerGone: it hung up instead.
        """
        try:
            line = self._stream.readline()
            blank = self._stream.readline()
        except ConnectionResetError as error:
            raise ServerGone from error
        if not line:
            raise ServerGone
        assert line.startswith(b"action="), line
        assert blank == b"\n", blank
        return line[7:-1].decode()

    def close(self) -> None:
        """Hang up."""
        self._stream.close()
        self.channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class DovecotClient(Client):
    """Dovecot's authentication process with one connection that it keeps."""

    def __init__(self, endpoint: str, key: str) -> None:
        super().__init__(endpoint)
        self._key = key

    def command(self, command: str, **login: object) -> dict[str, Any]:
        """Ask ``allow`` or tell ``report``; returns Dovecot's JSON."""
        self.request(command, **login)
        return self.reply()

    def request(self, command: str, **login: object) -> None:
        """Send a request.

        Raises:
            ServerGone: it hung up before.
        """
        body = msgspec.json.encode(login)
        self.send(
            f"POST /?command={command} HTTP/1.1\r\nX-Mailward-Key: {self._key}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )

    def reply(self) -> dict[str, Any]:
        """The next answer's JSON.

        Raises:
            ServerGone: it hung up instead.
        """
        first = self._stream.readline()
        if not first:
            raise ServerGone
        assert first == b"HTTP/1.1 200 OK\r\n", first
        length = 0
        while (line := self._stream.readline()) != b"\r\n":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        answer: dict[str, Any] = msgspec.json.decode(self._stream.read(length))
        return answer

"""A mail server that takes every mail and keeps it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

ANSWERS = {b"EHLO": "250 mx", b"MAIL": "250 ok", b"RCPT": "250 ok", b"QUIT": "221 bye"}


class Sink:
    """What a mail server got.

    Attributes:
        place: its host and port.
        mails: recipient and mail, in order.
    """

    def __init__(self, listening: socket.socket) -> None:
        host, port = listening.getsockname()
        self.place: tuple[str, int] = (host, port)
        self.mails: list[tuple[str, EmailMessage]] = []
        self._listening = listening

    def serve(self) -> None:
        """Take mails until the socket is shut down."""
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        def say(text: str) -> None:
            connection.sendall(text.encode() + b"\r\n")

        recipient = ""
        with connection.makefile("rb") as stream:
            say("220 mx ESMTP")
            while line := stream.readline():
                verb = line[:4].upper()
                if verb == b"RCPT":
                    recipient = line.decode().partition("<")[2].partition(">")[0]
                if verb != b"DATA":
                    say(ANSWERS.get(verb, "502 what?"))
                    continue
                say("354 go on")
                self._keep(recipient, iter(stream.readline, b".\r\n"))
                say("250 queued")

    def _keep(self, recipient: str, lines: Iterator[bytes]) -> None:
        raw = b"".join(line[1:] if line.startswith(b"..") else line for line in lines)
        mail = message_from_bytes(raw, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append((recipient, mail))


@contextmanager
def sink() -> Iterator[Sink]:
    """A mail server on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        found = Sink(listening)
        thread = threading.Thread(target=found.serve)
        thread.start()
        try:
            yield found
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(30)

"""A small, honest client: says who it pretends to be (PROXY v1), talks, and writes down every line.

It judges nothing; tests do. RFC 5321 (SMTP), RFC 4954 (AUTH), RFC 9051 (IMAP), RFC 1939 (POP3) and
the PROXY protocol's version 1.
"""

from __future__ import annotations

import base64
import ipaddress
import socket
import ssl
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

TIMEOUT = 15.0
"""Seconds to wait for a line."""


class Dialogue:
    """One connection. `lines` holds all that was said: `C: ...` by us, `S: ...` by the server.

    Raises TimeoutError when the server is silent, ConnectionError or ssl.SSLError when it breaks
    the connection in the middle of something.
    """

    destination_port = 0

    def __init__(
        self,
        port: int,
        source: str | None = "203.0.113.5",
        destination_port: int | None = None,
        *,
        tls: bool = False,
        family: int = 4,
        timeout: float = TIMEOUT,
        source_port: int = 40000,
    ) -> None:
        """Connect and greet.

        port: the loopback port; source: the client address to pretend, None for no PROXY header;
        destination_port: the port that the client believes to talk to; tls: encrypt from the
        start; family: 4 or 6, by which to reach the server; source_port: the client port to
        pretend.
        """
        self.lines: list[str] = []
        self.source = source
        self.source_port = source_port
        host = "127.0.0.1" if family == 4 else "::1"
        self._socket = socket.create_connection((host, port), timeout=timeout)
        self._file = self._socket.makefile("rb")
        try:
            if source is not None:
                self._send_proxy_header(source, destination_port or self.destination_port)
            if tls:
                self.start_tls()
            self._greet()
        except BaseException:
            self.close()
            raise

    @property
    def transcript(self) -> str:
        """All lines, for a failing test's message."""
        return "\n".join(self.lines)

    def send(self, line: str) -> None:
        """Say one line."""
        self.lines.append(f"C: {line}")
        self._socket.sendall(line.encode() + b"\r\n")

    def receive(self) -> str | None:
        """The server's next line; None when it has closed the connection."""
        raw = self._file.readline()
        if not raw:
            return None
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        self.lines.append(f"S: {line}")
        return line

    def start_tls(self) -> None:
        """Encrypt from here on. The lab's certificate is its own, so it is not checked."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self._file.close()
        self._socket = context.wrap_socket(self._socket)
        self._file = self._socket.makefile("rb")

    def close(self) -> None:
        """Hang up without a word."""
        self._file.close()
        self._socket.close()

    def __enter__(self) -> Self:
        """The dialogue itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hang up."""
        self.close()

    def _greet(self) -> None:
        """Hear what the server says first. Protocols differ."""

    def _send_proxy_header(self, source: str, destination_port: int) -> None:
        version = ipaddress.ip_address(source).version
        destination = "192.0.2.1" if version == 4 else "2001:db8::1"
        self.send(
            f"PROXY TCP{version} {source} {destination} {self.source_port} {destination_port}"
        )


class SmtpReply(NamedTuple):
    """An answer of an SMTP server. code 0: it closed the connection instead of answering."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """All lines without their codes."""
        return "\n".join(self.lines)


class SmtpDialogue(Dialogue):
    """SMTP. `greeting` is the server's first answer."""

    destination_port = 587

    def _greet(self) -> None:
        self.greeting = self.reply()

    def reply(self) -> SmtpReply:
        """The next answer, all its lines."""
        texts: list[str] = []
        while (line := self.receive()) is not None:
            texts.append(line[4:])
            if line[3:4] != "-":
                return SmtpReply(int(line[:3]), tuple(texts))
        return SmtpReply(0, tuple(texts))

    def command(self, line: str) -> SmtpReply:
        """Say one line, take the answer."""
        try:
            self.send(line)
        except (BrokenPipeError, ConnectionResetError):
            return SmtpReply(0, ())
        return self.reply()

    def ehlo(self, name: str = "client.example.test") -> SmtpReply:
        """EHLO."""
        return self.command(f"EHLO {name}")

    def starttls(self) -> SmtpReply:
        """STARTTLS, and the handshake if the server agrees. Say EHLO again afterwards."""
        answer = self.command("STARTTLS")
        if answer.code == 220:
            self.start_tls()
        return answer

    def auth_plain(self, login: str, password: str) -> SmtpReply:
        """AUTH PLAIN with an initial response."""
        secret = base64.b64encode(f"\0{login}\0{password}".encode()).decode()
        return self.command(f"AUTH PLAIN {secret}")

    def mail(self, sender: str) -> SmtpReply:
        """MAIL FROM."""
        return self.command(f"MAIL FROM:<{sender}>")

    def rcpt(self, recipient: str) -> SmtpReply:
        """RCPT TO."""
        return self.command(f"RCPT TO:<{recipient}>")

    def data(self, text: str = "Subject: a test\r\n\r\nA line.") -> SmtpReply:
        """DATA and a message (no line of it may start with a dot). The last answer given."""
        answer = self.command("DATA")
        if answer.code != 354:
            return answer
        return self.command(f"{text}\r\n.")

    def send_mail(self, sender: str, *recipients: str) -> SmtpReply:
        """A whole message. The first refusal, or the answer to the end of the data."""
        answer = self.mail(sender)
        for recipient in recipients:
            if answer.code != 250:
                return answer
            answer = self.rcpt(recipient)
        return self.data() if answer.code == 250 else answer

    def quit(self) -> SmtpReply:
        """QUIT."""
        return self.command("QUIT")


class LoginReply(NamedTuple):
    """What an IMAP or POP3 server says to a command. ok False and no text: it hung up."""

    ok: bool
    text: str


class ImapDialogue(Dialogue):
    """IMAP. `greeting` is the server's first line."""

    destination_port = 143

    def _greet(self) -> None:
        self._tag = 0
        self.greeting = self.receive() or ""

    def command(self, line: str) -> LoginReply:
        """One command; the text of its tagged answer."""
        self._tag += 1
        tag = f"a{self._tag}"
        self.send(f"{tag} {line}")
        while (answer := self.receive()) is not None:
            if answer.startswith(f"{tag} "):
                return LoginReply(answer.startswith(f"{tag} OK"), answer.split(" ", 2)[2])
        return LoginReply(False, "")

    def login(self, login: str, password: str) -> LoginReply:
        """LOGIN."""
        return self.command(f'LOGIN "{login}" "{password}"')

    def logout(self) -> LoginReply:
        """LOGOUT."""
        return self.command("LOGOUT")


class Pop3Dialogue(Dialogue):
    """POP3. `greeting` is the server's first line."""

    destination_port = 110

    def _greet(self) -> None:
        self.greeting = self.receive() or ""

    def command(self, line: str) -> LoginReply:
        """One command with an answer of one line."""
        self.send(line)
        answer = self.receive() or ""
        return LoginReply(answer.startswith("+OK"), answer.partition(" ")[2])

    def login(self, login: str, password: str) -> LoginReply:
        """USER and PASS; the answer to PASS, or to USER if that was refused."""
        answer = self.command(f"USER {login}")
        return self.command(f"PASS {password}") if answer.ok else answer

    def quit(self) -> LoginReply:
        """QUIT."""
        return self.command("QUIT")

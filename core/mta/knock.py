"""Knocking at a server's door on this machine: does it greet, and who did it think we are?

Loopback only. It knows how doors are opened (TLS from the start, PROXY header), not what is behind.
"""

from __future__ import annotations

import secrets
import socket
import ssl
from dataclasses import dataclass
from pathlib import PurePosixPath

from core.system.host import Host

PATIENCE = 10.0
"""Seconds that a server may take to greet; Postfix spawns, TLS shakes hands, the disk is busy."""

_KNOWN_PORTS = {
    "smtp": 25,
    "submission": 587,
    "smtps": 465,
    "submissions": 465,
    "ssmtp": 465,
    "imap": 143,
    "imap2": 143,
    "imaps": 993,
    "pop3": 110,
    "pop3s": 995,
}


@dataclass(frozen=True)
class Door:
    """Where a service listens.

    Attributes:
        name: the service, for people.
        address, port: where to connect to.
        tls: it speaks TLS from the start.
        proxied: it wants a PROXY header before anything else.
    """

    name: str
    address: str
    port: int
    tls: bool = False
    proxied: bool = False

    def __str__(self) -> str:
        return f"{self.name} ({self.address} port {self.port})"


class Visit:
    """An open connection.

    Attributes:
        source_port: the client port that the server was told.
        greeting: the first line it said, "" when it hung up.

    Raises:
        OSError: nobody opened, or said nothing in time (TimeoutError), or TLS failed.
    """

    def __init__(self, door: Door, source: str = "") -> None:
        """Connect and hear the greeting.

        Args:
            source: the loopback address to come from, "" for whatever the kernel takes.
        """
        inner = "" if door.proxied else source
        self._socket: socket.socket = socket.create_connection(
            (door.address, door.port), PATIENCE, (inner, 0) if inner else None
        )
        try:
            self.source_port = int(self._socket.getsockname()[1])
            if door.proxied:
                self._introduce(door, source)
            if door.tls:
                self._socket = _context().wrap_socket(self._socket)
            self._file = self._socket.makefile("rb")
            self.greeting = self.hear()
        except BaseException:
            self._socket.close()
            raise

    def hear(self) -> str:
        """The next line, "" when it hung up."""
        return self._file.readline(2000).decode(errors="replace").strip()

    def say(self, line: str) -> None:
        """Send a line."""
        self._socket.sendall(line.encode() + b"\r\n")

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _introduce(self, door: Door, source: str) -> None:
        """PROXY protocol, version 1, section 2.1."""
        family = "TCP6" if ":" in door.address else "TCP4"
        client = source or door.address
        header = f"PROXY {family} {client} {door.address} {self.source_port} {door.port}\r\n"
        self._socket.sendall(header.encode())


def port_number(host: Host, name: str) -> int | None:
    """The port of a service name or number, as the machine's /etc/services has it."""
    if name.isdigit():
        return int(name)
    path = host.path("/etc/services")
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    for line in lines:
        words = line.partition("#")[0].split()
        if len(words) > 1 and words[1].endswith("/tcp") and name in (words[0], *words[2:]):
            return int(PurePosixPath(words[1]).parent.name)
    return _KNOWN_PORTS.get(name)


def random_loopback() -> str:
    """An address in 127/8 that nobody uses: what a server holds against a failed login is held
    against this address, and not against the webmail on 127.0.0.1."""
    return "127." + ".".join(str(1 + secrets.randbelow(253)) for _ in range(3))


def _context() -> ssl.SSLContext:
    """Any TLS that the server speaks: who it is does not matter here, only that it speaks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context

"""Puts a session to DirectAdmin itself, over loopback, and reads whose it is.

The certificate is not looked at: it proves a name, and this machine needs none to find itself. What
counts is who listens at the port, and that the kernel says: a session is told to DirectAdmin's own
process only, never to a program of a customer's that took the port while DirectAdmin was away.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import sys
from collections.abc import Iterable
from contextlib import closing, suppress
from typing import Final
from urllib.parse import parse_qsl

from msgspec import Struct

from core.errors import PanelBroken
from core.system.host import Host
from core.system.pairs import pairs
from directadmin import places

LOOPBACK: Final = "127.0.0.1"
PORT: Final = 2222
"""Where DirectAdmin is unless its settings say otherwise."""

SECONDS: Final = 5.0
"""How long DirectAdmin may take; it answers such questions at once."""

DOOR: Final = "/etc/mailward/directadmin.conf"
"""What root writes down of DirectAdmin's settings, which the pages may not read."""

LARGEST: Final = 1 << 20
"""Octets of an answer; a person's configuration has a few thousand."""

PATH: Final = "/CMD_API_SHOW_USER_CONFIG"
"""Names the session's own person when nobody is named in the request (facts 1.5)."""

LISTENING: Final = "0A"
"""State in /proc/net/tcp (proc(5)); TCP_LISTEN in the kernel's tcp_states.h."""

_USERNAME = re.compile(r"\A[a-z0-9][a-z0-9_.-]{0,63}\Z", re.ASCII | re.IGNORECASE)


class Asked(Struct, frozen=True):
    """Whom a session belongs to.

    Attributes:
        name: the login.
        kind: ``admin``, ``reseller`` or ``user``, as DirectAdmin writes it.
    """

    name: str
    kind: str


class Door(Struct, frozen=True):
    """Where DirectAdmin listens.

    Attributes:
        port: its port.
        tls: whether it speaks TLS there; None where its settings cannot be read.
        name: its own name, "" where that is unknown.
    """

    port: int = PORT
    tls: bool | None = None
    name: str = ""


class Question:
    """Asks.

    Args:
        host: the machine on which DirectAdmin is.
    """

    def __init__(self, host: Host) -> None:
        self._host = host

    def __call__(self, session: str, key: str) -> Asked | None:
        """Whose session it is; None where DirectAdmin does not know it.

        Args:
            session, key: as a cookie may carry them.

        Raises:
            PanelBroken: DirectAdmin does not answer, or not as it should. Never quotes the session.
        """
        door = door_of(self._host)
        # Where the settings cannot be read: TLS, as usual; without, a second try.
        for tls in (True, False) if door.tls is None else (door.tls,):
            try:
                status, text = self._ask(door, f"session={session}; key={key}", tls=tls)
            except ssl.SSLError as error:
                problem = f"DirectAdmin does not speak TLS as expected: {error.reason}"
                continue
            except (OSError, http.client.HTTPException) as error:
                said = error.strerror if isinstance(error, OSError) else ""
                why = said or type(error).__name__
                raise PanelBroken(f"DirectAdmin does not answer: {why}") from error
            return read(status, text)
        raise PanelBroken(problem)

    def _ask(self, door: Door, cookie: str, *, tls: bool) -> tuple[int, str]:
        self._know_listener(door.port)
        connection = socket.create_connection((LOOPBACK, door.port), timeout=SECONDS)
        with closing(connection):
            # Again, now that there is a connection: nobody can have taken the port in between
            # without ending it.
            self._know_listener(door.port)
            if tls:
                # Without a name: the certificate is not looked at, and a bad one would be an error.
                connection = _context().wrap_socket(connection)
            asking = http.client.HTTPConnection(door.name or LOOPBACK, door.port, timeout=SECONDS)
            asking.sock = connection
            with closing(asking):
                asking.request("GET", PATH, headers={"Cookie": cookie, "Accept": "*/*"})
                answer = asking.getresponse()
                return answer.status, answer.read(LARGEST).decode("utf-8", "replace")

    def _know_listener(self, port: int) -> None:
        """Make sure that root or DirectAdmin's own user has opened the port.

        Raises:
            PanelBroken: somebody else has, or nobody.
        """
        found = listeners(self._host, port)
        if not found:
            raise PanelBroken(f"DirectAdmin does not listen at port {port}")
        with suppress(KeyError):
            found -= {self._host.uid(places.OWNER)}
        if found - {0}:
            raise PanelBroken(f"port {port} is somebody else's than DirectAdmin's")


def read(status: int, text: str) -> Asked | None:
    """What DirectAdmin's answer says; None where it knows no such session.

    Raises:
        PanelBroken: it is no such answer.
    """
    if status in (http.client.UNAUTHORIZED, http.client.FORBIDDEN):
        return None
    if status != http.client.OK:  # a redirect above all, which is never followed
        raise PanelBroken(f"DirectAdmin answers with status {status} when asked for a session")
    # Anything may be escaped in it, names and digits, too.
    fields = parse_qsl(text.strip(), keep_blank_values=True)
    said: dict[str, set[str]] = {}
    for name, value in fields:
        said.setdefault(name, set()).add(value)
    if said.get("error", {"0"}) != {"0"}:
        return None
    names, kinds = said.get("username", set()), said.get("usertype", set())
    if len(names) != 1 or len(kinds) != 1:
        raise PanelBroken("DirectAdmin does not say whose session it is")
    name, kind = names.pop(), kinds.pop()
    if not _USERNAME.match(name) or kind not in ("admin", "reseller", "user"):
        raise PanelBroken("DirectAdmin names a person whom there cannot be")
    return Asked(name, kind)


def door_of(host: Host) -> Door:
    """Where DirectAdmin listens; only it and root may read its own settings.

    Raises:
        PanelBroken: they say a port that is none.
    """
    return _door(host, places.SETTINGS) or _door(host, DOOR) or Door()


def door_text(host: Host) -> str:
    """What root writes down of DirectAdmin's settings, for the pages, which may not read them.

    Raises:
        PanelBroken: they cannot be read.
    """
    door = _door(host, places.SETTINGS)
    if door is None:
        raise PanelBroken(f"{places.SETTINGS} cannot be read")
    tls = "" if door.tls is None else f"ssl={int(door.tls)}\n"
    return f"port={door.port}\n{tls}servername={door.name}\n"


def _door(host: Host, place: str) -> Door | None:
    """As a file says, ``key=value`` a line; None where it cannot be read."""
    try:
        text = host.path(place).read_text("utf-8", "replace")
    except OSError:
        return None
    said = pairs(text)
    port = said.get("port", str(PORT))
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 1 << 16:
        raise PanelBroken(f"{place}: port: {port!r} is none")
    tls = None if "ssl" not in said else said["ssl"] == "1"
    return Door(int(port), tls, said.get("servername", ""))


def listeners(host: Host, port: int) -> frozenset[int]:
    """The users who listen where a connection to `LOOPBACK` arrives, by /proc/net/tcp and tcp6.

    The same port of another address is everybody's to open, and says nothing. Nor does ``::`` where
    somebody listens by IPv4: the kernel then lets no socket there take IPv4 as well (ipv6(7)).
    """
    four = (LOOPBACK, "0.0.0.0")  # noqa: S104  compared, not bound to
    found = _listeners(host, "/proc/net/tcp", port, four)
    found |= _listeners(host, "/proc/net/tcp6", port, [f"::ffff:{each}" for each in four])
    return frozenset(found or _listeners(host, "/proc/net/tcp6", port, ("::",)))


def _listeners(host: Host, table: str, port: int, addresses: Iterable[str]) -> set[int]:
    wanted = {_written(address) for address in addresses}
    try:
        lines = host.path(table).read_text("ascii").splitlines()[1:]
    except OSError:
        return set()
    found = set()
    for line in lines:
        _, local, _, state, _, _, _, uid, *_ = line.split()
        address, _, number = local.partition(":")
        if state == LISTENING and int(number, 16) == port and address in wanted:
            found.add(int(uid))
    return found


def _written(text: str) -> str:
    """An address as those tables write it: words of 32 bits in the machine's own order."""
    octets = socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)
    words = (octets[at : at + 4] for at in range(0, len(octets), 4))
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context

"""Listening sockets of the daemon's doors, and who is at the other end of a connection."""

from __future__ import annotations

import asyncio
import pwd
import resource
import socket
import stat
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

BACKLOG = 1024
"""A hundred smtpd processes may knock at once, each with a new connection per check."""

MOST_FILES = 65_536
"""Files, connections among them, that the daemon asks to be allowed to open."""

MOST_KNOWN = 4096
"""Processes that are remembered as trusted; a mail server has some hundreds."""

_CREDENTIALS = struct.Struct("3i")
"""Process, user and group at the other end (SO_PEERCRED, unix(7))."""

_NOBODY = _CREDENTIALS.pack(0, -1, -1)
"""What the kernel says where there is none."""

_SIZE = _CREDENTIALS.size
_UNIX = int(socket.AF_UNIX)
_LEVEL, _PEER = socket.SOL_SOCKET, socket.SO_PEERCRED


def open_socket(endpoint: str) -> socket.socket:
    """Bind an endpoint.

    A unix socket left behind by a daemon that was killed is replaced; one that somebody answers on
    is not.

    Args:
        endpoint: ``unix:PATH`` or ``tcp:HOST:PORT``.

    Raises:
        OSError: it cannot be bound.
    """
    kind, _, place = endpoint.partition(":")
    if kind == "unix":
        return _open_unix(Path(place))
    host, _, port = place.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return _bound(opened, (host, int(port)))


def _open_unix(path: Path) -> socket.socket:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and stat.S_ISSOCK(path.stat().st_mode) and not _answers(path):
        path.unlink()
    opened = _bound(socket.socket(socket.AF_UNIX), str(path))
    # Whoever may enter the directory may knock; only trusted users are believed (Peers).
    path.chmod(0o666)
    return opened


def allow_many_connections() -> None:
    """Raise the limit of open files as far as a user may (getrlimit(2)).

    A service starts with 1,024; a busy mail server has more processes, each with a connection.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def inode_of(endpoint: str) -> int:
    """Which file a unix endpoint is, 0 for other endpoints.

    Raises:
        FileNotFoundError: it is gone.
    """
    kind, _, place = endpoint.partition(":")
    return Path(place).stat().st_ino if kind == "unix" else 0


def _bound(opened: socket.socket, address: object) -> socket.socket:
    try:
        opened.bind(address)  # type: ignore[arg-type]  # a path or a host and port, as made above
        opened.listen(BACKLOG)
        opened.setblocking(False)
    except OSError:
        opened.close()
        raise
    return opened


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as knock:
        knock.settimeout(1.0)
        try:
            knock.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:
            return True
    return True


class Peers:
    """Decides which local users are believed.

    A hosting customer who can reach the socket must not be able to get somebody else's account
    blocked by telling tales about it.

    Args:
        names: users or numeric user ids; users that do not exist are passed over.
        also: further numeric ids, such as the daemon's own.

    Attributes:
        refused: how often somebody was not.
        known: processes of those who are, with their user, as the kernel names them.
    """

    def __init__(self, names: Iterable[str], also: Iterable[int] = ()) -> None:
        self._uids = {0, *also}
        for name in names:
            if name.isdigit():
                self._uids.add(int(name))
                continue
            try:
                self._uids.add(pwd.getpwnam(name).pw_uid)
            except KeyError:
                continue
        self.known: set[bytes] = set()
        self.refused = 0

    def trusts(self, channel: socket.SocketType) -> bool:
        """Whether the peer may ask. A TCP peer has no user; opening such a door was a choice.

        The kernel is asked of every connection. Its whole answer, process and user, is remembered
        of those who are trusted, as it takes longer to read than to ask for.
        """
        if channel.family != _UNIX:
            return True
        try:
            credentials = channel.getsockopt(_LEVEL, _PEER, _SIZE)
        except OSError:
            credentials = _NOBODY
        if credentials in self.known:
            return True
        if _CREDENTIALS.unpack(credentials)[1] not in self._uids:
            self.refused += 1
            return False
        if len(self.known) >= MOST_KNOWN:
            self.known.clear()
        self.known.add(credentials)
        return True


Factory = Callable[[], asyncio.BaseProtocol]


async def serve(opened: socket.socket, factory: Factory) -> asyncio.Server:
    """Accept connections on a listening socket."""
    loop = asyncio.get_running_loop()
    if opened.family == socket.AF_UNIX:
        return await loop.create_unix_server(factory, sock=opened, backlog=BACKLOG)
    return await loop.create_server(factory, sock=opened, backlog=BACKLOG)

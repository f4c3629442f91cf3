"""Which local user is at the other end of a unix socket, as the kernel says."""

from __future__ import annotations

import socket
import struct

_CREDENTIALS = struct.Struct("3i")
"""Process, user and group of whoever connected (SO_PEERCRED, unix(7))."""


def peer_uid(connection: object) -> int | None:
    """The user's number; None for anything that is no unix socket, or is gone."""
    if not isinstance(connection, socket.socket) or connection.family != socket.AF_UNIX:
        return None
    try:
        raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    except OSError:
        return None
    _, uid, _ = _CREDENTIALS.unpack(raw)
    return int(uid) if uid >= 0 else None

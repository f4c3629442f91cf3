"""The service manager's side of a daemon: readiness, watchdog, and sockets that it opened for us.

Protocols as in sd_notify(3) and sd_listen_fds(3). Without a service manager nothing happens.
"""

from __future__ import annotations

import os
import socket

FIRST_DESCRIPTOR = 3
"""SD_LISTEN_FDS_START."""


PATIENCE = 0.2
"""Seconds that the service manager may take to make room for what it is told."""


def notify(*lines: str) -> bool:
    """Tell the service manager something, such as ``READY=1``; False when nobody listens.

    A service manager that does not read, as one that has frozen, is not waited for.
    """
    place = os.environ.get("NOTIFY_SOCKET", "")
    if not place:
        return False
    address = "\0" + place[1:] if place.startswith("@") else place
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.settimeout(PATIENCE)
            channel.connect(address)
            channel.sendall("\n".join(lines).encode())
    except OSError:
        return False
    return True


def watchdog_seconds() -> float:
    """How often the service manager wants to hear from this process; 0 for never.

    Half of what it asked for, as sd_watchdog_enabled(3) advises.
    """
    wanted = os.environ.get("WATCHDOG_USEC", "")
    meant_for = os.environ.get("WATCHDOG_PID", "")
    if not wanted.isdigit() or (meant_for and meant_for != str(os.getpid())):
        return 0.0
    return int(wanted) / 2_000_000


def inherited_sockets() -> dict[str, list[socket.socket]]:
    """Sockets that the service manager opened for this process, by name; taken once."""
    count, meant_for = os.environ.get("LISTEN_FDS", ""), os.environ.get("LISTEN_PID", "")
    if not count.isdigit() or meant_for != str(os.getpid()):
        return {}
    names = os.environ.get("LISTEN_FDNAMES", "").split(":")
    found: dict[str, list[socket.socket]] = {}
    for offset in range(int(count)):
        name = names[offset] if offset < len(names) else ""
        opened = socket.socket(fileno=FIRST_DESCRIPTOR + offset)
        opened.setblocking(False)
        os.set_inheritable(opened.fileno(), False)
        found.setdefault(name or "unknown", []).append(opened)
    for variable in ("LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"):
        os.environ.pop(variable, None)
    return found

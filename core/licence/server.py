"""Which server this is, for keys that are bound to one.

A key names a host, or a fingerprint of the machine. The machine's own id is confidential
(machine-id(5)): only a keyed hash of it is ever shown, kept or compared.
"""

from __future__ import annotations

import hashlib
import hmac
import socket
import sys
from pathlib import Path
from typing import Final

from msgspec import Struct

from core.licence.key import HOST, MACHINE

_APPLICATION: Final = b"mailward licence server 1"
_MACHINE_ID: Final = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_NAMELESS: Final = frozenset({"", "localhost", "localhost.localdomain"})
"""Names that every server has (RFC 6761 6.3)."""
_FINGERPRINT: Final = 20
"""Hex digits of a fingerprint: 80 bits, enough to tell servers apart, short enough to read out."""


class Server(Struct, frozen=True):
    """What this server can be recognised by.

    Attributes:
        names: its host names in lower case, the best one first.
        machine: fingerprint of the machine, "" where it has none.
    """

    names: tuple[str, ...]
    machine: str = ""

    def is_meant_by(self, binding: str) -> bool:
        """Whether a key with this binding is for this server.

        Args:
            binding: as in `LicenceKey.server`; "" means any server.
        """
        if binding.startswith(HOST):
            return _plain(binding.removeprefix(HOST)) in self.names
        if binding.startswith(MACHINE):
            return bool(self.machine) and binding.removeprefix(MACHINE).lower() == self.machine
        return not binding


def this_server() -> Server:
    """What this server can be recognised by. A name server may be asked."""
    own = _plain(socket.gethostname())
    names = (own,) if "." in own else (_plain(socket.getfqdn(own)), own)
    known = dict.fromkeys(name for name in names if name not in _NAMELESS)
    return Server(tuple(known), fingerprint(_machine_id()))


def fingerprint(machine_id: str) -> str:
    """The fingerprint of a machine.

    Args:
        machine_id: its id; "" where it has none.
    """
    plain = machine_id.strip().lower().encode()
    return hmac.new(plain, _APPLICATION, hashlib.sha256).hexdigest()[:_FINGERPRINT] if plain else ""


def _plain(name: str) -> str:
    return name.strip().lower().rstrip(".")


def _machine_id() -> str:
    if sys.platform == "win32":
        import winreg  # noqa: PLC0415  exists there only

        try:
            with winreg.OpenKey(
                winreg.HKEY_LOCAL_MACHINE,
                r"SOFTWARE\Microsoft\Cryptography",
                access=winreg.KEY_READ | winreg.KEY_WOW64_64KEY,
            ) as place:
                return str(winreg.QueryValueEx(place, "MachineGuid")[0])
        except OSError:
            return ""
    for file in _MACHINE_ID:
        try:
            found = file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if found and found != "uninitialized":  # machine-id(5): an image that never started
            return found
    return ""

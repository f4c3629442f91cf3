"""From where people are logged in to this server now, so that none of them is banned.

Read from utmp(5), which systems that have given it up (Debian 13, for one) do not keep, and from
what sshd tells its own session (ssh(1), SSH_CONNECTION).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from struct import Struct
from typing import Final

from core.net.addresses import parse

UTMP: Final = Path("/run/utmp")

_RECORD: Final = Struct("<hxxi32s4s32s256shhiii16s20s")
"""One record of glibc's on 64-bit machines (bits/utmp.h): 384 octets."""

_USER: Final = 7
"""ut_type of a session (utmp.h, USER_PROCESS)."""

_KIND, _HOST, _ADDRESS = 0, 5, 11


def peers(utmp: Path = UTMP, environment: Mapping[str, str] | None = None) -> frozenset[str]:
    """The addresses, in their one spelling. Never raises: what cannot be read tells nothing.

    Args:
        utmp: the file.
        environment: of this process; None for its own.
    """
    found = set(_sessions(utmp))
    variables = os.environ if environment is None else environment
    found.add(variables.get("SSH_CONNECTION", "").partition(" ")[0])
    addresses = (parse(text) for text in found)
    return frozenset(address.text for address in addresses if address is not None)


def _sessions(utmp: Path) -> list[str]:
    try:
        data = utmp.read_bytes()
    except OSError:
        return []
    found = []
    for record in _RECORD.iter_unpack(data[: len(data) // _RECORD.size * _RECORD.size]):
        if record[_KIND] == _USER:
            packed = record[_ADDRESS]
            found.append(record[_HOST].rstrip(b"\0").decode(errors="replace"))
            found.append(_text(packed))
    return found


def _text(packed: bytes) -> str:
    """An address of IPv4 stands in the first four of sixteen octets (utmp(5), ut_addr_v6)."""
    if not any(packed):
        return ""
    if not any(packed[4:]):
        return ".".join(map(str, packed[:4]))
    return ":".join(packed[at : at + 2].hex() for at in range(0, 16, 2))

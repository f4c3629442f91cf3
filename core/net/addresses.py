"""Reads addresses as clients, logs and people write them, in the one form that Mailward compares.

Every address passes through here on its way to an answer, so this is written for speed. It asks
nobody: no name is resolved and no packet leaves the server.
"""

from __future__ import annotations

import ipaddress
from pathlib import Path
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from typing import Final, NamedTuple


class Address(NamedTuple):
    """One address.

    Attributes:
        version: 4 or 6.
        value: the address as an integer.
        text: canonical text, equal to ``str(ipaddress.ip_address(...))``.
    """

    version: int
    value: int
    text: str


_MAPPED: Final = 0xFFFF
"""Upper 96 bits of ``::ffff:a.b.c.d``: an IPv4 client on a socket that listens for both."""

_new = tuple.__new__
_from_bytes = int.from_bytes


def parse(text: str) -> Address | None:
    """Read an address; None when the text is none. Never raises.

    ``::ffff:192.0.2.1`` becomes the IPv4 address it stands for, because no database and no list
    knows it otherwise. A zone (``fe80::1%eth0``), brackets and surrounding blanks are dropped.
    """
    return _parse_plain(text) or _parse_plain(_undecorated(text))


def _parse_plain(text: str) -> Address | None:
    try:
        if ":" in text:
            return _from_packed_v6(inet_pton(AF_INET6, text))
        # inet_pton knows one spelling only, so the text is canonical already. Calling
        # tuple.__new__ directly halves the price of the named tuple.
        return _new(Address, (4, _from_bytes(inet_pton(AF_INET, text), "big"), text))
    except (OSError, ValueError):
        return None


def _undecorated(text: str) -> str:
    """Return the text without blanks, brackets and zone."""
    bare = text.strip()
    if bare.startswith("[") and bare.endswith("]"):
        bare = bare[1:-1].strip()
    return bare.partition("%")[0] if ":" in bare else bare


def _from_packed_v6(packed: bytes) -> Address:
    value = _from_bytes(packed, "big")
    if value >> 32 == _MAPPED:
        return _new(Address, (4, value & 0xFFFF_FFFF, inet_ntop(AF_INET, packed[12:])))
    return _new(Address, (6, value, text_of(6, value)))


def text_of(version: int, value: int) -> str:
    """Return the canonical text of an address given as an integer."""
    if version == 4:
        return inet_ntop(AF_INET, value.to_bytes(4, "big"))
    if value >> 32:
        return inet_ntop(AF_INET6, value.to_bytes(16, "big"))
    # The C library writes the first of these as ::a.b.c.d, everybody else does not.
    return str(ipaddress.IPv6Address(value))


def is_local(address: Address) -> bool:
    """Tell whether the address can only be near: this server, its network, a private network.

    Covers loopback, RFC 1918, the carriers' 100.64.0.0/10, link-local, unique local (RFC 4193)
    and unspecified addresses. The documentation prefixes are not local.
    """
    version, value, _ = address
    if version == 4:
        near = _LOCAL_V4.get(value >> 24)
        return near is not None and value & near[0] == near[1]
    return value <= 1 or value >> 121 == _UNIQUE_LOCAL or value >> 118 == _LINK_LOCAL


_LOCAL_V4: Final = {
    network.network_address.packed[0]: (int(network.netmask), int(network.network_address))
    for network in (
        ipaddress.IPv4Network("0.0.0.0/32"),
        ipaddress.IPv4Network("10.0.0.0/8"),
        ipaddress.IPv4Network("100.64.0.0/10"),
        ipaddress.IPv4Network("127.0.0.0/8"),
        ipaddress.IPv4Network("169.254.0.0/16"),
        ipaddress.IPv4Network("172.16.0.0/12"),
        ipaddress.IPv4Network("192.168.0.0/16"),
    )
}
"""First byte -> (mask, network): each first byte has one local network at most."""

_UNIQUE_LOCAL: Final = 0xFC00 >> 9
_LINK_LOCAL: Final = 0xFE80 >> 6


def own_addresses(proc: Path = Path("/proc")) -> frozenset[str]:
    """Return the canonical addresses of this server's interfaces, loopback included.

    The kernel's own tables are read, so no name is looked up and no packet is sent (proc(5):
    ``net/fib_trie``, ``net/if_inet6``). Where a table does not exist, as outside Linux, its
    addresses are missing from the answer.

    Args:
        proc: where the kernel's tables are mounted.
    """
    net = proc / "self" / "net"
    return frozenset(_own_v4(net / "fib_trie")) | frozenset(_own_v6(net / "if_inet6"))


def _own_v4(table: Path) -> list[str]:
    """Addresses followed by ``/32 host LOCAL``, each on a line of its own before it."""
    own = []
    candidate = ""
    for line in _lines(table):
        if "|-- " in line:
            candidate = line.partition("|-- ")[2]
        elif line.split() == ["/32", "host", "LOCAL"]:
            own.append(candidate)
    return own


def _own_v6(table: Path) -> list[str]:
    """The first column holds the address as 32 hexadecimal digits."""
    return [text_of(6, int(line.split()[0], 16)) for line in _lines(table)]


def _lines(table: Path) -> list[str]:
    try:
        return table.read_text(encoding="ascii").splitlines()
    except OSError:
        return []

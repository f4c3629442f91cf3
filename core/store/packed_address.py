"""Addresses as 16 bytes that sort like the addresses, so that a network is one stretch of an index.

IPv4 is kept as the IPv4-mapped IPv6 address (RFC 4291 2.5.5.2), which no canonical address is
otherwise.
"""

from __future__ import annotations

import ipaddress
from socket import AF_INET, AF_INET6, inet_pton
from typing import Final

from core.net.addresses import parse, text_of

_MAPPED_PREFIX: Final = bytes(10) + b"\xff\xff"
_WIDTH: Final = 16
_TEXT: Final = b"\xff"
"""First byte of what is no address; as an address it would be multicast, which nobody connects
from."""


def pack(text: str) -> bytes:
    """The sortable form of an address; empty for an empty text.

    What is no address is kept too, in more than 16 bytes, so that `unpack` gives it back.
    """
    try:
        if ":" in text:
            return inet_pton(AF_INET6, text)
        return _MAPPED_PREFIX + inet_pton(AF_INET, text)
    except (OSError, ValueError):
        return _pack_odd(text) if text else b""


def _pack_odd(text: str) -> bytes:
    address = parse(text)
    if address is not None:
        return pack(address.text)
    return (_TEXT + text.encode("utf-8")).ljust(_WIDTH + 1, b"\0")


def unpack(packed: bytes) -> str:
    """The canonical text of a packed address, or the text that was no address."""
    if len(packed) != _WIDTH:
        return packed[1:].rstrip(b"\0").decode("utf-8")
    if packed.startswith(_MAPPED_PREFIX):
        return text_of(4, int.from_bytes(packed[12:], "big"))
    return text_of(6, int.from_bytes(packed, "big"))


MAPPED: Final = (_MAPPED_PREFIX + bytes(4), _MAPPED_PREFIX + b"\xff" * 4)
"""First and last packed IPv4 address: a hole in the IPv6 networks around it."""


def span(text: str) -> tuple[bytes, bytes] | None:
    """First and last packed address of an address or a network; None when the text is neither.

    Bits of a network's address behind its prefix are ignored, as people copy them from logs.
    """
    base, slash, _ = text.strip().partition("/")
    if not slash:
        address = parse(base)
        return None if address is None else (pack(address.text), pack(address.text))
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    return pack(str(network.network_address)), pack(str(network.broadcast_address))

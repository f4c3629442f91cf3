"""Where a webhook's address leads: a host is looked up once, and what it may not be is refused.

An administrator's typing error, or a name that somebody else's DNS answers for, must not make this
server ask its own cloud's metadata service (SSRF). So the address that was looked at is the one
that is connected to, and no answer leads anywhere else.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from core.errors import NoticeError

METADATA: Final = frozenset(
    ipaddress.ip_address(text) for text in ("fd00:ec2::254", "100.100.100.200", "192.0.0.192")
)
"""Metadata services that have no link-local address: Amazon's by IPv6, Alibaba's, Oracle's."""

_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 as a network without it reaches it (RFC 6052 2.1)."""

Resolve = Callable[[str, int], list[str]]
"""Host and port -> addresses; raises OSError."""


class Place(Struct, frozen=True):
    """Where to connect.

    Attributes:
        address: the one to connect to, looked up already.
        host, port: as the URL has them; the certificate must be the host's.
        secure: with TLS.
        target: path and query, what is asked for.
    """

    address: str
    host: str
    port: int
    secure: bool
    target: str

    @property
    def authority(self) -> str:
        """What the header Host says (RFC 9110 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, those first that the system prefers."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def find(url: str, lookup: Resolve = resolve) -> Place:
    """Where a URL leads.

    Args:
        url: ``webhook.url``.
        lookup: finds addresses.

    Raises:
        NoticeError: nowhere, or to a place that is never asked. No text holds the path, in which
            many services have a token.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise NoticeError(f"webhook.url: {error}") from error
    secure = parts.scheme == "https"
    if parts.scheme not in ("http", "https") or not host:
        raise NoticeError("webhook.url: it is no address of the web")
    port = port or (443 if secure else 80)
    try:
        addresses = lookup(host, port)
    except (OSError, UnicodeError) as error:
        raise NoticeError(f"{host}: {getattr(error, 'strerror', '') or error}") from error
    if not addresses:
        raise NoticeError(f"{host}: it has no address")
    for address in addresses:
        _refuse(host, address, secure=secure)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(addresses[0], host, port, secure, target)


def host_of(url: str) -> str:
    """The host in a URL, "" when there is none: all of it that people need to see."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _refuse(host: str, text: str, *, secure: bool) -> None:
    """Refuse a host as soon as one of its addresses is no place to ask."""
    address: ipaddress.IPv4Address | ipaddress.IPv6Address
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        translated = address in _TRANSLATED and ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        address = address.ipv4_mapped or translated or address
    if address.is_loopback:
        if not _names_loopback(host):
            raise NoticeError(
                f"{host} leads to {text}, this server itself; write localhost where that is meant"
            )
        return
    if not secure:
        raise NoticeError(f"{host} leads to {text}: without https only this server itself is asked")
    if (
        address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address in METADATA
        or (address.version == 4 and address.is_reserved)
    ):
        raise NoticeError(f"{host} leads to {text}, which is never asked")


def _names_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

"""What the sources know about one address: the engine's whole view of the outside world."""

from __future__ import annotations

from msgspec import Struct

from core.words import NetworkKind


class NetworkHit(Struct, frozen=True, gc=False):
    """One entry of one list that covers the address.

    Attributes:
        kind: what the list says the network is.
        label: who runs it, e.g. ``Hetzner`` or ``Spamhaus DROP``.
        entry: the entry that covers it: a prefix (``203.0.113.0/24``) or ``AS24940``.
        source: name of the list, for the evidence line.
    """

    kind: NetworkKind
    label: str
    entry: str
    source: str


class AddressFacts(Struct, frozen=True, gc=False):
    """Everything known about an address.

    Attributes:
        address: canonical text; IPv4-mapped IPv6 is unwrapped and a zone is dropped.
        version: 4 or 6; 0 when the text was no address at all.
        value: the address as an integer, 0 when it was no address.
        local: loopback, private, link-local or one of the server's own addresses.
        country: ISO 3166-1 alpha-2 code (or XK) from the first source that has an answer, ""
            when none has.
        second: the other source's answer, "" when it has none or there is no other.
        asn: number of the autonomous system that announces it, 0 when unknown.
        as_name: that system's name.
        hits: list entries that cover it, by kind: relay, cloud, anonymiser, attacker. A mail
            relay of a big provider is not also reported as that provider's cloud.
    """

    address: str
    version: int
    value: int
    local: bool = False
    country: str = ""
    second: str = ""
    asn: int = 0
    as_name: str = ""
    hits: tuple[NetworkHit, ...] = ()

"""An attacker: what is known of it for people, and until when it is refused."""

from __future__ import annotations

from msgspec import Struct


class Entry(Struct, frozen=True, gc=False):
    """An attacker that stands, or stood.

    Attributes:
        place: an address (``192.0.2.1``, IPv6 ``2001:db8::/64``), a network (``192.0.2.0/24``,
            ``2001:db8:1::/48``) or a system (``AS64500``).
        kind: "address", "network" or "system".
        since, until: from when to when it is refused, seconds since 1970.
        times: which refusal of this place it is, from 1.
        evidence: one line for people.
    """

    place: str
    kind: str
    since: float
    until: float
    times: int
    evidence: str

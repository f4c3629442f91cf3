"""An attacker as the store keeps it: known where nobody needs the store itself."""

from __future__ import annotations

from msgspec import Struct


class Attacker(Struct, frozen=True, kw_only=True):
    """An attacker that stands, or stood.

    Attributes:
        id: grows with every attacker; 0 for one that is not kept yet.
        place: an address (``192.0.2.1``, IPv6 a /64), a network or a system (``AS64500``).
        kind: "address", "network" or "system".
        since, until: from when to when it is refused, seconds since 1970.
        times: which refusal of this place it is, from 1.
        evidence: one line for people.
        released_at: when it was let go early, None when it was not.
        released_by, released_why: by whom, and why; "" when it was not.
    """

    id: int = 0
    place: str
    kind: str
    since: float
    until: float
    times: int
    evidence: str
    released_at: float | None = None
    released_by: str = ""
    released_why: str = ""

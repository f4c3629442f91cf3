"""What a search of events asks for. Says nothing of how it is found."""

from __future__ import annotations

from core.store.event import Event
from core.store.kinds import KindFilter


class EventFilter(KindFilter, frozen=True, kw_only=True):
    """Which events are wanted; what is left empty does not matter.

    Attributes:
        account: a login name in which ``*`` stands for any text, e.g. ``*@example.test``.
        domains: the only domains whose events may be seen; None for all, empty for none at all,
            which is what a visitor without domains gets.
        address: an address or a network, e.g. ``203.0.113.0/24``; what is neither finds nothing.
        countries: any of these.
        asn: number of an autonomous system, 0 for any.
        queue_id: the mail server's id of the message.
        since, until: from this second on, and before that one; None without a limit.
    """

    account: str = ""
    domains: frozenset[str] | None = None
    address: str = ""
    countries: frozenset[str] = frozenset()
    asn: int = 0
    queue_id: str = ""
    since: float | None = None
    until: float | None = None


class StoredEvent(Event, kw_only=True):
    """An event with the number that the store gave it.

    Attributes:
        id: grows with every event written.
    """

    id: int

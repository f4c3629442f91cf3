"""What a search of events asks for. Says nothing of how it is found."""

from __future__ import annotations

from msgspec import Struct

from core.store.event import Event
from core.store.kinds import Kind
from core.words import Reason, Service, Stage, Verdict


class EventFilter(Struct, frozen=True, kw_only=True):
    """Which events are wanted; what is left empty does not matter.

    Attributes:
        account: a login name in which ``*`` stands for any text, e.g. ``*@example.test``.
        domains: the only domains whose events may be seen; None for all, empty for none at all,
            which is what a visitor without domains gets.
        address: an address or a network, e.g. ``203.0.113.0/24``; what is neither finds nothing.
        countries, stages, services, verdicts, reasons: any of these.
        asn: number of an autonomous system, 0 for any.
        would: only events that a watching check would have refused.
        queue_id: the mail server's id of the message.
        since, until: from this second on, and before that one; None without a limit.
    """

    account: str = ""
    domains: frozenset[str] | None = None
    address: str = ""
    countries: frozenset[str] = frozenset()
    asn: int = 0
    stages: frozenset[Stage] = frozenset()
    services: frozenset[Service] = frozenset()
    verdicts: frozenset[Verdict] = frozenset()
    reasons: frozenset[Reason] = frozenset()
    would: bool = False
    queue_id: str = ""
    since: float | None = None
    until: float | None = None

    def asks_for_kinds(self) -> bool:
        """Whether an event's kind matters at all."""
        return bool(self.stages or self.services or self.verdicts or self.reasons or self.would)

    def takes(self, kind: Kind) -> bool:
        """Whether events of that kind are wanted."""
        return (
            (not self.stages or kind.stage in self.stages)
            and (not self.services or kind.service in self.services)
            and (not self.verdicts or kind.verdict in self.verdicts)
            and (not self.reasons or kind.reason in self.reasons)
            and (not self.would or bool(kind.would))
        )


class StoredEvent(Event, kw_only=True):
    """An event with the number that the store gave it.

    Attributes:
        id: grows with every event written.
    """

    id: int

"""The journal: events on their way from a decision to the store, in memory.

Equal verdicts of one clock minute are one event with a count, so that what is written grows with
attackers and not with their attempts. Bounded: past the limit only statistics are kept, and the
loss of detail is counted. Does no I/O; a writer takes what `drain` returns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from core.store.event import Event
from core.words import Reason, Service, Stage, Verdict

LIMIT = 12_000
"""Different events of a minute that are kept in full, those of earlier ones included that the
writer has not taken yet: two hundred a second. About 500 bytes each."""

MINUTE = 60.0

GROWTH_SECONDS = 10.0
"""How often the counts of storms are handed over; new events do not wait."""

AT_ONCE = 2_000
"""Events, and ends of storms, that are handed over at once. Each is copied while a mail server
waits for its answer, and the writer needs a kilobyte for each; the rest is taken a second later."""


class Line(Struct, eq=False, gc=False):
    """One event that may still grow.

    Attributes:
        event: its present state.
        id: the store's number, 0 while it has none.
        queued: stands in the list of lines to hand over.
        counted: how much of its count the writer has added to its totals.
        ends: when its minute ends, in seconds since 1970; it grows no more then.
    """

    event: Event
    id: int = 0
    queued: bool = True
    counted: int = 0
    ends: float = 0.0


class Batch(NamedTuple):
    """What the writer gets: lines with a copy of their state, and counts without detail.

    Attributes:
        lines: line and its event as it was; a line whose `id` is 0 is new.
        bare: (hour, stage, service, verdict, reason, country) -> count, for dropped events.
        ended: storms whose minute is over, with their final count.
    """

    lines: list[tuple[Line, Event]]
    bare: dict[tuple[int, Stage, Service, Verdict, Reason, str], int]
    ended: list[tuple[Line, Event]]


class Note(Struct, gc=False):
    """A verdict for the journal, or several equal ones; fields as in `Event`."""

    at: float
    stage: Stage
    service: Service
    verdict: Verdict
    reason: Reason
    check: str = ""
    address: str = ""
    country: str = ""
    asn: int = 0
    account: str = ""
    domain: str = ""
    would: str = ""
    queue_id: str = ""
    recipients: int = 0
    detail: str = ""
    count: int = 1


Key = tuple[str, str, str, str, str, str, str]
"""What makes two verdicts equal: stage, reason, service, address, account, would, queue_id."""


def key_of(note: Note) -> Key:
    """The note's key."""
    return (
        note.stage,
        note.reason,
        note.service,
        note.address,
        note.account,
        note.would,
        note.queue_id,
    )


class Journal:
    """Collects notes; used by one thread only.

    Args:
        limit: see `LIMIT`.
        growth: see `GROWTH_SECONDS`.
    """

    def __init__(self, limit: int = LIMIT, growth: float = GROWTH_SECONDS) -> None:
        self._limit = limit
        self._growth = growth
        self._lines: dict[Key, Line] = {}
        self._queue: list[Line] = []
        self._left = 0  # how many in the queue are of an earlier minute
        self._grown: list[Line] = []
        self._grown_at = 0.0
        self._bare: dict[tuple[int, Stage, Service, Verdict, Reason, str], int] = {}
        self._ended: list[tuple[Line, Event]] = []
        self._minute_ends = 0.0
        self.noted = 0
        self.dropped = 0
        self.listeners: list[Callable[[Event], None]] = []

    def grow(self, line: Line, at: float, recipients: int, count: int = 1) -> bool:
        """Count a verdict that an event of this minute stands for; False when it stands no more.

        The quick half of `note`, for whoever remembers what `note` returned.

        Args:
            line: the event.
            at: when the verdict fell, seconds since 1970.
            recipients: of its mail, or of all mails.
            count: how many equal verdicts are counted at once.
        """
        ends = self._minute_ends
        if line.ends != ends or not ends - 2 * MINUTE <= at < ends:
            return False
        self.noted += count
        event = line.event
        event.count += count
        event.recipients += recipients
        event.last = at
        if not line.queued:
            line.queued = True
            self._grown.append(line)
        return True

    def note(self, note: Note) -> Line | None:
        """Take one verdict; returns the event that stands for it, None without one."""
        key = key_of(note)
        line = self._lines.get(key)
        if line is not None and self.grow(line, note.at, note.recipients, note.count):
            return line
        self.noted += note.count
        if note.at >= self._minute_ends or note.at < self._minute_ends - 2 * MINUTE:
            self._begin_minute(note.at)
        if self._has_room:
            return self._open(key, note)
        self._drop(note)
        return None

    def has_room(self, at: float) -> bool:
        """Whether a new event of that time (seconds since 1970) would be kept in full."""
        return self._has_room or at >= self._minute_ends

    @property
    def _has_room(self) -> bool:
        # Events of earlier minutes take up memory, too, until the writer has taken them.
        return len(self._lines) + max(self._left, len(self._ended)) < self._limit

    def drop(self, note: Note) -> None:
        """Count verdicts without their detail, because there is no room for it."""
        self.noted += note.count
        self._drop(note)

    def _begin_minute(self, at: float) -> None:
        storms = (line for line in self._lines.values() if line.event.count > 1)
        self._ended += [(line, line.event) for line in storms]
        self._left = len(self._queue)
        self._lines.clear()
        self._minute_ends = at - at % MINUTE + MINUTE

    def _open(self, key: Key, note: Note) -> Line:
        event = Event(
            at=note.at,
            last=note.at,
            stage=note.stage,
            service=note.service,
            verdict=note.verdict,
            reason=note.reason,
            check=note.check,
            address=note.address,
            country=note.country,
            asn=note.asn,
            account=note.account,
            domain=note.domain,
            would=note.would,
            queue_id=note.queue_id,
            recipients=note.recipients,
            detail=note.detail,
            count=note.count,
        )
        line = Line(event, ends=self._minute_ends)
        self._lines[key] = line
        self._queue.append(line)
        for listener in self.listeners:
            listener(event)
        return line

    def _drop(self, note: Note) -> None:
        self.dropped += note.count
        hour = int(note.at // 3600)
        key = (hour, note.stage, note.service, note.verdict, note.reason, note.country)
        self._bare[key] = self._bare.get(key, 0) + note.count

    def drain(self, now: float, everything: bool = False) -> Batch | None:
        """What has changed since the last call, or as much of it as is handed over at once.

        Args:
            now: seconds since 1970.
            everything: leave nothing for later, storms neither: the daemon ends.

        Returns:
            The changes; None when there are none.
        """
        if now >= self._minute_ends:
            self._begin_minute(now)
        due = now >= self._grown_at + self._growth or now < self._grown_at
        if everything or due or self._ended:
            self._queue += self._grown
            self._grown = []
            self._grown_at = now
        count = len(self._queue) + len(self._ended) if everything else AT_ONCE
        lines, self._queue = self._queue[:count], self._queue[count:]
        self._left = max(0, self._left - count)
        # A storm's end is told after its beginning, which may still be in the queue.
        ends = 0 if self._queue else count
        ended, self._ended = self._ended[:ends], self._ended[ends:]
        if not lines and not self._bare and not ended:
            return None
        for line in lines:
            line.queued = False
        batch = Batch([(line, replace(line.event)) for line in lines], self._bare, ended)
        self._bare = {}
        return batch

    def finish(self, now: float) -> Batch | None:
        """Everything that is left when the daemon ends; storms of this minute end with it."""
        self._begin_minute(now)
        return self.drain(now, everything=True)

    def waiting(self) -> int:
        """Events that no writer has taken yet."""
        return len(self._queue) + len(self._grown)

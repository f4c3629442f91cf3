"""Keeps what a webhook is still to be told, over restarts and crashes.

A file of JSON lines, grown at its end and synced: an event, a failed attempt, an end. Now and then
it is written anew with what is left. Bounded: when it is full the oldest goes, and is counted.
Events of one kind leave in the order in which they came. Used by one thread; sends nothing.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from core.notify.webhook_event import WebhookEvent

NAME: Final = "webhook"
"""File in the state directory."""

MOST: Final = 1_000
"""Events that wait at most, some 500 octets each."""

LONGEST: Final = 86_400.0
"""Seconds for which an event is tried."""

FIRST_PAUSE: Final = 1.0
LAST_PAUSE: Final = 3600.0
GROWTH: Final = 3
"""The pause before the next attempt, and how much longer each further one is."""

_SLACK: Final = 200
"""Lines beyond those that count, from which on the file is written anew."""


class Waiting(Struct):
    """An event that waits.

    Attributes:
        event: what is to be told.
        since: since when it waits, seconds since 1970.
        attempts: how often it was tried.
        due: not before then.
    """

    event: WebhookEvent
    since: float
    attempts: int = 0
    due: float = 0.0


class _Line(Struct, omit_defaults=True):
    """One line: an event that came, or with `end` one that goes."""

    waiting: Waiting | None = None
    end: str = ""


_decoder = msgspec.json.Decoder(_Line)


class Outbox:
    """What waits.

    Args:
        path: the file; it is read at once, and what is damaged in it is passed over.

    Attributes:
        problem: why the file cannot be used, "" while it can. Events are kept in memory then.
        lost: how many were dropped because there were too many.
    """

    def __init__(self, path: Path, most: int = MOST) -> None:
        self._path = path
        self._most = most
        self._waiting: dict[str, Waiting] = {}
        self._lines = 0
        self.problem = ""
        self.lost = 0
        self._read()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, event: WebhookEvent, now: float) -> None:
        """Keep an event; one that is there already stays as it is."""
        if event.id in self._waiting:
            return
        while len(self._waiting) >= self._most:
            self.drop(next(iter(self._waiting)))
            self.lost += 1
        waiting = Waiting(event, now)
        self._waiting[event.id] = waiting
        self._write(_Line(waiting))

    def next(self, now: float) -> Waiting | None:
        """What is to be sent now: of each kind only the first, and of these the oldest."""
        for waiting in self._heads():
            if self._due(waiting, now) <= now:
                return waiting
        return None

    def pause(self, now: float) -> float | None:
        """Seconds until something is to be sent, None when nothing waits."""
        ends = [self._due(waiting, now) for waiting in self._heads()]
        return max(0.0, min(ends) - now) if ends else None

    def _heads(self) -> list[Waiting]:
        """The first of each kind."""
        heads: dict[str, Waiting] = {}
        for waiting in self._waiting.values():
            heads.setdefault(waiting.event.kind, waiting)
        return list(heads.values())

    def _due(self, waiting: Waiting, now: float) -> float:
        """When it is due; a clock that was set back does not make it wait longer."""
        return min(waiting.due, now + LAST_PAUSE)

    def failed(self, waiting: Waiting, now: float, wait: float = 0.0) -> bool:
        """Note a failed attempt.

        Args:
            waiting: what was sent.
            now: seconds since 1970.
            wait: seconds that the receiver asks for.

        Returns:
            Whether it was given up: it has waited for a day.
        """
        if now - waiting.since >= LONGEST:
            self.drop(waiting.event.id)
            return True
        pause = min(LAST_PAUSE, FIRST_PAUSE * float(GROWTH) ** min(waiting.attempts, 20))
        waiting.attempts += 1
        waiting.since = min(waiting.since, now)
        waiting.due = now + max(pause, wait)
        self._write(_Line(waiting))
        return False

    def drop(self, name: str) -> None:
        """Forget an event: it was taken, or given up."""
        if self._waiting.pop(name, None) is not None:
            self._write(_Line(end=name))

    def clear(self) -> None:
        """Forget all: nobody is told any more."""
        self._waiting.clear()
        self._rewrite()

    # the file

    def _read(self) -> None:
        try:
            lines = self._path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return
        except OSError as error:
            self.problem = f"what waits cannot be read: {error.strerror}"
            return
        for line in lines:
            if line:
                self._lines += 1
                self._take(line)

    def _take(self, line: bytes) -> None:
        try:
            found = _decoder.decode(line)
        except (msgspec.DecodeError, ValueError):
            return  # a crash cuts the last line short
        if found.waiting is not None:
            # All is due at once after a restart: whatever kept the receiver away may be over.
            found.waiting.due = 0.0
            self._waiting[found.waiting.event.id] = found.waiting
        else:
            self._waiting.pop(found.end, None)

    def _write(self, line: _Line) -> None:
        self._lines += 1
        if self.problem or self._lines > len(self._waiting) + _SLACK or not self._waiting:
            self._rewrite()
            return
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "ab") as file:
                file.write(_encoded(line))
                file.flush()
                os.fsync(descriptor)
        except OSError as error:
            self.problem = f"a restart would forget what waits: {error.strerror}"

    def _rewrite(self) -> None:
        """Write the file anew with what counts."""
        fresh = self._path.with_name(f"{self._path.name}.new")
        try:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.writelines(_encoded(_Line(each)) for each in self._waiting.values())
                file.flush()
                os.fsync(descriptor)
            fresh.replace(self._path)
        except OSError as error:
            self.problem = f"a restart would forget what waits: {error.strerror}"
            return
        self._lines = len(self._waiting)
        self.problem = ""


def _encoded(line: _Line) -> bytes:
    # The first new line ends what a crash may have cut short.
    return b"\n" + msgspec.json.encode(line, enc_hook=_plain) + b"\n"


def _plain(value: Any) -> str:
    """Details that are no plain JSON are told as text, rather than lose the event."""
    return str(value)

"""The daemon's events as they fall, from the stream that `mailward events --follow` shows.

A reader in a thread of its own, so that a test need not wait for the store.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from core.errors import ControlError, DaemonUnreachable
from core.store.event import Event

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.control import Control

PATIENCE = 20.0
"""Seconds to wait for an event; the usual wait is a millisecond."""


class EventFeed:
    """Collects the events of a daemon, over all its lives."""

    def __init__(self, control: Control) -> None:
        """control: the daemon's control socket; `follow` connects."""
        self._control = control
        self._events: list[Event] = []
        self._changed = threading.Condition()

    def follow(self) -> None:
        """Follow a daemon that has been started, until it ends."""
        threading.Thread(target=self._read, daemon=True).start()

    def await_true(self, condition: Callable[[list[Event]], bool], seconds: float) -> bool:
        """Whether the condition holds for all events so far, within a time."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(self._events), seconds)

    def find(self, **wanted: str) -> list[Event]:
        """The events with these values, oldest first."""
        with self._changed:
            return [event for event in self._events if fits(event, wanted)]

    def _read(self) -> None:
        # the end of the daemon is the end of the stream, however it comes
        with suppress(DaemonUnreachable, ControlError):
            for line in self._control.follow():
                event = msgspec.convert(line, Event)
                with self._changed:
                    self._events.append(event)
                    self._changed.notify_all()


def fits(event: Event, wanted: dict[str, Any]) -> bool:
    """Whether an event has these values."""
    return all(getattr(event, name) == value for name, value in wanted.items())

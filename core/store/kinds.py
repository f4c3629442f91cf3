"""The kinds of events: the few hundred combinations of words that events share.

A kind is written once and never changes or goes away, so every process may remember all of them.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple, TypeVar, cast

from msgspec import Struct
from sqlalchemy import Connection, select

from core.store.database import Database
from core.store.event import Event
from core.store.schema import kinds
from core.words import BLOCKED_REASONS, Reason, Service, Stage, Verdict

_INSERT: Final = (
    "INSERT INTO kinds (stage, service, verdict, reason, check_name, would) "
    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)


Word = TypeVar("Word", bound=StrEnum)


class Kind(NamedTuple):
    """What events of one kind share; fields as in `core.store.event.Event`."""

    stage: Stage
    service: Service
    verdict: Verdict
    reason: Reason
    check: str = ""
    would: str = ""


class KindFilter(Struct, frozen=True, kw_only=True):
    """Which kinds are wanted: the part that all filters share; what is empty does not matter.

    Attributes:
        stages, services, verdicts, reasons: any of these.
        would: only what a watching check would have refused; `reasons` are then those for which it
            would have, too.
    """

    stages: frozenset[Stage] = frozenset()
    services: frozenset[Service] = frozenset()
    verdicts: frozenset[Verdict] = frozenset()
    reasons: frozenset[Reason] = frozenset()
    would: bool = False

    def asks_for_kinds(self) -> bool:
        """Whether the kind matters at all."""
        return bool(self.stages or self.services or self.verdicts or self.reasons or self.would)

    def takes(self, kind: Kind) -> bool:
        """Whether that kind is wanted."""
        return (
            (not self.stages or kind.stage in self.stages)
            and (not self.services or kind.service in self.services)
            and (not self.verdicts or kind.verdict in self.verdicts)
            and (not self.reasons or kind.reason in self.reasons or self._would_for(kind))
            and (not self.would or bool(kind.would))
        )

    def _would_for(self, kind: Kind) -> bool:
        """Whether it was let in, and would have been refused for a wanted reason."""
        return self.would and kind.would in self.reasons


AFTER_PASSWORD: Final = frozenset({Service.SUBMISSION, Service.SMTPS, Service.SMTP, Service.LOCAL})
"""Services whose question at stage auth comes when the password was right. At the others it comes
before, and the mail server reports afterwards how it went."""


class Outcome(StrEnum):
    """What came of a question, as counts tell it: every event is exactly one of these.

    `ALLOWED` went through without a word against it, `WATCHED` though a check that only watches was
    against it. `BLOCKED` was refused because its account is, `REFUSED` for anything else. `FAILED`
    is a wrong password.
    """

    ALLOWED = "allowed"
    WATCHED = "watched"
    REFUSED = "refused"
    BLOCKED = "blocked"
    FAILED = "failed"


PASSED: Final = frozenset({Outcome.ALLOWED, Outcome.WATCHED})


def outcome(verdict: str, reason: str, would: str) -> Outcome:
    """What came of a question.

    Args:
        verdict, reason, would: as of a kind; words that only another version knows will do.
    """
    if verdict != Verdict.ALLOW:
        return Outcome.BLOCKED if reason in BLOCKED_REASONS else Outcome.REFUSED
    if reason == Reason.LOGIN_FAILED:
        return Outcome.FAILED
    return Outcome.WATCHED if would else Outcome.ALLOWED


def is_login(kind: Kind | Event) -> bool:
    """Whether such an event is a login that came through: not refused, and no mere guess."""
    return (
        kind.stage is Stage.AUTH
        and kind.verdict is Verdict.ALLOW
        and kind.reason is not Reason.LOGIN_FAILED
        and (not kind.would or kind.service in AFTER_PASSWORD)
    )


def is_refused_login(kind: Kind | Event) -> bool:
    """Whether such an event is a login that was refused, whatever its password."""
    return kind.stage is Stage.AUTH and kind.verdict is not Verdict.ALLOW


def is_sent(kind: Kind | Event) -> bool:
    """Whether such an event is a mail that was accepted."""
    return kind.stage is Stage.SEND and kind.verdict is Verdict.ALLOW


def kind_of(event: Event) -> Kind:
    """The event's kind."""
    return Kind(event.stage, event.service, event.verdict, event.reason, event.check, event.would)


class Kinds:
    """All kinds of one database and their numbers. Threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._guard = threading.Lock()
        self._generation = -1
        self._numbers: dict[Kind, int] = {}
        self._kinds: dict[int, Kind] = {}

    def numbers(self, wanted: Sequence[Kind]) -> list[int]:
        """The number of each of the kinds.

        New ones are written in a transaction of their own, so that what is remembered here is
        certainly in the database.

        Raises:
            StoreError: a new kind could not be written.
        """
        self._database.make_ready()
        with self._guard:
            self._forget_if_replaced()
            missing = set(wanted).difference(self._numbers)
            if missing:
                with self._database.writing() as connection:
                    self._database.many(connection, _INSERT, sorted(missing))
                    self._read(connection)
            return [self._numbers[kind] for kind in wanted]

    def known(self, connection: Connection) -> dict[int, Kind]:
        """All kinds that the connection sees, by number."""
        with self._guard:
            self._forget_if_replaced()
            self._read(connection)
            return self._kinds

    def remembered(self) -> dict[int, Kind]:
        """All kinds that `numbers` has returned, and maybe more, by number."""
        return self._kinds

    def _forget_if_replaced(self) -> None:
        if self._generation != self._database.generation:
            self._generation = self._database.generation
            self._numbers = {}
            self._kinds = {}

    def _read(self, connection: Connection) -> None:
        newest = max(self._kinds, default=0)
        fresh = connection.execute(select(kinds).where(kinds.c.id > newest)).all()
        if not fresh:
            return
        found = {
            row.id: Kind(
                _word(Stage, row.stage),
                _word(Service, row.service),
                _word(Verdict, row.verdict),
                _word(Reason, row.reason),
                row.check_name,
                row.would,
            )
            for row in fresh
        }
        # Replaced whole: another thread may be walking through the earlier ones.
        self._kinds = self._kinds | found
        self._numbers = {kind: number for number, kind in self._kinds.items()}


def _word(words: type[Word], text: str) -> Word:
    """The word; a word that only another version of Mailward knows stays plain text."""
    try:
        return words(text)
    except ValueError:
        return cast("Word", text)

"""The store as others see it: one object with a part for each noun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

from core.errors import StoreError
from core.store import exchange
from core.store.account_list import AccountList
from core.store.account_past import AccountPast
from core.store.attackers import AttackerHistory
from core.store.audit import Audit
from core.store.blocks import BlockHistory
from core.store.counts import HOUR, Counts
from core.store.damage import damage
from core.store.database import Database
from core.store.event import Event
from core.store.events import Change, Events
from core.store.good_pairs import GoodPairs
from core.store.habits import Habits
from core.store.kinds import Kind, Kinds, kind_of
from core.store.list_hits import ListHistory
from core.store.preferences import Preferences
from core.store.preparation import Preparation
from core.store.rank_sums import RankSums
from core.store.rankings import Rankings
from core.store.replays import Replays
from core.store.retention import Retention
from core.store.settings import StoredSettings
from core.store.signals import SignalHistory
from core.store.statistics import Statistics
from core.store.tokens import Tokens
from core.words import Reason, Service, Stage, Verdict

BareCounts = Mapping[tuple[int, Stage, Service, Verdict, Reason, str], int]
"""Verdicts that are only counted: (hour since 1970, stage, service, verdict, reason, country)."""


class Store:
    """An open store. Threads and processes may use one at the same time.

    Attributes:
        events: written by `record`, found by any field.
        statistics: counts per hour and day, written by `record`.
        settings: what people set, by scope.
        audit: who changed what.
        blocks: the history of send blocks.
        signals: what made accounts look stolen.
        past: from where an account is known, and what it has sent.
        habits: who logs in from where, written by `record`.
        attackers: the history of those who guessed passwords.
        good_pairs: which account is at home in which network.
        list_hits: what each list of attackers would have refused.
        rankings: the busiest addresses, networks, accounts, domains and countries.
        accounts: the mailboxes that events speak of.
        preferences: how people like the pages.
        tokens: with which programs use the JSON interface.
        replays: old logs that were counted.
        retention: forgets what is old, and sums up what is over.
    """

    def __init__(self, database: Database, preparation: Preparation) -> None:
        self._database = database
        self._preparation = preparation
        self._generation = database.generation
        self._kinds = Kinds(database)
        self.events = Events(database, self._kinds)
        self.statistics = Statistics(database, self._kinds)
        self.settings = StoredSettings(database)
        self.audit = Audit(database)
        self.blocks = BlockHistory(database)
        self.signals = SignalHistory(database)
        self.past = AccountPast(database, self._kinds)
        self.habits = Habits(database)
        self.attackers = AttackerHistory(database)
        self.good_pairs = GoodPairs(database)
        self.list_hits = ListHistory(database)
        self.rankings = Rankings(database, self._kinds)
        self.accounts = AccountList(database)
        self.preferences = Preferences(database)
        self.tokens = Tokens(database)
        self.replays = Replays(database, self._kinds)
        self.retention = Retention(database, RankSums(database, self._kinds))

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the store and bring its tables up to date; make it when it is missing.

        A SQLite file that is damaged is set aside under another name and replaced by a new one,
        with the settings that could still be read; `problem` then says so.

        Args:
            url: ``sqlite:////path/of/file`` or ``postgresql://user:password@host/name``.

        Raises:
            StoreError: it cannot be opened; the text says why.
        """
        preparation = Preparation()
        database = Database(url, preparation)
        database.make_ready()
        return cls(database, preparation)

    @property
    def problem(self) -> str:
        """What was wrong with the store when it was opened, "" when it was sound."""
        return self._preparation.problem

    @property
    def url(self) -> str:
        """Where the store is, without the password."""
        return self._database.url

    def check(self) -> str:
        """Read all of a SQLite file and say what is wrong with it, "" when nothing is.

        Takes seconds for each gigabyte. PostgreSQL looks after its own files.
        """
        path = self._database.path
        return "" if path is None else damage(path, thorough=True)

    def examine(self) -> None:
        """Look quickly for damage that nothing has met yet, and have a damaged file replaced.

        SQLite goes on with what it has in memory while its file is overwritten or cut off.

        Raises:
            StoreError: the file cannot be read.
        """
        self._database.examine()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def record(
        self,
        inserts: Sequence[Event],
        changes: Sequence[Change] = (),
        bare: BareCounts | None = None,
    ) -> list[int]:
        """Write what has happened since the last time, events and their counts together.

        Args:
            inserts: new events.
            changes: events that were written before and have grown.
            bare: verdicts that were counted without an event.

        Returns:
            The numbers of the new events, in their order.

        Raises:
            StoreError: nothing was written; the same call may be made again later.
        """
        bare = bare or {}
        numbers = self._kinds.numbers([*map(kind_of, inserts), *(Kind(*key[1:5]) for key in bare)])
        kinds, bare_kinds = numbers[: len(inserts)], numbers[len(inserts) :]
        fresh = self.events.accounts.fresh(inserts)
        generation = self._database.generation
        with self._database.writing() as connection:
            if generation != self._database.generation:
                raise StoreError("the store was replaced by another just now; write again")
            if generation != self._generation:  # they were written to the one before
                changes = ()
            ids = self.events.insert(connection, inserts, kinds)
            kinds_known = self._kinds.known(connection) if changes else self._kinds.remembered()
            counts = Counts(kinds_known)
            for event, kind in zip(inserts, kinds, strict=True):
                counts.add(
                    event.at,
                    kind,
                    country=event.country,
                    domain=event.domain,
                    account=event.account,
                    last=event.last,
                    count=event.count,
                    recipients=event.recipients,
                )
            for key, kind in zip(bare, bare_kinds, strict=True):
                counts.add_bare(key[0] * HOUR, kind, country=key[5], count=bare[key])
            self.events.grow(connection, changes, counts)
            counts.write(self._database, connection)
            self.events.accounts.note(connection, fresh)
        self.events.accounts.noted(fresh)
        self._generation = generation
        return ids

    def write(self, inserts: Sequence[Event]) -> list[int]:
        """Write new events; see `record`."""
        return self.record(inserts)

    def bump(self, changes: Sequence[Change]) -> None:
        """Bring events up to date that have grown; see `record`."""
        self.record((), changes)

    def export(self) -> bytes:
        """All settings as one JSON document; see `core.store.exchange`."""
        return exchange.export(self.settings)

    def import_(self, payload: bytes, who: str, at: float, check: exchange.Check) -> list[int]:
        """Set everything as an exported document says; see `core.store.exchange`."""
        return exchange.import_(self.settings, payload, who, at, check)

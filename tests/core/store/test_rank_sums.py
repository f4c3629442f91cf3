"""Slots are summed up once, when they are over, the newest first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import select

from core.store import schema
from core.store.database import Database
from core.store.kinds import Kind, Kinds
from core.store.preparation import Preparation
from core.store.rank_sums import LATE, RankSums, Where, from_sums, is_ranked, summed_up
from core.store.schema import SLOT
from core.store.store import Store
from core.words import Reason, Service, Stage, Verdict
from tests.core.store.samples import NOON, event

FIRST = int(NOON // SLOT)


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    """With an event in each of three slots, and one that is not over."""
    with closing(Store.open(store_url)) as store:
        store.record(
            [event(at=NOON + n * SLOT, last=NOON + n * SLOT, count=n + 1) for n in range(4)]
        )
    with closing(Database(store_url, Preparation())) as opened:
        yield opened


def test_slots_are_summed_up_the_newest_first(database: Database) -> None:
    sums = RankSums(database, Kinds(database))
    now = (FIRST + 3) * SLOT + LATE
    found = []
    more = True
    while more:
        more = sums.step(now)
        with database.reading() as connection:
            found.append(sorted(summed_up(connection, range(FIRST, FIRST + 9))))
    assert found == [[FIRST + 2], [FIRST + 1, FIRST + 2], [FIRST, FIRST + 1, FIRST + 2]]
    assert not sums.step(now)
    with database.reading() as connection:
        kinds = [row.id for row in connection.execute(select(schema.kinds.c.id))]
        slots = range(FIRST, FIRST + 3)
        whole = from_sums(connection, slots, "address", kinds)
        assert whole == [("203.0.113.7", 6, 3, NOON + 2 * SLOT)]
        assert whole == Where(slots, "address", kinds).read(connection)


def test_events_that_come_late_are_waited_for(database: Database) -> None:
    sums = RankSums(database, Kinds(database))
    assert not sums.step((FIRST + 1) * SLOT + LATE - 1)
    with database.reading() as connection:
        assert summed_up(connection, range(FIRST, FIRST + 9)) == set()


def test_another_process_may_be_quicker(database: Database) -> None:
    now = (FIRST + 1) * SLOT + LATE
    first, second = (RankSums(database, Kinds(database)) for _ in range(2))
    with database.reading() as connection:
        rows = second._rows(connection, FIRST)
    first.step(now)
    with database.writing() as connection:
        second._write(connection, FIRST, rows)
    with database.reading() as connection:
        fields = connection.scalars(select(schema.ranks.c.field)).all()
    assert sorted(fields) == ["", "address", "asn"]


def test_nothing_is_summed_up_where_nothing_is(store_url: str) -> None:
    with closing(Database(store_url, Preparation())) as database:
        assert not RankSums(database, Kinds(database)).step(NOON)


@pytest.mark.parametrize(
    ("field", "kind", "ranked"),
    [
        ("address", Kind(Stage.CONNECT, Service.SMTP, Verdict.DENY, Reason.COUNTRY), True),
        ("address", Kind(Stage.SEND, Service.SMTP, Verdict.ALLOW, Reason.NOTHING_AGAINST), False),
        ("account", Kind(Stage.SEND, Service.SMTP, Verdict.ALLOW, Reason.NOTHING_AGAINST), True),
        ("account", Kind(Stage.SEND, Service.SMTP, Verdict.DEFER, Reason.SEND_LIMIT), True),
        ("account", Kind(Stage.AUTH, Service.IMAP, Verdict.ALLOW, Reason.LOGIN_OK), False),
        ("account", Kind(Stage.AUTH, Service.IMAP, Verdict.ALLOW, Reason.LOGIN_FAILED), True),
    ],
)
def test_what_is_ranked(field: str, kind: Kind, ranked: bool) -> None:
    assert is_ranked(field, kind) is ranked

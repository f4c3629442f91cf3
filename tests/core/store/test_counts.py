"""Every count of one transaction arrives in every table that keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import Table, func, select

from core.store import schema
from core.store.counts import Counts
from core.store.database import Database
from core.store.kinds import Kind
from core.store.preparation import Preparation
from core.store.weeks import names
from core.words import Reason, Service, Stage, Verdict
from tests.core.store.samples import DAY, HOUR, NOON

LOGIN, REFUSED, SENT = 1, 2, 3
KINDS = {
    LOGIN: Kind(Stage.AUTH, Service.IMAPS, Verdict.ALLOW, Reason.LOGIN_OK),
    REFUSED: Kind(Stage.AUTH, Service.IMAPS, Verdict.DENY, Reason.COUNTRY),
    SENT: Kind(Stage.SEND, Service.SMTPS, Verdict.ALLOW, Reason.NOTHING_AGAINST),
}


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    with closing(Database(store_url, Preparation())) as opened:
        opened.make_ready()
        yield opened


def write(database: Database, *added: dict[str, Any]) -> None:
    counts = Counts(KINDS)
    for fields in added:
        known: dict[str, Any] = {
            "at": NOON,
            "kind": LOGIN,
            "country": "DE",
            "domain": "a.test",
            "account": "ann@a.test",
            "last": fields.get("at", NOON),
            "count": 1,
            "recipients": 0,
        }
        counts.add(**(known | fields))
    with database.writing() as connection:
        counts.write(database, connection)


def total(database: Database, table: Table, count: str = "tally") -> int:
    columns = [table.c[name] for name in names(count)] if "week" in table.c else [table.c[count]]
    with database.reading() as connection:
        return sum(
            int(connection.execute(select(func.coalesce(func.sum(column), 0))).scalar_one())
            for column in columns
        )


COUNTED = (
    schema.hourly,
    schema.daily,
    schema.domain_hourly,
    schema.domain_weekly,
    schema.domain_countries,
)


def test_each_table_has_the_same_sums(database: Database) -> None:
    lines: list[dict[str, Any]] = [
        {"at": NOON + n * 5 * HOUR, "kind": kind, "country": country, "count": n, "recipients": 1}
        for n in range(1, 40)
        for kind in KINDS
        for country in ("DE", "AT")
    ]
    write(database, *lines)
    write(database, *lines)
    for table in COUNTED:
        assert total(database, table) == 2 * sum(line["count"] for line in lines)
        assert total(database, table, "recipients") == 2 * len(lines)


def test_what_has_no_domain_counts_for_the_server_alone(database: Database) -> None:
    write(database, {"domain": "", "account": ""})
    assert [total(database, table) for table in COUNTED] == [1, 1, 0, 0, 0]
    assert total(database, schema.habits) == 0


def test_only_logins_are_habits(database: Database) -> None:
    write(
        database,
        {"count": 3},
        {"count": 2, "last": NOON + 50},
        {"count": 5, "kind": REFUSED, "at": NOON + DAY},
        {"count": 7, "kind": SENT},
    )
    query = select(schema.habits).order_by(schema.habits.c.refused)
    with database.reading() as connection:
        rows = connection.execute(query).all()
    assert [(row.refused, row.account, row.country, row.last) for row in rows] == [
        (0, "ann@a.test", "DE", NOON + 50),
        (1, "ann@a.test", "DE", NOON + DAY),
    ]
    weekday = int(NOON // DAY) % 7
    assert getattr(rows[0], f"tally{weekday}") == 5
    assert getattr(rows[1], f"tally{weekday + 1}") == 5


def test_bare_verdicts_count(database: Database) -> None:
    counts = Counts(KINDS)
    counts.add_bare(NOON, REFUSED, country="KP", count=12)
    with database.writing() as connection:
        counts.write(database, connection)
    assert [total(database, table) for table in COUNTED] == [12, 12, 0, 0, 0]

"""The index that is named is the one that is used."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from core.store.database import Database
from core.store.event_index import Bare, indexed
from core.store.preparation import Preparation
from core.store.schema import events
from core.store.store import Store
from tests.core.store.samples import event


@pytest.mark.parametrize("name", ["events_kind", "events_country", "events_address"])
def test_sqlite_uses_the_index(sqlite_path: Path, name: str) -> None:
    with (
        closing(Database(f"sqlite:///{sqlite_path}", Preparation())) as database,
        database.reading() as connection,
    ):
        query = indexed(connection, select(Bare.id).where(Bare.slot == 1), name)
        sql = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
        (step,) = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all()
    assert f"INDEX {name} (" in step.detail


def test_columns_are_those_of_the_table(store_url: str) -> None:
    with closing(Store.open(store_url)) as store:
        store.record([event()])
    names = [name for name in vars(Bare) if not name.startswith("_")]
    with (
        closing(Database(store_url, Preparation())) as database,
        database.reading() as connection,
    ):
        bare = indexed(connection, select(*(getattr(Bare, name) for name in names)), "events_at")
        whole = select(*(events.c[name] for name in names))
        assert connection.execute(bare).all() == connection.execute(whole).all()

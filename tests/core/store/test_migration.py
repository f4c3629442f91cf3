"""The steps lead from nothing to the tables that the code expects, or say why not."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import OperationalError

from core.errors import StoreError
from core.store.database import Database
from core.store.habits import HabitFilter
from core.store.migration import HEAD, migrate, version
from core.store.preparation import Preparation
from core.store.schema import SLOT, metadata
from core.store.statistics import StatisticsFilter, Total
from core.store.store import Store
from tests.core.store.samples import DAY, HOUR, NOON


def script_directory() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", "core.store:migrations")
    return ScriptDirectory.from_config(config)


def test_head_is_the_last_step() -> None:
    assert script_directory().get_heads() == [HEAD]


def test_steps_are_numbered_in_order() -> None:
    """Older and newer are told apart by comparing the numbers as text."""
    numbers = [step.revision for step in script_directory().walk_revisions()]
    assert numbers == sorted(numbers, reverse=True)
    assert {len(number) for number in numbers} == {4}


def test_the_steps_lead_to_the_schema(store_url: str) -> None:
    with (
        closing(Database(store_url, lambda _: None)) as database,
        database.unprepared_writing() as connection,
    ):
        upgrade(connection, "head")
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_an_empty_database_gets_at_once_what_the_steps_make(store_url: str) -> None:
    """Tables, indexes and rows, down to where Alembic keeps the step: the next goes on there."""
    made = []
    for make in (migrate, lambda connection: upgrade(connection, "head")):
        with (
            closing(Database(store_url, lambda _: None)) as database,
            database.unprepared_writing() as connection,
        ):
            make(connection)
            made.append(contents(connection))
            assert MigrationContext.configure(connection).get_current_revision() == HEAD
            for table in inspect(connection).get_table_names():
                connection.execute(text(f"DROP TABLE {table}"))
    at_once, by_steps = made
    assert at_once == by_steps
    assert {"alembic_version", "compatibility", *metadata.tables} == at_once.keys()


def contents(connection: Connection) -> dict[str, object]:
    """All that there is, by table."""
    looked = inspect(connection)
    found: dict[str, object] = {}
    for table in looked.get_table_names():
        columns = [
            (each["name"], str(each["type"]), each["nullable"], each["default"])
            for each in looked.get_columns(table)
        ]
        indexes = [
            (
                each["name"],
                *(each["column_names"], each["unique"]),
                {name: str(value) for name, value in each.get("dialect_options", {}).items()},
            )
            for each in looked.get_indexes(table)
        ]
        others = [looked.get_pk_constraint(table), looked.get_unique_constraints(table)]
        rows = [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))]
        found[table] = columns, sorted(indexes), others, looked.get_foreign_keys(table), rows
    return found


def test_tables_without_a_step_are_not_taken_for_an_empty_database(sqlite_path: Path) -> None:
    """Nobody knows what they are; the steps say so, and change nothing."""
    url = f"sqlite:///{sqlite_path}"
    with closing(Database(url, lambda _: None)) as database:
        with database.unprepared_writing() as connection:
            connection.execute(text("CREATE TABLE events (something TEXT)"))
        with (
            pytest.raises(OperationalError, match="already exists"),
            database.unprepared_writing() as connection,
        ):
            migrate(connection)
        with database.unprepared_reading() as connection:
            assert version(connection) == ""


def test_the_steps_say_in_sqlite_what_the_schema_says(sqlite_path: Path) -> None:
    """What the comparison above does not see: partial indexes, tables without row numbers."""
    with (
        closing(Database(f"sqlite:///{sqlite_path}", lambda _: None)) as database,
        database.unprepared_writing() as connection,
    ):
        upgrade(connection, "head")
        made = definitions(connection)
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        expected = definitions(connection)
    engine.dispose()
    assert {name: sql for name, sql in made.items() if "alembic" not in sql} == expected


def definitions(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    return {row.name: " ".join(row.sql.split()) for row in rows}


def test_a_second_time_there_is_nothing_to_do(store_url: str) -> None:
    with closing(Database(store_url, Preparation())) as database:
        with database.writing() as connection:
            migrate(connection)
        with database.reading() as connection:
            assert version(connection) == HEAD


def test_a_database_of_a_newer_version_is_left_alone(store_url: str) -> None:
    with (
        closing(Database(store_url, Preparation())) as database,
        database.writing() as connection,
    ):
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("DROP TABLE compatibility"))
    with (
        closing(Database(store_url, Preparation())) as database,
        pytest.raises(StoreError, match=r"newer version of Mailward .*step 9999"),
    ):
        database.make_ready()


@pytest.mark.parametrize(("oldest", "fits"), [(HEAD, True), ("0001", True), ("9998", False)])
def test_a_newer_store_that_only_grew_is_used(store_url: str, oldest: str, fits: bool) -> None:
    """E12: an upgrade went back to the release before; its successor has said who can read it."""
    with (
        closing(Database(store_url, Preparation())) as database,
        database.writing() as connection,
    ):
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("UPDATE compatibility SET oldest = :oldest"), {"oldest": oldest})
        connection.execute(text("ALTER TABLE list_hits ADD COLUMN later INTEGER DEFAULT 7"))
    if fits:
        with closing(Store.open(store_url)) as store:
            store.list_hits.add({(20_000, "drop"): (1, 0)})
            (hits,) = store.list_hits.since(0)["drop"]
            assert (hits.passed, hits.failed) == (1, 0)
        with (
            closing(Database(store_url, Preparation())) as database,
            database.reading() as connection,
        ):
            assert version(connection) == "9999"
    else:
        with (
            closing(Database(store_url, Preparation())) as database,
            pytest.raises(StoreError, match="newer version of Mailward"),
        ):
            database.make_ready()


def test_steps_since_then_only_add_or_say_who_can_still_read() -> None:
    """What would take the store away from the release before is said in the step itself."""
    for step in script_directory().walk_revisions():
        if step.revision > "0010":
            source = Path(step.path).read_text("utf-8")
            breaking = re.search(r"drop_|alter_|rename_|nullable=False(?!.*server_default)", source)
            assert breaking is None or "compatibility" in source, step.path


def test_an_empty_database_has_no_version(sqlite_path: Path) -> None:
    engine = create_engine(f"sqlite:///{sqlite_path}")
    with engine.connect() as connection:
        assert version(connection) == ""
    engine.dispose()


def test_a_store_that_is_new_or_up_to_date_does_not_load_alembic(sqlite_path: Path) -> None:
    """It would cost the daemon memory and time, at every start or until the next."""
    url = f"sqlite:///{sqlite_path}"
    program = (
        "import sys; from core.store.store import Store; "
        f"Store.open({url!r}).close(); print('alembic' in sys.modules)"
    )
    for _ in ("new", "up to date"):
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        assert done.stdout == "False\n"


def test_what_was_recorded_before_is_counted_in_new_ways(store_url: str) -> None:
    """The steps fill what they add from the events and counts that are there."""
    with closing(Database(store_url, lambda _: None)) as database:
        with database.unprepared_writing() as connection:
            upgrade(connection, "0001")
        with database.unprepared_writing() as connection:
            _record_in_the_first_shape(connection)
    with closing(Store.open(store_url)) as store:
        found = store.habits.find(HabitFilter(since=NOON - DAY, until=NOON + 30 * DAY))
        assert [(h.account, h.country, h.logins, h.refused) for h in found] == [
            ("ann@a.test", "DE", 20, 20)
        ]
        assert [(one.name, one.proven) for one in store.accounts.find()] == [
            ("ann@a.test", NOON - 12 * HOUR + 19 * DAY)
        ]
        wanted = StatisticsFilter(
            since=NOON - DAY, until=NOON + 30 * DAY, domains=frozenset({"a.test"})
        )
        assert store.statistics.totals(wanted, ["country", "verdict"]) == [
            Total(("DE", "allow"), 20, 40)
        ]
        assert store.statistics.totals(wanted, ["verdict"]) == [Total(("allow",), 20, 40)]
        assert [t.count for t in store.statistics.totals(wanted, ["day"])] == [1] * 20


def upgrade(connection: Connection, step: str) -> None:
    config = Config()
    config.set_main_option("script_location", "core.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, step)


def _record_in_the_first_shape(connection: Connection) -> None:
    """A login, a guess and a refusal on each of twenty days."""
    kind = "INSERT INTO kinds VALUES (:id, 'auth', 'imaps', :verdict, :reason, '', '')"
    kinds = [("allow", "login_ok"), ("allow", "login_failed"), ("deny", "country")]
    for number, (verdict, reason) in enumerate(kinds, 1):
        values = {"id": number, "verdict": verdict, "reason": reason}
        connection.execute(text(kind), values)
    event = (
        "INSERT INTO events (at, last, tally, slot, kind, address, country, asn, account, domain, "
        "queue_id, recipients, detail) VALUES (:at, :at, 1, :slot, :kind, :address, 'DE', 0, "
        ":account, 'a.test', '', 0, '')"
    )
    daily = "INSERT INTO domain_daily VALUES (:day, 'a.test', 1, 'DE', 1, 2)"
    for day in range(20):
        at = NOON + day * DAY
        for number, account in ((1, "ann@a.test"), (2, "guess@a.test"), (3, "ann@a.test")):
            values = {"at": at, "slot": int(at // SLOT), "kind": number, "account": account}
            connection.execute(text(event), values | {"address": bytes(16)})
        connection.execute(text(daily), {"day": int(at // DAY)})
    for name in ("ann@a.test", "guess@a.test"):
        values = {"name": name, "day": int(NOON // DAY) + 19}
        connection.execute(text("INSERT INTO accounts VALUES (:name, 'a.test', :day)"), values)

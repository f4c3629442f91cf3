"""Brings the tables to the shape that this version expects.

Alembic takes the steps, and is only loaded for a store that an older version has made: it costs a
fifth of the daemon's memory and start. An empty database gets the newest tables at once.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    insert,
    inspect,
    text,
)

from core.errors import StoreError
from core.store.schema import compatibility, metadata

HEAD = "0010"
"""The newest step in `core.store.migrations.versions`."""

OLDEST = "0010"
"""The oldest step whose program can use the tables of the newest; as the steps write it down."""

_marks = MetaData()
_versions = Table(
    "alembic_version",
    _marks,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Where Alembic keeps the step that a database is at, as it makes it itself."""


def version(connection: Connection) -> str:
    """The step that the database is at, "" for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found or "")


def is_usable(connection: Connection) -> bool:
    """Whether the tables are as this version needs them, or newer and fit for it all the same."""
    present = version(connection)
    return present == HEAD or (present > HEAD and "" < _oldest(connection) <= HEAD)


def _oldest(connection: Connection) -> str:
    """The oldest step whose program can use the tables, as a newer one has written it down."""
    if not inspect(connection).has_table("compatibility"):
        return ""
    return str(connection.execute(text("SELECT max(oldest) FROM compatibility")).scalar() or "")


def migrate(connection: Connection) -> None:
    """Run the steps that are missing, inside the connection's transaction.

    Raises:
        StoreError: a newer version of Mailward has changed the tables so that this one cannot use
            them any more.
    """
    if is_usable(connection):
        return
    present = version(connection)
    if present > HEAD:
        raise StoreError(
            f"the store was made by a newer version of Mailward (its tables are at step {present}, "
            f"this version knows {HEAD}). Install that version, or name another store"
        )
    if not present and not _has_tables(connection):
        _make(connection)
        return
    from alembic import command  # noqa: PLC0415  # see the module's docstring
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "core.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _has_tables(connection: Connection) -> bool:
    ours = {*metadata.tables, *_marks.tables}
    return not ours.isdisjoint(inspect(connection).get_table_names())


def _make(connection: Connection) -> None:
    """Make the newest tables, as all steps together do."""
    if connection.dialect.name == "postgresql":
        for index in (each for table in metadata.tables.values() for each in table.indexes):
            partly = index.dialect_options["sqlite"]["where"]
            index.dialect_options["postgresql"]["where"] = partly
    metadata.create_all(connection, checkfirst=False)
    _marks.create_all(connection, checkfirst=False)
    connection.execute(insert(compatibility), {"oldest": OLDEST})
    connection.execute(insert(_versions), {"version_num": HEAD})

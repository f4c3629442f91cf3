"""Brings the tables to the shape that this version expects.

Alembic does it, and is only loaded when there is something to do: it costs a fifth of the daemon's
memory and start.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from core.errors import StoreError

HEAD = "0010"
"""The newest step in `core.store.migrations.versions`."""


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
    from alembic import command  # noqa: PLC0415  # see the module's docstring
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "core.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")

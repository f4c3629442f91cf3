"""Settings as people set them, scope by scope; what a scope does not set is inherited.

Values are JSON; what is legal is `core.settings`' business and checked before it comes here. Every
change writes its audit entry in the same transaction and waits for the disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, delete, func, insert, select, update

from core.errors import StoreChanged, StoreError
from core.store.audit import StoredScope, add_entry, entry_of
from core.store.database import Database
from core.store.schema import audit, settings
from core.store.text import storable

Values = Mapping[str, Any]
"""Values by the setting's name; None to inherit."""

_s = settings.c


class StoredSettings:
    """The settings of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[StoredScope, dict[str, Any]]:
        """Everything that is set, by scope.

        Raises:
            StoreError: the store cannot be read.
        """
        found: dict[StoredScope, dict[str, Any]] = {}
        with self._database.reading() as connection:
            for row in connection.execute(select(settings).order_by(*settings.primary_key)):
                values = found.setdefault((row.level, row.scope), {})
                values[row.name] = _value(row.value)
        return found

    def revision(self) -> int:
        """A number that grows with every change: what a reader compares to see whether to reload.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._database.reading() as connection:
            return connection.execute(select(func.max(audit.c.id))).scalar() or 0

    def change(
        self, scope: StoredScope, values: Values, who: str, at: float, why: str = ""
    ) -> list[int]:
        """Set values of one scope, all or none.

        Args:
            scope: where.
            values: by name; None lets the scope inherit again.
            who: who does it, for the audit.
            at: when, seconds since 1970.
            why: what they say about it.

        Returns:
            Numbers of the audit entries; none for a value that was set to that already.

        Raises:
            StoreError: nothing was changed.
        """
        return self.change_many({scope: values}, who, at, why)

    def change_many(
        self,
        changes: Mapping[StoredScope, Values],
        who: str,
        at: float,
        why: str = "",
        *,
        replace: bool = False,
        expected: Mapping[StoredScope, Values] | None = None,
    ) -> list[int]:
        """As `change`, for several scopes in one transaction.

        Args:
            changes: values by scope.
            who, at, why: as in `change`.
            replace: let everything inherit that is not among the changes.
            expected: what the values must be before, for changes that were made from them.

        Raises:
            StoreChanged: a value is not as expected; nothing was changed.
        """
        with self._database.writing(durable=True) as connection:
            present = _present(connection, changes, everything=replace)
            for (level, name), values in (expected or {}).items():
                for setting, value in values.items():
                    if present.get(((level, storable(name)), setting)) != json_of(value):
                        raise StoreChanged(f"{setting} has been changed by somebody else meanwhile")
            wanted: dict[tuple[StoredScope, str], str | None] = {}
            if replace:
                wanted = dict.fromkeys(present)
            for (level, name), values in changes.items():
                for setting, value in values.items():
                    wanted[(level, storable(name)), setting] = json_of(value)
            return [
                _set(
                    connection,
                    scope,
                    setting,
                    present.get((scope, setting)),
                    after,
                    who=who,
                    at=at,
                    why=why,
                )
                for (scope, setting), after in wanted.items()
                if present.get((scope, setting)) != after
            ]

    def undo(self, audit_id: int, who: str, at: float, why: str = "") -> int:
        """Take a change back, as a change of its own.

        Args:
            audit_id: the entry of the change.
            who, at: as in `change`.
            why: "" to say which entry is undone.

        Returns:
            The number of the new audit entry.

        Raises:
            StoreError: there is no such entry, or the value has been changed since; nothing was
                changed.
        """
        with self._database.writing(durable=True) as connection:
            row = connection.execute(select(audit).where(audit.c.id == audit_id)).one_or_none()
            if row is None:
                raise StoreError(f"there is no change number {audit_id}")
            scope = (row.level, row.scope)
            present = _present(connection, {scope: {row.name: None}}).get((scope, row.name))
            if present != row.after:
                entry = entry_of(row)
                raise StoreError(
                    f"{row.name} has been changed since: change {audit_id} set it to "
                    f"{_shown(row.after)}, now it is {_shown(present)}. Set {row.name} to "
                    f"{_shown(json_of(entry.before))} instead, if that is what is wanted"
                )
            return _set(
                connection,
                scope,
                row.name,
                present,
                row.before,
                who=who,
                at=at,
                why=why or f"undoes change {audit_id}",
            )


def _present(
    connection: Connection, changes: Mapping[StoredScope, Values], *, everything: bool = False
) -> dict[tuple[StoredScope, str], str]:
    """Values in question as JSON text."""
    query = select(settings)
    if not everything:
        query = query.where(_s.scope.in_({storable(name) for _, name in changes}))
    rows = connection.execute(query)
    return {((row.level, row.scope), row.name): row.value for row in rows}


def _set(
    connection: Connection,
    scope: StoredScope,
    setting: str,
    before: str | None,
    after: str | None,
    *,
    who: str,
    at: float,
    why: str,
) -> int:
    level, name = scope
    here = and_(_s.level == level, _s.scope == name, _s.name == setting)
    if after is None:
        connection.execute(delete(settings).where(here))
    elif before is None:
        row = {"level": level, "scope": name, "name": setting, "value": after}
        connection.execute(insert(settings).values(row))
    else:
        connection.execute(update(settings).where(here).values(value=after))
    return add_entry(
        connection, at=at, who=who, why=why, scope=scope, name=setting, before=before, after=after
    )


def json_of(value: Any) -> str | None:
    """A value as it is stored: one text for one value, so that equal values are equal texts."""
    return None if value is None else msgspec.json.encode(value, order="deterministic").decode()


def _value(stored: str) -> Any:
    """The value; one that is no JSON, as another program may write it, as something no setting is.

    Whoever checks the values then leaves it out and says so.
    """
    try:
        return msgspec.json.decode(stored)
    except (msgspec.DecodeError, RecursionError):
        return {"damaged": stored}


def _shown(value: str | None) -> str:
    return "inherited" if value is None else value

"""How a person likes the pages: language, time zone, theme, lines on a page, what is put away.

Not settings: they change nothing but the look, so they are neither audited nor exported.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import delete, select

from core.settings.account import LONGEST
from core.store.database import Database
from core.store.schema import preferences
from core.store.text import storable

NAMES: Final = frozenset({"language", "zone", "theme", "page_length", "dismissed"})
"""What there is to prefer."""

LONGEST_VALUE: Final = 512
"""Characters; the marks of what somebody has put away are the longest."""

_SET: Final = (
    "INSERT INTO preferences (role, login, name, value) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (role, login, name) DO UPDATE SET value = excluded.value"
)

_p = preferences.c


class Preferences:
    """The preferences of everybody, in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, role: str, login: str) -> dict[str, str]:
        """What the person has chosen, by name (see `NAMES`); what they have not is not in it.

        Args:
            role: as in `core.panel.Role`; the same login name in two roles is two people.
            login: who it is for the panel.

        Raises:
            StoreError: the store cannot be read.
        """
        query = select(_p.name, _p.value).where(_p.role == role, _p.login == storable(login))
        with self._database.reading() as connection:
            return {row.name: row.value for row in connection.execute(query)}

    def set(self, role: str, login: str, values: Mapping[str, str | None]) -> None:
        """Keep what the person has chosen.

        Args:
            role, login: as in `get`.
            values: by name; None to forget one. What is not among them stays.

        Raises:
            ValueError: there is no such preference, or a text is longer than any may be; nothing
                was changed.
            StoreError: nothing was changed.
        """
        _check(login, values)
        person = (role, storable(login))
        gone = [name for name, value in values.items() if value is None]
        rows = [
            (*person, name, storable(text)) for name, text in values.items() if text is not None
        ]
        with self._database.writing() as connection:
            here = (_p.role == person[0], _p.login == person[1], _p.name.in_(gone))
            connection.execute(delete(preferences).where(*here))
            self._database.many(connection, _SET, rows)


def _check(login: str, values: Mapping[str, str | None]) -> None:
    if len(login) > LONGEST:
        raise ValueError(f"a login name has {LONGEST} characters at most")
    for name, value in values.items():
        if name not in NAMES:
            raise ValueError(f"there is no preference {name!r}")
        if value is not None and len(value) > LONGEST_VALUE:
            raise ValueError(f"{name} has {LONGEST_VALUE} characters at most")

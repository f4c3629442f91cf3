"""The lab's PostgreSQL can be written to and read."""

from __future__ import annotations

import pytest
import sqlalchemy

pytestmark = pytest.mark.lab


def test_postgres_keeps_a_row(postgres_url: str) -> None:
    engine = sqlalchemy.create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE kept (name text)"))
        connection.execute(sqlalchemy.text("INSERT INTO kept VALUES ('a row')"))
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("SELECT name FROM kept")).scalar() == "a row"
    engine.dispose()

"""Fixtures: every test of what the store keeps runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from core.store.store import Store
from tests.lab.conftest import available
from tests.lab.postgres import LabPostgres

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[LabPostgres]:
    """A running PostgreSQL of the lab; skipped aloud where there is none, failed in CI."""
    with available(), LabPostgres() as server:
        yield server


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.lab)],
)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/store.sqlite"
        return
    server: LabPostgres = request.getfixturevalue("postgresql")
    name = f"test_{next(_numbers)}"
    base, _, _ = server.url.rpartition("/")
    driver_url = server.url.replace("+psycopg", "")
    with closing(psycopg.connect(driver_url, autocommit=True)) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield f"{base}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty store."""
    with closing(Store.open(store_url)) as opened:
        yield opened


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    """Where a SQLite store may be made."""
    return tmp_path / "store.sqlite"

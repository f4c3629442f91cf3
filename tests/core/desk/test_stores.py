"""The store, opened for whoever sits at the desk."""

from __future__ import annotations

import msgspec
import pytest

from core.desk.stores import exists, open_store
from core.errors import StoreError
from core.settings.config import StorePlace
from tests.core.desk.office import Office


def test_is_made_where_there_is_none(office: Office) -> None:
    """Settings can be made before the daemon's first start."""
    assert not exists(office.config)
    store = open_store(office.config)
    assert store.settings.all() == {}
    store.close()
    assert exists(office.config)
    assert office.config.state.stat().st_mode & 0o007 == 0


def test_a_store_elsewhere_is_taken_to_be_there(office: Office) -> None:
    """PostgreSQL has no file."""
    url = f"sqlite:///{office.directory / 'other.sqlite'}"
    config = msgspec.structs.replace(office.config, store=StorePlace(url=url))
    assert exists(config)
    open_store(config).close()
    assert not config.state.exists()


def test_a_directory_that_cannot_be_used_is_named(office: Office) -> None:
    """The machine is at fault, not the request."""
    office.config.state.write_text("a file")
    with pytest.raises(StoreError, match="state cannot be used"):
        open_store(office.config)

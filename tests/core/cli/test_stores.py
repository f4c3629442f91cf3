"""The store, opened for one command."""

from __future__ import annotations

import msgspec
import pytest

from core.cli.exit_code import Trouble
from core.cli.stores import exists, opened, resolved
from core.settings.config import StorePlace
from tests.core.cli.desk import Desk


def test_is_made_where_there_is_none(desk: Desk) -> None:
    """Settings can be made before the daemon's first start."""
    assert not exists(desk.config)
    with opened(desk.config) as store:
        assert store.settings.all() == {}
    assert exists(desk.config)
    assert desk.config.state.stat().st_mode & 0o007 == 0


def test_a_store_elsewhere_is_taken_to_be_there(desk: Desk) -> None:
    """PostgreSQL has no file."""
    url = f"sqlite:///{desk.directory / 'other.sqlite'}"
    config = msgspec.structs.replace(desk.config, store=StorePlace(url=url))
    assert exists(config)
    assert resolved(config).overrides == {}
    assert not config.state.exists()


def test_a_directory_that_cannot_be_used_is_named(desk: Desk) -> None:
    """Exit code 5."""
    desk.config.state.write_text("a file")
    with pytest.raises(Trouble, match="state cannot be used"), opened(desk.config):
        pass
    assert "state" in desk("set", "send.limit", "9", code=5).stderr


def test_a_store_that_had_to_be_mended_is_told(desk: Desk) -> None:
    """What the daemon shows as a problem, a command shows too."""
    desk.config.state.mkdir()
    (desk.config.state / "store.sqlite").write_bytes(b"no database" * 1000)
    result = desk("get", "send.limit")
    assert "send.limit = 150" in result.stdout
    assert result.stderr

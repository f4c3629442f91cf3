"""The copy of the settings: whole, or the one before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.errors import DataError
from core.store import settings_copy
from core.store.audit import StoredScope

STORED: dict[StoredScope, dict[str, Any]] = {
    ("server", ""): {"send.limit": 5, "country.list": ["DE", "AT"]},
    ("domain", "bücher.test"): {"text.contact": "Frag nach 'Räumen'"},
}


def test_it_holds_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / settings_copy.NAME
    settings_copy.write(path, STORED)
    assert settings_copy.read(path) == STORED
    settings_copy.write(path, {})
    assert settings_copy.read(path) == {}
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_the_earlier_one_stays_when_it_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / settings_copy.NAME
    settings_copy.write(path, STORED)
    path.with_suffix(".new").mkdir()
    with pytest.raises(OSError, match="directory"):
        settings_copy.write(path, {})
    assert settings_copy.read(path) == STORED


def test_there_may_be_none_yet(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        settings_copy.read(tmp_path / settings_copy.NAME)


@pytest.mark.parametrize(
    "content",
    [b"", b"[{", b"{}", b"\xff\xfe", b'[{"level":7}]', b"[" * 100_000, b'["\xff"]'],
    ids=["empty", "cut", "object", "bytes", "types", "deep", "not-utf8"],
)
def test_a_damaged_one_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / settings_copy.NAME
    path.write_bytes(content)
    with pytest.raises(DataError, match="cannot be read"):
        settings_copy.read(path)

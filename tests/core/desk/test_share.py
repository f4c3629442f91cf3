"""The document for own servers is written whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.desk import share
from core.errors import ControlError, DataError
from tests.core.desk.office import Office

SAID = {"share": lambda _: {"document": "{}\n"}}


def test_it_is_written_for_everybody_to_read(office: Office, tmp_path: Path) -> None:
    """E23."""
    path = tmp_path / "share.json"
    with office.desk() as desk, office.daemon(SAID):
        share.publish(desk, path)
    assert path.read_bytes() == b"{}\n"
    assert path.stat().st_mode & 0o777 == 0o644


def test_without_the_daemon_the_file_stays(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "share.json"
    path.write_text("before")
    with office.desk() as desk, pytest.raises(ControlError):
        share.publish(desk, path)
    assert path.read_text() == "before"


def test_a_file_that_cannot_be_written_is_named(office: Office, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        office.desk() as desk,
        office.daemon(SAID),
        pytest.raises(DataError, match="cannot be written"),
    ):
        share.publish(desk, tmp_path / "file" / "share.json")

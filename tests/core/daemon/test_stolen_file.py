"""Where accounts log in from outlasts a clean restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.daemon import stolen_file
from core.engine.stolen.lookout import Lookout
from tests.core.engine.asking import ACCOUNT, WALL
from tests.core.engine.stolen.visits import Person, at


def test_a_restart_is_no_news(tmp_path: Path) -> None:
    """A19: and the file is used once."""
    path = tmp_path / "stolen"
    person = Person(countries=2)
    person.logs_in("DE")
    assert person.logs_in("VN", 1)
    assert stolen_file.save(path, person.lookout) == ""
    person.lookout = Lookout()
    assert stolen_file.restore(path, person.lookout) == ""
    assert person.logs_in("VN", 2) == []
    assert person.logs_in("BR", 3)
    again = Lookout()
    assert stolen_file.restore(path, again) == ""
    assert len(again) == 0


@pytest.mark.parametrize("damage", [b"\xff\n", b"{}\n", b'{"account": 7}\n', b"[]\n"])
def test_a_damaged_file_is_reported_and_left_out(tmp_path: Path, damage: bytes) -> None:
    """What stands before the damage is taken."""
    path = tmp_path / "stolen"
    lookout = Lookout()
    lookout.login(WALL, at("DE"), ACCOUNT, Person().settings)
    stolen_file.save(path, lookout)
    path.write_bytes(path.read_bytes() + damage)
    again = Lookout()
    assert "damaged; 1 could be read" in stolen_file.restore(path, again)
    assert len(again) == 1
    assert not path.exists()


@pytest.mark.parametrize("trace", ["", "AAAA", "wg==", "/////w=="])
def test_a_trace_that_is_cut_off_is_damage(tmp_path: Path, trace: str) -> None:
    path = tmp_path / "stolen"
    path.write_bytes(f'{{"account": "a", "trace": "{trace}", "raised": {{}}}}\n'.encode())
    assert "damaged; 0 could be read" in stolen_file.restore(path, Lookout())


def test_a_disk_that_is_full_is_reported(tmp_path: Path) -> None:
    assert "was not kept" in stolen_file.save(tmp_path / "absent" / "stolen", Lookout())
    (tmp_path / "folder").mkdir()
    assert "could not be read" in stolen_file.restore(tmp_path / "folder", Lookout())

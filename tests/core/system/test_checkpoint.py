from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from core.errors import PlanError
from core.system.blocks import MarkedBlock
from core.system.checkpoint import Phase, Record
from core.system.file_steps import EditFile, WriteFile
from core.system.files import FileState
from core.system.steps import Command, MakeDirectory, Saved, SetParameter, Step

STEPS: tuple[Step, ...] = (
    EditFile("/a", (MarkedBlock("x", "y"),), (MarkedBlock("x", "z"),), 0o600, ("secret",), 3.0),
    WriteFile("/b", b"\x00\xff", 0o600, "mailward", "postfix"),
    MakeDirectory("/c", 0o2750),
    SetParameter("p", "1", ("get",), ("put", "1"), ("put", "0")),
    Command(("check",), check=True, timeout=5),
)
SAVED = Saved(
    before=FileState(b"\xfe before", 0o640, 1, 2, (("user.a", b"\x01"),)),
    original=None,
    after="abc",
    made=("/c",),
    value="0",
)


@dataclass(frozen=True)
class Bell(MakeDirectory):
    """A step that only one panel knows."""

    kind = "ring a bell"


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "postfix", [MarkedBlock])


def test_a_panel_has_steps_of_its_own(tmp_path: Path) -> None:
    """They come back where that panel is, and nowhere else."""
    Record(tmp_path / "bells", [Bell]).start("title", (Bell("/c"), MakeDirectory("/d")))
    again = Record(tmp_path / "bells", [Bell]).next()
    assert again is not None
    assert again.steps == (Bell("/c"), MakeDirectory("/d"))
    with pytest.raises(PlanError, match="cannot be read: 'ring a bell'"):
        Record(tmp_path / "bells", []).next()


def test_steps_and_findings_come_back_from_disk(record: Record) -> None:
    checkpoint = record.start("title", STEPS)
    checkpoint.begin(0, SAVED)
    checkpoint.finish(0)
    checkpoint.begin(1, Saved())
    checkpoint.enter(Phase.ROLLING_BACK)
    again = record.next()
    assert again is not None
    assert again.title == "title"
    assert again.steps == STEPS
    assert again.saved == {0: SAVED, 1: Saved()}
    assert again.finished == {0}
    assert again.phase is Phase.ROLLING_BACK
    assert again.earlier("/a") == SAVED
    assert again.earlier("/nowhere") is None


def test_a_line_cut_short_did_not_happen(record: Record) -> None:
    checkpoint = record.start("title", STEPS)
    checkpoint.begin(0, SAVED)
    with (checkpoint.folder / "progress").open("ab") as file:
        file.write(b'\n{"begin":1,"sav')
    reopened = record.next()
    assert reopened is not None
    assert set(reopened.saved) == {0}
    reopened.begin(1, SAVED)
    third = record.next()
    assert third is not None
    assert set(third.saved) == {0, 1}


def test_the_next_change_becomes_the_current_one(record: Record) -> None:
    record.start("first", STEPS).enter(Phase.APPLIED)
    record.promote()
    record.start("second", STEPS[:1]).enter(Phase.APPLIED)
    record.tidy()
    current = record.current()
    assert current is not None
    assert current.title == "second"
    assert record.next() is None
    assert [path.name for path in record.folder.iterdir()] == ["current"]


def test_rubbish_of_a_crash_is_dropped(record: Record) -> None:
    (record.folder / "new").mkdir(parents=True)
    (record.folder / "old").mkdir()
    record.tidy()
    assert list(record.folder.iterdir()) == []


def test_files_are_for_the_owner_only(record: Record) -> None:
    record.start("title", STEPS).begin(0, SAVED)
    modes = {path.name: path.stat().st_mode & 0o777 for path in record.folder.rglob("*")}
    assert modes == {"next": 0o700, "plan.json": 0o600, "progress": 0o600}


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"format": 99, "title": "", "steps": []}', b'{"format": 1']
)
def test_an_unreadable_record_says_where_it_is(record: Record, content: bytes) -> None:
    folder = record.start("title", STEPS).folder
    (folder / "plan.json").write_bytes(content)
    with pytest.raises(PlanError, match=str(folder)):
        record.next()

"""Which files were a log, and which of them is the one that is looked for."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from core.maillog.log_file import LogFile
from core.maillog.place import Place
from core.maillog.rotated import base_of, copy_of, find, later, rotated


@pytest.mark.parametrize(
    ("log", "names"),
    [
        ("mail.log", ["mail.log.1", "mail.log.2.gz", "mail.log-20260101", "mail.log.old"]),
        ("mail.log", ["mail-20260101.log", "mail-20260101.log.xz", "mail-20260101-12.log"]),
        ("maillog", ["maillog-20260131", "maillog.3.bz2"]),
        ("current", ["@4000000067f1a2b30c4d5e6f.s", "@4000000067f1a2b30c4d5e6f.u"]),
    ],
)
def test_names_of_rotated_files(log: str, names: list[str], tmp_path: Path) -> None:
    """Those of logrotate, with and without dates, and of multilog."""
    wanted = set(names)
    strange = ["mail.err", "mail.info.1", "mailman.log", "other", "mail.log.swp", "mail.log.d"]
    for name in [log, *wanted, *strange]:
        (tmp_path / name).write_text("x")
    assert {path.name for path in rotated(tmp_path / log)} == wanted
    for name in wanted:
        assert base_of(tmp_path / name).name == log


def test_the_newest_comes_first(tmp_path: Path) -> None:
    """By their last change; a folder that is none has none."""
    for number in (1, 2, 3):
        path = tmp_path / f"mail.log.{number}"
        path.write_text("x")
        os.utime(path, (1000 - number, 1000 - number))
    assert [path.suffix for path in rotated(tmp_path / "mail.log")] == [".1", ".2", ".3"]
    assert rotated(tmp_path / "nowhere" / "mail.log") == []


def place_of(path: Path) -> Place:
    """The place at a file's end."""
    file = LogFile.at(path, -1)
    place = file.place
    file.close()
    return place


def test_a_file_is_found_by_any_name(tmp_path: Path) -> None:
    """Under its own name, renamed, and packed."""
    log, one = tmp_path / "mail.log", tmp_path / "mail.log.1"
    log.write_bytes(b"first line of this log\nsecond\n")
    place = place_of(log)
    assert find(log, place) == log
    log.rename(one)
    log.write_bytes(b"another log\n")
    assert find(log, place) == one
    packed = tmp_path / "mail.log.1.gz"
    packed.write_bytes(gzip.compress(one.read_bytes()))
    one.unlink()
    assert find(log, place) == packed
    packed.unlink()
    assert find(log, place) is None


def test_an_emptied_file_is_not_itself_any_more(tmp_path: Path) -> None:
    """Its copy is; what is begun by another line is no copy."""
    log, copy = tmp_path / "mail.log", tmp_path / "mail.log.1"
    log.write_bytes(b"first line of this log\nsecond\n")
    place = place_of(log)
    assert copy_of(log, place) is None
    (tmp_path / "mail.log.2").write_bytes(b"an older log\n")
    copy.write_bytes(log.read_bytes() + b"third\n")
    log.write_bytes(b"and now for something else\n")
    assert copy_of(log, place) == copy
    assert find(log, place) == copy


def test_what_came_in_between(tmp_path: Path) -> None:
    """The oldest first; neither the known file nor its packed copy."""
    log = tmp_path / "mail.log"
    for number, text in ((4, "d"), (3, "ours"), (2, "b"), (1, "a")):
        path = tmp_path / f"mail.log.{number}"
        path.write_text(text)
        os.utime(path, (1000 - number, 1000 - number))
    ours = tmp_path / "mail.log.3"
    place = place_of(ours)
    (tmp_path / "mail.log.3.gz").write_bytes(gzip.compress(ours.read_bytes()))
    assert [path.suffix for path in later(log, 997.0, [place])] == [".2", ".1"]

"""The same tree makes the same bytes, whenever and by whomever; and what went in comes out."""

from __future__ import annotations

import os
import tarfile
import time
import zipfile
from typing import TYPE_CHECKING

import pytest

from packing import archive
from packing.check import unpack
from packing.tree import Tree

if TYPE_CHECKING:
    from pathlib import Path

MOMENT = 1_750_000_000

FORMS = ["zip", "tar.gz"]


def sample(folder: Path) -> Tree:
    """A tree with a file from the disk, which is touched."""
    source = folder / "source"
    source.write_bytes(b"content " * 1000)
    os.utime(source, (time.time(), time.time() - len(list(folder.iterdir())) * 1000))
    tree = Tree()
    tree.add("run", b"#!/bin/sh\n", executable=True)
    tree.add("däta/größe.txt", source)
    tree.add("wheels/a.whl", b"PK")
    return tree


@pytest.mark.parametrize("form", FORMS)
def test_the_same_input_makes_the_same_bytes(tmp_path: Path, form: str) -> None:
    """E11: reproducible; a file's own times do not matter."""
    first, second = tmp_path / f"1.{form}", tmp_path / f"2.{form}"
    archive.write(form, sample(tmp_path), first, MOMENT, lambda *_: None)
    archive.write(form, sample(tmp_path), second, MOMENT, lambda *_: None)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("form", FORMS)
def test_what_went_in_comes_out(tmp_path: Path, form: str) -> None:
    """With its name, its content and the right to be run."""
    target = tmp_path / f"package.{form}"
    told: list[tuple[int, int]] = []
    archive.write(form, sample(tmp_path), target, MOMENT, lambda *step: told.append(step))
    unpack(target, tmp_path / "out")
    assert (tmp_path / "out" / "däta" / "größe.txt").read_bytes() == b"content " * 1000
    assert os.access(tmp_path / "out" / "run", os.X_OK)
    assert not (tmp_path / "out" / "däta" / "größe.txt").stat().st_mode & 0o111
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_every_file_bears_the_moment(tmp_path: Path) -> None:
    """A zip cannot say what was before 1980."""
    packed, early = tmp_path / "a.tar.gz", tmp_path / "b.zip"
    archive.write("tar.gz", sample(tmp_path), packed, MOMENT, lambda *_: None)
    archive.write("zip", sample(tmp_path), early, 0, lambda *_: None)
    with tarfile.open(packed) as opened:
        assert {(e.mtime, e.uid, e.uname) for e in opened} == {(MOMENT, 0, "root")}
    with zipfile.ZipFile(early) as opened_zip:
        assert {e.date_time for e in opened_zip.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("form", FORMS)
def test_a_failure_leaves_no_half_archive(tmp_path: Path, form: str) -> None:
    """What is there under its name is whole."""
    tree = sample(tmp_path)
    (tmp_path / "source").unlink()
    target = tmp_path / f"package.{form}"
    target.write_bytes(b"the one before")
    with pytest.raises(FileNotFoundError):
        archive.write(form, tree, target, MOMENT, lambda *_: None)
    assert target.read_bytes() == b"the one before"
    assert not list(tmp_path.glob("*.part"))

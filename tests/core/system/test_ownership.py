"""Root works in a folder of somebody else's, who puts links into it: nothing elsewhere changes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from core.system import ownership

if TYPE_CHECKING:
    from pathlib import Path

OURS, PAGES, ELSEWHERE = 59_301, 59_302, 59_303


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file and a folder of root's in it."""
    place = tmp_path / "state"
    (place / "inner").mkdir(parents=True)
    for name in ("store", "inner/file"):
        (place / name).write_text("x")
    return place


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A folder outside, with a file that belongs to somebody else."""
    place = tmp_path / "etc"
    place.mkdir()
    (place / "shadow").write_text("secret")
    for path in (place, place / "shadow"):
        os.chown(path, ELSEWHERE, ELSEWHERE)
    return place


def owner(path: Path) -> int:
    """Whose it is, not following links."""
    return path.lstat().st_uid


def test_everything_in_it_is_given(folder: Path) -> None:
    """Down to the last folder; what belongs to those who are spared stays theirs."""
    os.chown(folder / "inner/file", PAGES, PAGES)
    ownership.hand_over(folder, OURS, OURS, {PAGES})
    assert [owner(folder / n) for n in (".", "store", "inner", "inner/file")] == [
        OURS,
        OURS,
        OURS,
        PAGES,
    ]


def test_nothing_behind_a_planted_link_is_given(folder: Path, victim: Path) -> None:
    """A link to a file, a link to a folder, and a second name of a file elsewhere."""
    (folder / "link").symlink_to(victim / "shadow")
    (folder / "away").symlink_to(victim)
    os.link(victim / "shadow", folder / "second")
    ownership.hand_over(folder, OURS, OURS)
    assert owner(victim) == owner(victim / "shadow") == ELSEWHERE
    assert not ownership.give(folder / "link", OURS, OURS)
    assert not ownership.give(folder / "second", OURS, OURS)
    assert owner(victim / "shadow") == ELSEWHERE


def test_a_name_that_changes_hands_meanwhile_gives_nothing_away(
    folder: Path, victim: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking and acting the file becomes a link: what was opened counts."""
    open_it = os.open

    def swapped(name: str | Path, flags: int, mode: int = 0o777, **where: int | None) -> int:
        descriptor = open_it(name, flags, mode, **where)
        if str(name).endswith("store"):
            (folder / "store").unlink()
            (folder / "store").symlink_to(victim / "shadow")
        return descriptor

    monkeypatch.setattr(os, "open", swapped)
    ownership.hand_over(folder, OURS, OURS)
    assert owner(victim / "shadow") == ELSEWHERE
    assert (folder / "store").is_symlink()


def test_sockets_and_pipes_hold_nobody_up(folder: Path) -> None:
    """Opening a pipe that nobody writes would wait for ever."""
    os.mkfifo(folder / "pipe")
    ownership.hand_over(folder, OURS, OURS)
    assert owner(folder / "pipe") == 0
    assert owner(folder / "store") == OURS


def test_a_folder_that_the_administrator_moved_is_handed_over(folder: Path, tmp_path: Path) -> None:
    """The way to it is root's own, so a link on it is, too."""
    (tmp_path / "lib").symlink_to(folder)
    ownership.hand_over(tmp_path / "lib", OURS, OURS)
    assert owner(folder / "store") == OURS


def test_requests_are_removed_and_nothing_elsewhere(folder: Path, victim: Path) -> None:
    """The folder of requests has become a link to another: that one is not emptied."""
    (folder / "inner/link").symlink_to(victim / "shadow")
    ownership.empty(folder / "inner")
    assert list((folder / "inner").iterdir()) == []
    (folder / "requests").symlink_to(victim)
    ownership.empty(folder / "requests")
    ownership.empty(folder / "missing")
    assert (victim / "shadow").read_text() == "secret"


def test_a_log_is_not_written_through_a_link(folder: Path, victim: Path) -> None:
    """Nor into a file with a second name."""
    ownership.append(folder / "install.log", "one\n")
    ownership.append(folder / "install.log", "two\n")
    assert (folder / "install.log").read_text() == "one\ntwo\n"
    (folder / "link").symlink_to(victim / "shadow")
    os.link(victim / "shadow", folder / "second")
    for name in ("link", "second", "inner"):
        with pytest.raises(OSError, match=name):
            ownership.append(folder / name, "x")
    assert (victim / "shadow").read_text() == "secret"

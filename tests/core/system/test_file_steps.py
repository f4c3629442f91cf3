from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.system.blocks import MarkedBlock
from core.system.file_steps import EditFile, WriteFile, digest
from core.system.steps import Saved
from tests.core.system.machines import ScriptedHost, tree

BLOCK = MarkedBlock("test", "ours = 1")
NEWER = MarkedBlock("test", "ours = 2")
EDIT = EditFile("/etc/main.cf", (BLOCK,))
WRITE = WriteFile("/etc/ours.conf", b"secret = 1\n", 0o600)


@pytest.fixture
def host(tmp_path: Path) -> ScriptedHost:
    (tmp_path / "etc").mkdir()
    return ScriptedHost(tmp_path)


def make(host: ScriptedHost, step: EditFile | WriteFile, earlier: Saved | None = None) -> Saved:
    saved = step.prepare(host, earlier)
    step.apply(host)
    return saved


def test_an_untouched_file_gets_its_bytes_and_mode_back(host: ScriptedHost) -> None:
    path = host.path("/etc/main.cf")
    path.write_bytes(b"theirs = \xff\r\n\n# no newline")
    path.chmod(0o604)
    before = tree(host.root)
    saved = make(host, EDIT)
    assert b"ours = 1" in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o604
    assert EDIT.undo(host, saved) == []
    assert tree(host.root) == before


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_the_owner_is_kept_both_ways(host: ScriptedHost) -> None:
    path = host.path("/etc/main.cf")
    path.write_bytes(b"x\n")
    os.chown(path, 77, 78)
    saved = make(host, EDIT)
    assert (path.stat().st_uid, path.stat().st_gid) == (77, 78)
    EDIT.undo(host, saved)
    assert (path.stat().st_uid, path.stat().st_gid) == (77, 78)


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_a_file_that_is_made_for_others_is_theirs(host: ScriptedHost) -> None:
    """facts/directadmin.md 4: its own file of package items belongs to DirectAdmin."""
    host.path("/etc/passwd").write_text("diradmin:x:77:78::/:/bin/false\n")
    host.path("/etc/group").write_text("diradmin:x:78:\n")
    before = tree(host.root)
    step = EditFile("/etc/items.conf", (BLOCK,), mode=0o640, owner="diradmin", group="diradmin")
    saved = make(host, step)
    status = host.path("/etc/items.conf").stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (77, 78, 0o640)
    assert step.undo(host, saved) == []
    assert tree(host.root) == before


def test_later_edits_of_others_are_kept(host: ScriptedHost) -> None:
    path = host.path("/etc/main.cf")
    path.write_text("theirs = 1\n")
    saved = make(host, EDIT)
    path.write_text(path.read_text().replace("theirs = 1", "theirs = 2") + "later = 3\n")
    assert EDIT.undo(host, saved) == []
    assert path.read_text() == "theirs = 2\nlater = 3\n"


def test_a_value_of_ours_that_others_changed_is_left_and_told(host: ScriptedHost) -> None:
    path = host.path("/etc/main.cf")
    path.write_text("theirs = 1\n")
    saved = make(host, EDIT)
    path.write_text(path.read_text().replace("ours = 1", "ours = 9"))
    assert EDIT.undo(host, saved) == ["/etc/main.cf: kept a line that is not ours: ours = 9"]
    assert path.read_text() == "theirs = 1\nours = 9\n"


def test_a_file_made_for_the_edit_goes_with_it(host: ScriptedHost) -> None:
    saved = make(host, EDIT)
    assert host.path("/etc/main.cf").exists()
    EDIT.undo(host, saved)
    assert tree(host.root / "etc") == {}


def test_a_made_file_in_which_others_wrote_stays(host: ScriptedHost) -> None:
    saved = make(host, EDIT)
    path = host.path("/etc/main.cf")
    path.write_text(path.read_text() + "theirs = 1\n")
    EDIT.undo(host, saved)
    assert path.read_text() == "theirs = 1\n"


def test_a_file_that_others_removed_is_not_put_back(host: ScriptedHost) -> None:
    host.path("/etc/main.cf").write_text("theirs\n")
    saved = make(host, EDIT)
    host.path("/etc/main.cf").unlink()
    assert EDIT.undo(host, saved) == ["/etc/main.cf is gone; it was not put back"]


def test_a_later_plan_rolls_back_to_the_earlier_and_undoes_to_the_first(
    host: ScriptedHost,
) -> None:
    path = host.path("/etc/main.cf")
    path.write_text("theirs\n")
    first = make(host, EDIT)
    between = path.read_text()
    newer = EditFile("/etc/main.cf", (NEWER,), (BLOCK,))
    second = make(host, newer, first)
    assert "ours = 2" in path.read_text()
    newer.roll_back(host, second)
    assert path.read_text() == between
    newer.apply(host)
    newer.undo(host, second)
    assert path.read_text() == "theirs\n"


def test_a_panel_that_rewrote_the_file_gives_the_new_original(host: ScriptedHost) -> None:
    path = host.path("/etc/main.cf")
    path.write_text("theirs\n")
    first = make(host, EDIT)
    path.write_text("rewritten\n")
    again = EditFile("/etc/main.cf", (BLOCK,), (BLOCK,))
    assert again.pending(host)
    second = make(host, again, first)
    again.undo(host, second)
    assert path.read_text() == "rewritten\n"


def test_rolling_back_a_later_plan_keeps_what_others_did_meanwhile(host: ScriptedHost) -> None:
    path = host.path("/etc/main.cf")
    path.write_text("theirs\n")
    first = make(host, EDIT)
    newer = EditFile("/etc/main.cf", (NEWER,), (BLOCK,))
    second = make(host, newer, first)
    path.write_text(path.read_text() + "meanwhile\n")
    newer.roll_back(host, second)
    assert path.read_text() == BLOCK.apply("theirs\nmeanwhile\n")


def test_nothing_is_written_where_nothing_changes(host: ScriptedHost) -> None:
    path = host.path("/etc/main.cf")
    path.write_text(BLOCK.apply("x\n"))
    inode = path.stat().st_ino
    EDIT.apply(host)
    assert path.stat().st_ino == inode
    assert not EDIT.pending(host)


def test_the_diff_shows_the_change_and_hides_secrets(host: ScriptedHost) -> None:
    host.path("/etc/main.cf").write_text("theirs\n")
    step = EditFile("/etc/main.cf", (MarkedBlock("test", "key = hush"),), hidden=("hush",))
    shown = step.preview(host)
    assert shown.startswith("--- /etc/main.cf\n+++ /etc/main.cf\n")
    assert "+key = ********" in shown
    assert "hush" not in shown


def test_a_whole_file_comes_and_goes(host: ScriptedHost) -> None:
    assert WRITE.pending(host)
    assert WRITE.preview(host).startswith("--- /dev/null\n+++ /etc/ours.conf")
    saved = make(host, WRITE)
    path = host.path("/etc/ours.conf")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"secret = 1\n", 0o600)
    assert not WRITE.pending(host)
    WRITE.undo(host, saved)
    assert tree(host.root / "etc") == {}


def test_a_whole_file_puts_back_what_it_replaced(host: ScriptedHost) -> None:
    path = host.path("/etc/ours.conf")
    path.write_bytes(b"older")
    path.chmod(0o640)
    before = tree(host.root)
    saved = make(host, WRITE)
    WRITE.roll_back(host, saved)
    assert tree(host.root) == before


def test_a_whole_file_that_others_changed_stays(host: ScriptedHost) -> None:
    saved = make(host, WRITE)
    path = host.path("/etc/ours.conf")
    path.write_bytes(b"theirs")
    assert WRITE.undo(host, saved) == [
        "/etc/ours.conf was changed by someone else and stays as it is"
    ]
    assert path.read_bytes() == b"theirs"


def test_a_later_whole_file_still_knows_the_first_original(host: ScriptedHost) -> None:
    path = host.path("/etc/ours.conf")
    path.write_bytes(b"theirs")
    first = make(host, WRITE)
    newer = WriteFile("/etc/ours.conf", b"secret = 2\n")
    second = make(host, newer, first)
    assert second.after == digest(b"secret = 2\n")
    newer.undo(host, second)
    assert path.read_bytes() == b"theirs"


PLUGIN = WriteFile("/etc/plugin.conf", b"id=x\nactive=yes\nversion=1\n", theirs=("active",))


@pytest.mark.parametrize("existing", [None, "id=x\nactive=yes\nversion=0\n"])
def test_a_line_that_is_theirs_keeps_what_they_made_of_it(
    host: ScriptedHost, existing: str | None
) -> None:
    """facts/directadmin.md 8: an administrator switches a plugin off; an upgrade leaves it so."""
    path = host.path("/etc/plugin.conf")
    if existing is not None:
        path.write_text(existing)
    before = tree(host.root)
    saved = make(host, PLUGIN)
    assert path.read_text() == "id=x\nactive=yes\nversion=1\n"
    path.write_text("id=x\nactive=no\nversion=1\n")
    assert not PLUGIN.pending(host)
    newer = WriteFile("/etc/plugin.conf", PLUGIN.data.replace(b"=1", b"=2"), theirs=("active",))
    assert "+version=2" in newer.preview(host)
    assert "active=yes" not in newer.preview(host)
    again = make(host, newer, saved)
    assert path.read_text() == "id=x\nactive=no\nversion=2\n"
    assert newer.undo(host, again) == []
    assert tree(host.root) == before


def test_other_lines_of_such_a_file_are_ours(host: ScriptedHost) -> None:
    """Who changes them has made it his own."""
    saved = make(host, PLUGIN)
    path = host.path("/etc/plugin.conf")
    path.write_text("id=x\nactive=no\nversion=1\nmore=1\n")
    assert PLUGIN.pending(host)
    assert PLUGIN.undo(host, saved) == [
        "/etc/plugin.conf was changed by someone else and stays as it is"
    ]

"""What a newer version has no use for goes, and what was there before us comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.system.blocks import MarkedBlock
from core.system.file_steps import EditFile, WriteFile
from core.system.plan import ChangePlan
from core.system.removal_steps import succeeding
from core.system.steps import MakeDirectory
from tests.core.system.machines import Killed, Killer, ScriptedHost, tree

if TYPE_CHECKING:
    from pathlib import Path

    from core.system.steps import Step

FOLDER = MakeDirectory("/plugin/old")
STAYS = WriteFile("/plugin/page", b"one\n")
GOES = WriteFile("/plugin/old/page", b"old\n")
SHARED = EditFile("/etc/shared", (MarkedBlock("x", "ours"),))
FIRST: tuple[Step, ...] = (FOLDER, STAYS, GOES, SHARED)
SECOND: tuple[Step, ...] = (WriteFile("/plugin/page", b"two\n"),)


class Machine:
    """A folder, and the plans that are made on it."""

    def __init__(self, folder: Path, before: bytes | None) -> None:
        self.host = ScriptedHost(folder / "root")
        self.records = folder / "records"
        (folder / "root/etc").mkdir(parents=True)
        (folder / "root/etc/shared").write_text("theirs\n")
        if before is not None:
            (folder / "root/plugin/old").mkdir(parents=True)
            (folder / "root/plugin/old/page").write_bytes(before)

    def plan(self, steps: tuple[Step, ...]) -> ChangePlan:
        recorded = ChangePlan.recorded(self.host, self.records, "x", (MarkedBlock,))
        old = recorded.steps if recorded else ()
        every = succeeding(old, steps)
        return ChangePlan(self.host, self.records, "x", "A plan", every, kinds=(MarkedBlock,))

    def has(self, name: str) -> bool:
        return self.host.path(name).exists()


@pytest.mark.parametrize("before", [None, b"theirs, from before\n"])
def test_what_is_not_wanted_any_more_goes(tmp_path: Path, before: bytes | None) -> None:
    """E12: the files of an older version, and its lines in other people's files."""
    machine = Machine(tmp_path, before)
    untouched = tree(machine.host.root)
    machine.plan(FIRST).apply()
    assert machine.plan(SECOND).apply() is True
    assert machine.plan(SECOND).apply() is False
    assert machine.host.path("/plugin/page").read_text() == "two\n"
    assert not machine.has("/plugin/old/page")
    assert machine.host.path("/etc/shared").read_text() == "theirs\n"
    assert machine.plan((*SECOND, MakeDirectory("/more"))).apply() is True
    assert machine.plan(()).undo() is True
    assert tree(machine.host.root) == untouched


def test_what_somebody_else_has_made_of_it_stays(tmp_path: Path) -> None:
    """It is not ours any more."""
    machine = Machine(tmp_path, None)
    machine.plan(FIRST).apply()
    machine.host.path("/plugin/old/page").write_text("mine now\n")
    machine.plan(SECOND).apply()
    assert machine.host.path("/plugin/old/page").read_text() == "mine now\n"
    machine.plan(()).undo()
    assert machine.host.path("/plugin/old/page").read_text() == "mine now\n"


def test_a_file_that_comes_back_is_ours_again(tmp_path: Path) -> None:
    """A later version has a use for it."""
    machine = Machine(tmp_path, None)
    untouched = tree(machine.host.root)
    for steps in (FIRST, SECOND, FIRST):
        machine.plan(steps).apply()
    assert machine.host.path("/plugin/old/page").read_text() == "old\n"
    machine.plan(()).undo()
    assert tree(machine.host.root) == untouched


def test_cut_off_at_any_step_it_goes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """E12: as by a machine that loses power."""
    killer = Killer(monkeypatch)
    step, cut = 0, True
    while cut:
        step += 1
        machine = Machine(tmp_path / str(step), b"theirs\n")
        untouched = tree(machine.host.root)
        machine.plan(FIRST).apply()
        plan = machine.plan(SECOND)
        killer.arm(step)
        try:
            plan.apply()
            cut = False
        except Killed:
            cut = True
        finally:
            killer.arm(None)
        machine.plan(SECOND).undo()
        assert tree(machine.host.root) == untouched, step
    assert step > 5

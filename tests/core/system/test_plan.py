from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from core.errors import PlanError
from core.system import files
from core.system.blocks import MarkedBlock
from core.system.checkpoint import Phase
from core.system.file_steps import EditFile, WriteFile
from core.system.plan import ChangePlan
from core.system.steps import Command, MakeDirectory, SetParameter, Step
from tests.core.system.machines import Killed, Killer, ScriptedHost, tree
from tests.core.system.test_steps import Settings, parameter

STEPS: tuple[Step, ...] = (
    MakeDirectory("/var/spool/ours", 0o750),
    EditFile("/etc/main.cf", (MarkedBlock("test", "ours = 1"),)),
    EditFile("/etc/conf.d/ours.conf", (MarkedBlock("test", "ours = 1"),), mode=0o600),
    WriteFile("/etc/unit", b"unit\n"),
    parameter(),
    Command(("check",), check=True),
    Command(("reload",)),
)


class Machine:
    """A folder with two files and one setting, and plans for it."""

    def __init__(self, folder: Path) -> None:
        self.root, self.state = folder / "root", folder / "state"
        (self.root / "etc/conf.d").mkdir(parents=True)
        (self.root / "var/spool").mkdir(parents=True)
        (self.root / "etc/main.cf").write_text("theirs = 1\n")
        (self.root / "etc/main.cf").chmod(0o640)
        self.settings = Settings("old")
        self.broken: set[str] = set()
        self.host = ScriptedHost(self.root, {"settings": self.settings})
        for name in ("check", "reload"):
            self.host.answers[name] = self._answer

    def _answer(self, command: Sequence[str]) -> tuple[int, str]:
        return (1, f"{command[0]} is broken") if command[0] in self.broken else (0, "")

    def plan(self, steps: Sequence[Step] = STEPS) -> ChangePlan:
        return ChangePlan(
            self.host, self.state, "test", "Test the plan", steps, kinds=[MarkedBlock]
        )

    def recorded(self) -> ChangePlan:
        plan = ChangePlan.recorded(self.host, self.state, "test", [MarkedBlock])
        assert plan is not None
        return plan

    @property
    def content(self) -> tuple[dict[str, tuple[bytes, int]], str]:
        return tree(self.root), self.settings.value


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_plan_is_made_and_undone_byte_for_byte(machine: Machine) -> None:
    before = machine.content
    plan = machine.plan()
    assert plan.apply() is True
    assert machine.content != before
    assert machine.host.commands[-2:] == [("check",), ("reload",)]
    assert machine.recorded().undo() is True
    assert machine.content == before
    assert machine.host.commands[-2:] == [("check",), ("reload",)]
    assert ChangePlan.recorded(machine.host, machine.state, "test", [MarkedBlock]) is None


def test_making_it_twice_is_making_it_once(machine: Machine) -> None:
    machine.plan().apply()
    after = machine.content
    count = len([each for each in machine.host.commands if each == ("reload",)])
    assert machine.plan().apply() is False
    assert machine.content == after
    assert len([each for each in machine.host.commands if each == ("reload",)]) == count
    machine.plan().undo()
    assert machine.plan().undo() is False


def test_only_what_is_on_record_is_made_again(machine: Machine) -> None:
    """E12: whoever looks after a system makes nothing that nobody asked for, or has taken back."""
    before = machine.content
    assert machine.plan().apply(again=True) is False
    assert machine.content == before
    machine.plan().apply()
    (machine.root / "etc/unit").unlink()
    assert machine.plan().apply(again=True) is True
    assert (machine.root / "etc/unit").exists()
    machine.plan().undo()
    assert machine.plan().apply(again=True) is False
    assert machine.content == before


def test_a_plan_that_is_shown_changes_nothing(machine: Machine) -> None:
    before = machine.content
    plan = machine.plan()
    text, data = plan.describe(), plan.as_data()
    assert machine.content == before
    assert not machine.state.exists()
    assert "+ours = 1" in text
    assert "7. run `reload`\n" in text
    assert data["pending"] is True
    assert [step["kind"] for step in data["steps"]][:2] == ["make folder", "edit file"]
    plan.apply()
    assert "7. run `reload` (nothing to do)\n" in machine.plan().describe()


@pytest.mark.parametrize("broken", ["check", "reload"])
def test_a_failing_command_puts_everything_back(machine: Machine, broken: str) -> None:
    before = machine.content
    machine.broken = {broken}
    with pytest.raises(PlanError, match=f"{broken} is broken. Everything was put back"):
        machine.plan().apply()
    assert machine.content == before
    assert (("reload",) in machine.host.commands) is (broken == "reload")
    machine.broken = set()
    assert machine.plan().apply() is True


def test_nothing_is_reloaded_before_the_check_passed(machine: Machine) -> None:
    machine.plan().apply()
    commands = [each for each in machine.host.commands if each[0] != "settings"]
    assert commands == [("check",), ("reload",)]


def test_a_failed_confirmation_puts_everything_back(machine: Machine) -> None:
    before = machine.content

    def confirm() -> None:
        assert machine.settings.value == "new"
        raise PlanError("the daemon was not asked")

    with pytest.raises(PlanError, match=r"the daemon was not asked\. Everything was put back"):
        machine.plan().apply(confirm)
    assert machine.content == before
    assert machine.host.commands.count(("reload",)) == 2


def test_a_fault_of_our_own_puts_everything_back_too(machine: Machine) -> None:
    before = machine.content

    def fault() -> None:
        raise ZeroDivisionError

    with pytest.raises(PlanError, match="Everything was put back"):
        machine.plan().apply(fault)
    assert machine.content == before


def test_damaged_markers_stop_it_before_the_first_step(machine: Machine) -> None:
    path = machine.root / "etc/conf.d/ours.conf"
    path.write_text("# BEGIN mailward test\n")
    before = machine.content
    with pytest.raises(PlanError, match="damaged"):
        machine.plan().apply()
    assert machine.content == before


def test_damaged_markers_stop_an_undo_before_the_first_step(machine: Machine) -> None:
    machine.plan().apply()
    path = machine.root / "etc/main.cf"
    whole = path.read_text()
    path.write_text(whole.replace("# END mailward test\n", ""))
    damaged = machine.content
    with pytest.raises(PlanError, match="damaged"):
        machine.recorded().undo()
    assert machine.content == damaged
    path.write_text(whole)
    assert machine.recorded().undo() is True


def test_what_others_did_since_is_kept_and_told(machine: Machine) -> None:
    machine.plan().apply()
    path = machine.root / "etc/main.cf"
    path.write_text(path.read_text() + "later = 1\n")
    machine.settings.value = "theirs"
    plan = machine.recorded()
    assert plan.undo() is True
    assert path.read_text() == "theirs = 1\nlater = 1\n"
    assert machine.settings.value == "theirs"
    assert plan.left == ("speed was set to 'theirs' by someone else and stays so",)


def test_an_undo_goes_on_where_the_server_is_down(machine: Machine) -> None:
    before = machine.content
    machine.plan().apply()
    machine.broken = {"reload"}
    plan = machine.recorded()
    assert plan.undo() is True
    assert machine.content == before
    assert plan.left == ("`reload` ended with 1: reload is broken",)


def test_a_full_disk_changes_nothing(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    before = machine.content

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(PlanError, match="No space left on device"):
            machine.plan().apply()
    assert machine.content == before
    assert machine.plan().apply() is True


def test_a_disk_that_fills_up_half_way_is_put_back(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = machine.content
    write = files.write

    def fill(path: Path, state: files.FileState, age: float = 0) -> None:
        if path.name == "unit":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        write(path, state, age)

    with monkeypatch.context() as patch:
        patch.setattr(files, "write", fill)
        with pytest.raises(PlanError, match="etc/unit: No space left on device"):
            machine.plan().apply()
    assert machine.content == before


def later_steps() -> tuple[Step, ...]:
    """The plan of a newer version: another block, and no need for the second file."""
    old = MarkedBlock("test", "ours = 1")
    return (
        STEPS[0],
        EditFile("/etc/main.cf", (MarkedBlock("test", "ours = 2"),), (old,)),
        EditFile("/etc/conf.d/ours.conf", (), (old,)),
        WriteFile("/etc/unit", b"newer unit\n"),
        *STEPS[4:],
    )


def test_a_later_plan_replaces_the_earlier_and_is_undone_to_the_first(machine: Machine) -> None:
    before = machine.content
    machine.plan().apply()
    between = machine.content
    machine.broken = {"check"}
    with pytest.raises(PlanError, match="put back"):
        machine.plan(later_steps()).apply()
    assert machine.content == between
    machine.broken = set()
    machine.plan(later_steps()).apply()
    assert "ours = 2" in (machine.root / "etc/main.cf").read_text()
    machine.recorded().undo()
    assert machine.content == before


def test_a_later_plan_must_not_forget_a_file(machine: Machine) -> None:
    machine.plan().apply()
    with pytest.raises(ValueError, match=r"says nothing about /etc/main\.cf"):
        machine.plan((STEPS[0], WriteFile("/etc/unit", b"x"))).apply()


def kills(act: str, folder: Path) -> int:
    """How many moments there are at which `act` can be killed."""
    with pytest.MonkeyPatch.context() as patch:
        machine = prepared(act, folder)
        killer = Killer(patch)
        run(act, machine)
        return killer.count


def prepared(act: str, folder: Path) -> Machine:
    machine = Machine(folder)
    if act != "apply":
        machine.plan().apply()
    return machine


def run(act: str, machine: Machine) -> None:
    if act == "apply":
        machine.plan().apply()
    elif act == "apply later":
        machine.plan(later_steps()).apply()
    else:
        machine.recorded().undo()


ACTS = ("apply", "apply later", "undo")


@pytest.mark.parametrize("then", ["resume", "undo"])
@pytest.mark.parametrize("act", ACTS)
def test_a_kill_at_any_moment_can_be_resumed_and_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str, then: str
) -> None:
    first = Machine(tmp_path / "first").content
    wanted = prepared(act, tmp_path / "wanted")
    run(act, wanted)
    moments = kills(act, tmp_path / "count")
    assert moments > 20
    killer = Killer(monkeypatch)
    for moment in range(1, moments + 1):
        machine = prepared(act, tmp_path / str(moment))
        killer.arm(moment)
        with pytest.raises(Killed):
            run(act, machine)
        killer.arm(None)
        half = ChangePlan.recorded(machine.host, machine.state, "test", [MarkedBlock])
        if then == "undo":
            if half is not None:
                half.undo()
            assert machine.content == first, moment
        elif half is not None and half.interrupted:
            half.resume()
            assert machine.content == wanted.content, moment
        if half is not None and then == "resume":
            machine.plan().undo()
            assert machine.content == first, moment


def test_a_kill_in_the_middle_of_a_way_back_is_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killer = Killer(monkeypatch)
    moment = 0
    while True:
        moment += 1
        machine = Machine(tmp_path / str(moment))
        before = machine.content

        def confirm(at: int = moment) -> None:
            killer.arm(at)
            raise PlanError("no")

        try:
            machine.plan().apply(confirm)
        except Killed:
            killer.arm(None)
        except PlanError:
            break
        half = ChangePlan.recorded(machine.host, machine.state, "test", [MarkedBlock])
        if half is not None:
            assert half.interrupted in {Phase.ROLLING_BACK, Phase.APPLYING}
            half.undo()
        assert machine.content == before, moment
    assert moment > 10


def test_an_interrupted_change_must_be_settled_first(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    killer = Killer(monkeypatch)
    killer.arm(12)
    with pytest.raises(Killed):
        machine.plan().apply()
    killer.arm(None)
    assert machine.recorded().interrupted is Phase.APPLYING
    with pytest.raises(PlanError, match="interrupted while applying: resume or undo it first"):
        machine.plan().apply()
    assert machine.recorded().resume() is True
    assert machine.recorded().resume() is False


def test_a_resumed_change_keeps_what_others_did_meanwhile(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setitem(machine.host.answers, "check", _kill)
        with pytest.raises(Killed):
            machine.plan().apply()
    path = machine.root / "etc/main.cf"
    path.write_text("meanwhile = 1\n" + path.read_text())
    machine.recorded().resume()
    assert path.read_text().startswith("meanwhile = 1\ntheirs = 1\n# BEGIN")
    machine.recorded().undo()
    assert path.read_text() == "meanwhile = 1\ntheirs = 1\n"


def _kill(_: Sequence[str]) -> tuple[int, str]:
    raise Killed


def test_a_parameter_step_reads_before_it_is_planned(machine: Machine) -> None:
    step = STEPS[4]
    assert isinstance(step, SetParameter)
    machine.settings.broken = True
    with pytest.raises(PlanError, match="the database is away"):
        machine.plan().apply()
    assert tree(machine.state) == {"lock": tree(machine.state)["lock"]}

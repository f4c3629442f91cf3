"""A program of root's choice is told once of each ban, and of each end; no other one is run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.errors import PlanError
from core.net.prefixes import Prefix
from core.system.ban_choice import Chosen
from core.system.ban_command import MOST_FAILURES, BanCommand, trusted
from core.system.host import Host

ONE, TWO = Chosen(Prefix.parse("192.0.2.1"), 3600), Chosen(Prefix.parse("2001:db8::/64"), 60)


class Stage:
    """A program that writes down what it is told, and fails for whom it is told to."""

    def __init__(self, folder: Path) -> None:
        self._told = folder / "told"
        self._bad = folder / "bad"
        self.program = folder / "program"
        self.program.write_text(
            f'#!/bin/sh\necho "$@" >>{self._told}\n! grep -qxF -e "$2" {self._bad} 2>/dev/null\n'
        )
        self.program.chmod(0o755)
        self.record = folder / "records" / "bans.json"
        self.command = BanCommand(Host(), self.program, self.record)

    def told(self) -> list[str]:
        """What it was told since the last time."""
        lines = self._told.read_text().splitlines() if self._told.exists() else []
        self._told.unlink(missing_ok=True)
        return lines

    def fails_for(self, *addresses: str) -> None:
        """Let it end with 1 for these."""
        self._bad.write_text("\n".join(addresses) + "\n" if addresses else "")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """The program."""
    return Stage(tmp_path)


def test_it_is_told_once_of_each_ban_and_of_each_end(stage: Stage) -> None:
    """A18: without a shell; what ends by itself is not taken back."""
    assert stage.command.apply([ONE, TWO], 1000.0) == []
    assert stage.told() == ["ban 192.0.2.1 3600", "ban 2001:db8::/64 60"]
    assert stage.command.apply([ONE, TWO], 1001.0) == []
    assert stage.told() == []
    stage.command.apply([ONE], 1002.0)
    assert stage.told() == ["unban 2001:db8::/64"]
    stage.command.apply([], 1000.0 + 3601)
    assert stage.told() == []
    assert stage.command.banned() == {}


def test_a_failure_is_told_and_tried_again(stage: Stage) -> None:
    stage.fails_for("192.0.2.1")
    (problem,) = stage.command.apply([ONE, TWO], 1000.0)
    assert "ban 192.0.2.1 3600" in problem
    assert list(stage.command.banned()) == ["2001:db8::/64"]
    stage.told()
    stage.fails_for()
    assert stage.command.apply([ONE, TWO], 1001.0) == []
    assert stage.told() == ["ban 192.0.2.1 3600"]


def test_a_program_that_always_fails_is_not_called_a_thousand_times(stage: Stage) -> None:
    many = [Chosen(Prefix.parse(f"192.0.2.{number}"), 60) for number in range(1, 100)]
    stage.fails_for(*(each.text for each in many))
    problems = stage.command.apply(many, 1000.0)
    assert len(stage.told()) == MOST_FAILURES
    assert problems[-1] == "it is left alone until the next time"


def test_a_ban_that_cannot_be_taken_back_is_not_forgotten(stage: Stage) -> None:
    stage.command.apply([ONE], 1000.0)
    stage.fails_for("192.0.2.1")
    assert len(stage.command.apply([], 1001.0)) == 1
    assert list(stage.command.banned()) == ["192.0.2.1"]


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"a": "b"}'])
def test_a_damaged_record_is_named(stage: Stage, content: bytes) -> None:
    stage.record.parent.mkdir()
    stage.record.write_bytes(content)
    with pytest.raises(PlanError, match=r"bans\.json"):
        stage.command.apply([ONE], 1.0)


root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root's programs are trusted")


@root_only
def test_roots_own_program_is_trusted(stage: Stage, tmp_path: Path) -> None:
    """Also by a link, which is followed first."""
    (tmp_path / "link").symlink_to(stage.program)
    assert trusted(str(stage.program)) == stage.program
    assert trusted(str(tmp_path / "link")) == stage.program


@root_only
@pytest.mark.parametrize("spoil", ["writable", "owner", "folder", "plain", "gone", "a folder"])
def test_what_others_could_change_is_not_run(stage: Stage, tmp_path: Path, spoil: str) -> None:
    """Neither the file nor a folder above it."""
    path = stage.program
    if spoil == "writable":
        path.chmod(0o775)
    elif spoil == "owner":
        os.chown(path, 65_534, 0)
    elif spoil == "folder":
        tmp_path.chmod(0o777)
    elif spoil == "plain":
        path.chmod(0o644)
    elif spoil == "gone":
        path = tmp_path / "nothing"
    else:
        path = tmp_path
    with pytest.raises(PlanError, match=r"ban\.command"):
        trusted(str(path))

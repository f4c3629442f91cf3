from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import PlanError
from core.system.host import Host
from core.system.steps import Command, MakeDirectory, Saved, SetParameter
from tests.core.system.machines import ScriptedHost, tree

FOLDER = MakeDirectory("/var/spool/postfix/mailward", 0o2750)


class Settings:
    """A machine's settings command: `settings get`, `settings put VALUE`."""

    def __init__(self, value: str) -> None:
        self.value = value
        self.broken = False

    def __call__(self, command: Sequence[str]) -> tuple[int, str]:
        if self.broken:
            return 1, "the database is away"
        if command[1] == "put":
            self.value = command[2]
        return 0, f"{self.value}\n"


def parameter(wanted: str = "new", inverse: str = "old") -> SetParameter:
    return SetParameter(
        "speed",
        wanted,
        ("settings", "get"),
        ("settings", "put", wanted),
        ("settings", "put", inverse),
    )


def test_a_folder_comes_and_goes_with_those_above_it(tmp_path: Path) -> None:
    host = ScriptedHost(tmp_path)
    (tmp_path / "var").mkdir()
    before = tree(tmp_path)
    assert FOLDER.pending(host)
    saved = FOLDER.prepare(host, None)
    FOLDER.apply(host)
    FOLDER.apply(host)
    assert not FOLDER.pending(host)
    assert (tmp_path / "var/spool/postfix/mailward").stat().st_mode & 0o7777 == 0o2750
    assert FOLDER.roll_back(host, saved) == []
    assert FOLDER.roll_back(host, saved) == []
    assert tree(tmp_path) == before


def test_a_folder_in_use_stays_and_is_told(tmp_path: Path) -> None:
    host = ScriptedHost(tmp_path)
    saved = FOLDER.prepare(host, None)
    FOLDER.apply(host)
    (tmp_path / "var/spool/postfix/mailward/policy.sock").touch()
    assert FOLDER.undo(host, saved) == [
        "the folder /var/spool/postfix/mailward is not empty and stays"
    ]


def test_a_folder_that_was_there_is_not_ours_to_remove(tmp_path: Path) -> None:
    host = ScriptedHost(tmp_path)
    (tmp_path / "var/spool/postfix/mailward").mkdir(parents=True)
    saved = FOLDER.prepare(host, None)
    FOLDER.undo(host, saved)
    assert (tmp_path / "var/spool/postfix/mailward").is_dir()


def test_a_later_plan_still_knows_the_folders_of_the_first(tmp_path: Path) -> None:
    host = ScriptedHost(tmp_path)
    first = FOLDER.prepare(host, None)
    FOLDER.apply(host)
    assert FOLDER.prepare(host, first).made == first.made


def test_a_parameter_is_set_and_set_back(tmp_path: Path) -> None:
    settings = Settings("old")
    host, step = ScriptedHost(tmp_path, {"settings": settings}), parameter()
    assert step.pending(host)
    saved = step.prepare(host, None)
    step.apply(host)
    assert (settings.value, step.pending(host)) == ("new", False)
    assert step.roll_back(host, saved) == []
    assert settings.value == "old"
    assert step.roll_back(host, saved) == []
    assert settings.value == "old"


def test_a_parameter_that_others_set_since_stays_theirs(tmp_path: Path) -> None:
    settings = Settings("old")
    host, step = ScriptedHost(tmp_path, {"settings": settings}), parameter()
    saved = step.prepare(host, None)
    step.apply(host)
    settings.value = "theirs"
    assert step.roll_back(host, saved) == ["speed was set to 'theirs' by someone else and stays so"]
    assert settings.value == "theirs"


def test_a_later_plan_still_knows_the_first_value(tmp_path: Path) -> None:
    host, step = ScriptedHost(tmp_path, {"settings": Settings("new")}), parameter()
    assert step.prepare(host, Saved(value="old")).value == "old"
    assert step.prepare(host, None).value == "new"


def test_a_broken_settings_command_is_told(tmp_path: Path) -> None:
    settings = Settings("old")
    settings.broken = True
    host = ScriptedHost(tmp_path, {"settings": settings})
    with pytest.raises(PlanError, match=r"`settings get` ended with 1: the database is away"):
        parameter().pending(host)


def test_a_command_must_succeed(tmp_path: Path) -> None:
    host = ScriptedHost(tmp_path, {"check": lambda _: (1, "line 3 is wrong")})
    Command(("reload",)).run(host)
    assert host.commands == [("reload",)]
    with pytest.raises(PlanError, match="line 3 is wrong"):
        Command(("check",), check=True).run(host)


def test_a_command_is_told_something_and_may_fail_by_what_it_says() -> None:
    """Some programs complain and end with 0."""
    host = Host()
    Command(("cat",), text="all is well\n", unwanted=("broken",)).run(host)
    with pytest.raises(PlanError, match="`cat` said: it is broken here"):
        Command(("cat",), text="well\n  it is broken here\n", unwanted=("broken",)).run(host)
    with pytest.raises(PlanError, match="said: broken"):
        Command(("sh", "-c", "echo broken >&2"), unwanted=("broken",)).run(host)


def test_a_command_that_did_nothing_is_known_by_its_silence() -> None:
    """Some programs end with 0 whatever came of it."""
    said = Command(("sh", "-c", "echo it worked >&2"), wanted=("it worked",))
    said.run(Host())
    with pytest.raises(PlanError, match="did not say 'it worked', but: all is quiet"):
        Command(("cat",), text="all is quiet\n", wanted=("it worked",)).run(Host())
    with pytest.raises(PlanError, match="but: nothing"):
        Command(("true",), wanted=("it worked",)).run(Host())


def test_folders_above_are_for_all_whatever_the_umask(tmp_path: Path) -> None:
    """An administrator with umask 077 must not make a panel's folders his own."""
    before = os.umask(0o077)
    try:
        MakeDirectory("/a/b/c", 0o700).apply(Host(tmp_path))
    finally:
        os.umask(before)
    modes = [(tmp_path / name).stat().st_mode & 0o777 for name in ("a", "a/b", "a/b/c")]
    assert modes == [0o755, 0o755, 0o700]


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (FOLDER, "make the folder /var/spool/postfix/mailward (mode 2750, root:root)"),
        (parameter(), "set speed to new"),
        (Command(("postfix", "reload")), "run `postfix reload`"),
        (Command(("postfix", "check"), check=True), "check with `postfix check`"),
        (Command(("perl", "-e", "a;\nb;", "x"), check=True), "check with `perl -e … x`"),
    ],
)
def test_steps_say_what_they_do(step: MakeDirectory | SetParameter | Command, text: str) -> None:
    assert step.describe() == text


def test_a_crash_between_making_and_dressing_is_mended(tmp_path: Path) -> None:
    host = ScriptedHost(tmp_path)
    path = tmp_path / "var/spool/postfix/mailward"
    path.mkdir(parents=True, mode=0o700)
    replace(FOLDER, mode=0o750).apply(host)
    assert path.stat().st_mode & 0o7777 == 0o750

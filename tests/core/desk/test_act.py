"""An act is done, or says why it is not; nothing that somebody catches gets out of it."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

from core.desk import act
from core.desk.act import Act
from core.errors import PlanError
from tests.core.desk.mail_hook import Change

if TYPE_CHECKING:
    from collections.abc import Callable

FULL = OSError(errno.ENOSPC, "No space left on device")


def fail(error: Exception) -> Callable[..., None]:
    """Work that fails."""

    def work(*_: object) -> None:
        raise error

    return work


def full(text: str) -> PlanError:
    """An error of ours whose cause is a full disk."""
    error = PlanError(text)
    error.__cause__ = FULL
    return error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (PlanError("no"), "no"),
        (PermissionError(errno.EACCES, "Permission denied"), "[Errno 13] Permission denied"),
        (FULL, "the disk is full: make room, then run this again"),
        (
            OSError(errno.EDQUOT, "Disk quota exceeded", "/etc/x"),
            "the disk is full (/etc/x): make room, then run this again",
        ),
        (full("was put back"), "was put back; the disk is full: make room, then run this again"),
    ],
)
def test_it_is_told_and_a_full_disk_with_what_to_do(error: Exception, told: str) -> None:
    """E12: whoever reads it is there, and can make room."""
    assert act.act("do", fail(error)).problem == told


@pytest.mark.parametrize("error", [PlanError("no"), FULL])
def test_what_fails_is_told(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk as well as an error of ours."""
    change = Change()
    for name in ("resume", "undo"):
        monkeypatch.setattr(change, name, fail(error))
    told = act.act("do", fail(error))
    assert told.problem
    assert act.apply("do", lambda: change, None) == told
    assert act.undo("do", change) == told


def test_a_bug_is_not_hidden() -> None:
    """What nobody expects ends the program."""
    with pytest.raises(ZeroDivisionError):
        act.act("do", fail(ZeroDivisionError()))


def test_what_is_in_place_is_looked_at_again() -> None:
    """A hook that is there already must work all the same."""
    change = Change()
    change.pending = False
    looked: list[str] = []
    act.apply("do", lambda: change, lambda: looked.append("looked"))
    assert looked


def test_what_had_to_be_left_is_told() -> None:
    """And what never was needs no taking away."""
    assert act.undo("do", None).notes == ("there was nothing to take away",)
    assert act.act("do", lambda: None) == Act("do")

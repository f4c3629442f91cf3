"""A process of the demo that does not come up is told with what it said."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.child import Child
from demo.ending import Ending
from demo.problem import DemoError


def _child(tmp_path: Path, code: str) -> Child:
    return Child("the thing", ["-c", code], tmp_path / "log", Ending())


def test_one_that_dies_is_told_with_its_last_words(tmp_path: Path) -> None:
    child = _child(tmp_path, "import sys; print('no room'); sys.exit(3)")
    with pytest.raises(
        DemoError, match=r"the thing has ended by itself \(exit code 3\)[^!]*no room"
    ):
        child.start(lambda: False)


def test_one_that_answers_runs_until_it_is_stopped(tmp_path: Path) -> None:
    child = _child(tmp_path, "print('here', flush=True); import signal; signal.pause()")
    child.start(lambda: "here" in (tmp_path / "log").read_text())
    child.check()
    child.stop()
    child.stop()

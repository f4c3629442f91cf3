from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from core.errors import PlanError
from core.system.lock import only_one


def test_a_second_change_is_refused_with_the_holder(tmp_path: Path) -> None:
    with (
        only_one(tmp_path),
        pytest.raises(PlanError, match=rf"under way \(process {os.getpid()}\)"),
        only_one(tmp_path, patience=0.2),
    ):
        raise AssertionError("the lock was given twice")


def test_a_change_waits_for_one_that_ends_soon(tmp_path: Path) -> None:
    held, waiting = threading.Event(), threading.Event()

    def hold() -> None:
        with only_one(tmp_path):
            held.set()
            waiting.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    threading.Timer(0.3, waiting.set).start()
    with only_one(tmp_path):
        assert waiting.is_set()
    holder.join()


def test_the_lock_is_free_again_afterwards(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), only_one(tmp_path):
        raise ZeroDivisionError
    with only_one(tmp_path):
        pass


def test_the_state_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    with only_one(tmp_path / "state/hooks"):
        assert (tmp_path / "state/hooks").stat().st_mode & 0o777 == 0o700

"""What takes a while is found out once for a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.web.kept import Kept


def test_it_is_found_out_again_when_it_is_too_old() -> None:
    """And when the clock was set back, or it was forgotten."""
    answers = iter("abcd")
    kept: Kept[str] = Kept(60)
    seen = [kept.get(now, lambda: next(answers)) for now in (1000.0, 1059.9, 1060.0, 10.0)]
    assert seen == ["a", "a", "b", "c"]
    assert kept.is_fresh(69.9)
    assert not kept.is_fresh(70.0)
    assert [kept.last] == ["c"]
    kept.forget()
    assert kept.last is None
    assert not kept.is_fresh(10.0)
    assert kept.get(10.0, lambda: next(answers)) == "d"


def test_what_could_not_be_found_out_is_tried_again() -> None:
    kept: Kept[str] = Kept(60)
    with pytest.raises(OSError, match="away"):
        kept.get(1.0, _away)
    assert kept.get(1.0, lambda: "here") == "here"


def test_those_who_come_meanwhile_wait_for_the_answer() -> None:
    """A panel's command that takes a second runs once, however many pages are asked for."""
    kept: Kept[int] = Kept(60)
    asked: list[int] = []
    started, go_on = threading.Event(), threading.Event()

    def slowly() -> int:
        asked.append(1)
        started.set()
        assert go_on.wait(10)
        return len(asked)

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(kept.get, 1.0, slowly)
        assert started.wait(10)
        others = [pool.submit(kept.get, 1.0, slowly) for _ in range(2)]
        go_on.set()
        assert [each.result(10) for each in (first, *others)] == [1, 1, 1]


def _away() -> str:
    raise OSError("away")

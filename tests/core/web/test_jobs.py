"""Work in the background: one piece at a time, its end told, its result kept."""

from __future__ import annotations

import threading

import pytest

from core.errors import DataError
from core.sources.progress import UpdateResult
from core.web.jobs import Busy, Job, Jobs, Step, Watch, jobs
from tests.core.web.rig import Pages


@pytest.fixture
def office() -> Jobs:
    return Jobs(lambda: 5.0)


def _ended(office: Jobs, kind: str = "x") -> Job:
    office.wait(10)
    found = office.last(kind)
    assert found is not None
    assert not found.is_running
    return found


def test_one_at_a_time_and_the_result_is_kept(office: Jobs) -> None:
    go_on = threading.Event()
    office.start("x", "root", lambda _: go_on.wait(10) and "done")
    running = office.last("x")
    assert running is not None
    assert running.is_running
    with pytest.raises(Busy):
        office.start("y", "root", lambda _: None)
    assert office.last("y") is None
    go_on.set()
    assert _ended(office) == Job("x", "root", 5.0, 5.0, result="done")
    office.start("y", "root", lambda _: None)
    assert _ended(office, "y").result is None
    assert _ended(office).result == "done"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (DataError("it is away"), "it is away"),
        (ZeroDivisionError("ours"), "ZeroDivisionError: ours"),
    ],
)
def test_work_that_fails_says_so_and_ends(office: Jobs, error: Exception, says: str) -> None:
    def work(_: Watch) -> None:
        raise error

    office.start("x", "root", work)
    assert _ended(office).problem == says
    office.start("x", "root", lambda _: 1)
    assert _ended(office).problem == ""


def test_steps_are_told_as_they_go(office: Jobs) -> None:
    seen: list[Job | None] = []

    def work(watch: Watch) -> None:
        watch.plan(("a", "b"))
        watch.begin("a", 100)
        watch.advance("a", 30)
        watch.advance("a", 20)
        seen.append(office.last("x"))
        watch.end(UpdateResult("a", "updated", "fine"))

    office.start("x", "root", work)
    ended = _ended(office)
    assert seen[0] is not None
    assert seen[0].steps == (Step("a", "working", "", 50, 100), Step("b"))
    assert ended.steps[0] == Step("a", "updated", "fine", 50, 100)
    assert ended.done == 1


def test_application_has_one_office(pages: Pages) -> None:
    with pages.app.test_request_context():
        assert jobs(pages.clock) is jobs(pages.clock)

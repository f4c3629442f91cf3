"""The whole demo, as a new user starts it, without the real mail servers."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.control import Control
from core.settings.config import load
from core.store.counts import DAY, HOUR
from core.store.event_filter import EventFilter
from core.store.statistics import StatisticsFilter
from core.store.store import Store
from core.words import Reason, Verdict
from demo import cast
from tests.demo.rig import PROJECT, Demo

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that has told its story in eight seconds and has ended by itself."""
    directory = tmp_path_factory.mktemp("demo") / "d"
    with Demo(directory, "--seconds", "8", "--no-lab", "--fresh") as demo:
        assert demo.finish() == 0, demo.output
        yield demo


@pytest.fixture
def store(played: Demo) -> Iterator[Store]:
    """What the demo has left in its directory."""
    store = Store.open(load(str(played.directory / "mailward.toml")).store_url)
    yield store
    store.close()


@pytest.mark.parametrize(
    ("verdict", "stage", "reason"),
    [
        ("allowed", "connect", "Germany"),
        ("allowed", "auth", "login_ok"),
        ("allowed", "auth", "exempt_account"),
        ("watched", "connect", "network_cloud"),
        ("failed", "auth", "the password was wrong"),
        ("refused", "connect", "network_attacker"),
        ("refused", "connect", "network_cloud"),
        ("refused", "auth", "country"),
        ("deferred", "send", "send_limit"),
        ("deferred", "auth", "account_blocked"),
    ],
)
def test_decisions_of_every_kind_are_printed(
    played: Demo, verdict: str, stage: str, reason: str
) -> None:
    """A3, A6, A8, A9, A11, B1: each as one aligned line, complete where nobody counts columns."""
    assert any(
        (word, where) == (verdict, stage) and reason in rest
        for word, where, _, rest in played.decisions()
    ), played.output


def test_the_acts_come_in_their_order(played: Demo) -> None:
    titles = [line.split(". ")[0] for line in played.output.splitlines() if line[:4] == "── 1"]
    assert len(titles) == 1, "the story is told once when its time is given"
    places = [played.output.index(f"── {number}. ") for number in range(1, 7)]
    assert places == sorted(places)


def test_nothing_is_coloured_where_nobody_looks(played: Demo) -> None:
    assert "\x1b" not in played.output
    assert "…" not in played.output


def test_the_stolen_account_was_blocked_and_released(played: Demo, store: Store) -> None:
    """B1, B3, B6"""
    block = store.blocks.history(limit=1)[0]
    assert (block.account, block.reason) == (cast.VICTIMS[0], Reason.SEND_LIMIT)
    assert block.released_by == "karin"
    events = store.events.find(EventFilter(account=block.account, since=block.started - 60))
    sent = [event for event in events if event.queue_id and event.at < block.started]
    assert {event.verdict for event in sent} == {Verdict.ALLOW}
    notices = list((played.directory / "notices").glob("*.eml"))
    assert len(notices) == 1
    assert f"Subject: Blocked from sending: {block.account}" in notices[0].read_text()


def test_the_store_has_a_month(store: Store) -> None:
    now = time.time()
    days = store.statistics.totals(
        StatisticsFilter(since=now - 31 * DAY * HOUR, until=now), ["day"]
    )
    assert len(days) >= 30
    assert all(day.count > 50 for day in days[1:-1])


def test_nothing_is_left_behind(played: Demo) -> None:
    assert played.left_behind() == []


def test_every_command_that_is_shown_works(played: Demo) -> None:
    """The daemon has ended: what needs it says so by its exit code (3), nothing else fails."""
    shown = [line.strip().split("  #")[0] for line in played.output.splitlines()]
    commands = [line for line in shown if line.startswith("./dev run mailward ")]
    assert len(commands) >= 8
    for command in commands:
        words = shlex.split(command)[3:]
        if "--follow" in words:
            words.remove("--follow")
        result = subprocess.run(
            [sys.executable, "-m", "core", *words],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == (3 if "status" in words else 0), (command, result.stderr)


def test_a_second_run_keeps_the_month_and_ends_on_sigterm(played: Demo, store: Store) -> None:
    before = store.events.last_id()
    with Demo(played.directory, "--no-lab", "--quiet") as demo:
        demo.await_true(lambda: "An ordinary morning" in demo.printed())
        demo.process.terminate()
        assert demo.finish() == 0, demo.output
        assert demo.left_behind() == []
    assert store.events.last_id() >= before
    assert demo.decisions() == []
    assert "Nothing runs any more" in demo.output
    assert "broke off" not in demo.output


def test_a_second_demo_at_once_says_so(tmp_path: Path) -> None:
    with Demo(tmp_path / "d", "--no-lab") as first:
        first.await_true((tmp_path / "d/demo.json").exists)
        second = Demo(tmp_path / "d", "--no-lab")
        with second:
            assert second.finish() == 1
        assert "another demo already runs" in second.output
        assert first.process.poll() is None


def _month_begun(directory: Path) -> bool:
    return (directory / "state/store.sqlite").exists()


def _month_written(directory: Path) -> bool:
    mark = directory / "demo.json"
    return mark.exists() and b'"month":0' not in mark.read_bytes()


def _daemon_started(directory: Path) -> bool:
    return (directory / "log/daemon.log").exists()


def _daemon_answers(directory: Path) -> bool:
    return (directory / "run/control.sock").exists()


@pytest.mark.parametrize(
    "moment",
    [_month_begun, _month_written, _daemon_started, _daemon_answers],
    ids=lambda moment: moment.__name__.strip("_"),
)
def test_ctrl_c_in_the_middle_of_starting_leaves_nothing(
    tmp_path: Path, moment: Callable[[Path], bool]
) -> None:
    with Demo(tmp_path / "d", "--no-lab") as demo:
        demo.await_true(lambda: moment(tmp_path / "d"))
        demo.interrupt_group()
        assert demo.finish() == 0, demo.output
    assert "Traceback" not in demo.output
    assert demo.left_behind() == []


def test_a_daemon_that_dies_is_reported_with_its_log(played: Demo, tmp_path: Path) -> None:
    with Demo(played.directory, "--no-lab") as demo:
        demo.await_true(lambda: "An ordinary morning" in demo.printed())
        status = Control(load(str(played.directory / "mailward.toml")).control).call("status")
        os.kill(status["pid"], signal.SIGKILL)
        assert demo.finish() == 1
    assert "the daemon has ended by itself (signal 9)" in demo.output
    assert '"event": "answering"' in demo.output
    assert "Traceback" not in demo.output
    assert demo.left_behind() == []


def test_a_demo_that_is_killed_takes_its_daemon_along(tmp_path: Path) -> None:
    with Demo(tmp_path / "d", "--no-lab") as demo:
        demo.await_true(lambda: "An ordinary morning" in demo.printed())
        demo.process.kill()
        demo.finish()
        deadline = time.monotonic() + 30
        while demo.left_behind() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert demo.left_behind() == []


def test_a_foreign_directory_is_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "d/thesis.txt"
    precious.parent.mkdir()
    precious.write_text("years of work")
    with Demo(tmp_path / "d", "--no-lab", "--fresh") as demo:
        assert demo.finish() == 1
    assert "holds something else" in demo.output
    assert [path.name for path in precious.parent.iterdir()] == ["thesis.txt"]

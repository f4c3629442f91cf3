"""The daemon mails its reports by itself, once, and goes on answering meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from core.daemon.daemon import Daemon
from core.daemon.reporter import Reporter
from core.errors import NoticeError
from core.notify.report_memory import NAME
from core.notify.report_post import SETTLE_SECONDS
from core.notify.submission import submit
from core.settings.config import Config
from core.store.store import Store
from tests.core.daemon.living import config_in, configure, living, run
from tests.core.daemon.rig import TIMEOUT
from tests.core.notify.counted import DAY, MONDAY, count
from tests.core.notify.sink import Sink, sink

ADMIN = {"notify.address": "admin@x.test"}
THURSDAY = MONDAY - 4 * DAY
"""When the daemon has met everybody."""

MAIL_TIME = MONDAY + DAY / 2
"""When the report on the week is due, wherever the tests run."""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A server with an administrator, an owner, and a week in its store."""
    found = config_in(tmp_path)
    configure(found, ADMIN)
    with closing(Store.open(found.store_url)) as store:
        count(store)
        store.settings.change(("domain", "a.test"), {"owner.address": "o@a.test"}, "x", 1.0)
    return found


async def _settle(reporter: Reporter, now: float, clock: float) -> None:
    """Let a reporter believe the clock."""
    assert not await reporter.step(now, clock)
    await reporter.step(now + SETTLE_SECONDS, clock + SETTLE_SECONDS)


def _to(server: Sink) -> Callable[[EmailMessage, str], object]:
    return lambda mail, recipient: submit(mail, recipient, places=[], smtp=server.place)


async def _week(daemon: Daemon, send: Callable[[EmailMessage, str], object]) -> Reporter:
    """From Thursday to Monday, until nothing is left to be mailed."""
    reporter = Reporter(daemon, send)
    await _settle(reporter, THURSDAY, 0.0)
    clock = MAIL_TIME - THURSDAY
    while await reporter.step(THURSDAY + clock, clock):
        clock += 4.0
    return reporter


def test_a_week_is_mailed_to_administrator_and_owner(config: Config) -> None:
    """D10: each their own, and neither again after a restart."""

    async def session() -> None:
        with sink() as server:
            for _ in range(2):
                async with living(config) as daemon:
                    await _week(daemon, _to(server))
                    assert "report" not in daemon.parts.problems
            assert [to for to, _ in server.mails] == ["admin@x.test", "o@a.test"]
            whole, own = (_text(mail) for _, mail in server.mails)
            assert "eve@b.test" in whole
            assert "ann@a.test" in own
            assert "eve@b.test" not in own

    run(session)


def test_the_administrator_reads_what_status_says(config: Config) -> None:
    """D10: what needs a decision."""

    async def session() -> None:
        with sink() as server:
            async with living(config) as daemon:
                daemon.parts.report("seed", "the seed is spoilt")
                await _week(daemon, _to(server))
            whole, own = (_text(mail) for _, mail in server.mails)
            assert "seed: the seed is spoilt" in whole
            assert "spoilt" not in own

    run(session)


def test_a_failure_is_a_problem_in_status(config: Config) -> None:
    """D10: nobody wonders where the report is."""

    def fail(*_: object) -> object:
        raise NoticeError("no mail system")

    async def session() -> None:
        async with living(config) as daemon:
            await _week(daemon, fail)
            assert "the administrator: no mail system" in daemon.parts.problems["report"]

    run(session)


@pytest.mark.parametrize("broken", ["store", "memory"])
def test_what_is_missing_is_a_problem_and_no_end(config: Config, broken: str) -> None:
    """The daemon answers all the same."""
    if broken == "memory":
        (config.state / NAME).mkdir()

    async def session() -> None:
        async with living(config) as daemon:
            if broken == "store":
                _close_store(daemon)
            await _week(daemon, lambda *_: None)
            assert daemon.parts.problems["report"]

    run(session)


def _close_store(daemon: Daemon) -> None:
    assert daemon.writer.store is not None
    daemon.writer.store.close()
    daemon.writer.store = None


def test_settings_that_are_not_known_for_certain_mail_nothing(config: Config) -> None:
    """Else somebody who only seems to have left would be forgotten."""

    async def session() -> None:
        async with living(config) as daemon:
            await _week(daemon, lambda *_: None)
            known = (config.state / NAME).read_bytes()
            daemon.rules = type(daemon.rules)(_nothing(daemon), (), stale=True)
            assert not await Reporter(daemon).step(MAIL_TIME + 7 * DAY, 1e6)
            assert (config.state / NAME).read_bytes() == known

    run(session)


def _nothing(daemon: Daemon) -> Any:
    return type(daemon.rules.resolved)({})


def test_answers_do_not_wait_for_a_mail_system_that_hangs(config: Config) -> None:
    """D10: the loop goes on while the mail is handed over."""
    begun, go = threading.Event(), threading.Event()

    def hang(*_: object) -> None:
        begun.set()
        assert go.wait(TIMEOUT)

    async def session() -> None:
        async with living(config) as daemon:
            reporter = Reporter(daemon, hang)
            await _settle(reporter, THURSDAY, 0.0)
            clock = MAIL_TIME - THURSDAY
            step = asyncio.get_running_loop().create_task(reporter.step(MAIL_TIME, clock))
            while not begun.is_set():
                await asyncio.sleep(0.01)
            go.set()
            assert await step

    run(session)


def test_the_daemon_looks_after_it_by_itself(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And its end ends that."""
    monkeypatch.setattr("core.daemon.reporter.LOOK_SECONDS", 0.01)
    monkeypatch.setattr("core.notify.report_post.SETTLE_SECONDS", 0.0)

    async def session() -> None:
        async with living(config):
            while not (config.state / NAME).exists():
                await asyncio.sleep(0.01)

    run(session)


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())

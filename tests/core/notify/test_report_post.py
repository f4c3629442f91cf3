"""Reports are mailed once each, late rather than never, and never many at once."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import suppress
from datetime import UTC
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.notify.report_memory import NAME, ReportMemory
from core.notify.report_period import Every, Period, latest
from core.notify.report_post import (
    LONGEST_RETRY,
    SETTLE_SECONDS,
    Recipient,
    ReportPost,
    recipients,
)
from core.settings.scope import typed

DAY = 86_400.0
HOUR = 3600.0
MONDAY = 1_799_625_600.0
"""2027-01-11 00:00 UTC."""

ADMIN = Recipient("", "admin@x.test", "weekly", "en")
OWNER = Recipient("a.test", "o@a.test", "daily", "en")


class _Killed(BaseException):
    """The process is gone while the mail system has the mail."""


class Server:
    """A server with two clocks, a mail system, and a post that a test restarts."""

    def __init__(
        self, directory: Path, wanted: tuple[Recipient, ...] = (ADMIN, OWNER), zone: Any = UTC
    ) -> None:
        self.path = directory / NAME
        self.wanted = wanted
        self.zone = zone
        self.now, self.clock = MONDAY, 0.0
        self.mailed: list[tuple[str, str]] = []
        self.trouble = ""
        self.is_doomed = False
        self.tries = 0
        self.restart()

    def restart(self, down: float = 0.0) -> None:
        """Be down for some seconds."""
        self.now += down
        self.clock = 0.0
        memory = ReportMemory(self.path)
        self.post = ReportPost[Period](memory, lambda _, period: period, self._submit, self.zone)

    def _submit(self, period: Period, recipient: Recipient) -> None:
        self.tries += 1
        if self.trouble:
            raise OSError(self.trouble)
        self.mailed.append((recipient.domain, period.id))
        if self.is_doomed:
            self.is_doomed = False
            self._left = self.path.read_bytes()
            raise _Killed

    def step(self) -> bool:
        """One step; a server that is killed in it comes back."""
        try:
            return self.post.step(self.wanted, 7, self.now, self.clock)
        except _Killed:
            self.path.write_bytes(self._left)
            self.restart()
            return False

    def run(self, seconds: float, tick: float = HOUR) -> None:
        """Run for a while."""
        end = self.clock + seconds
        while True:
            before = len(self.mailed)
            while self.step():
                self.clock += 4.0
                self.now += 4.0
            each = Counter(who for who, _ in self.mailed[before:])
            assert max(each.values(), default=0) <= 1, "a burst"
            if self.clock >= end:
                return
            self.clock += tick
            self.now += tick

    def latest(self, every: Every) -> str:
        """The report that is the latest now."""
        return latest(every, self.now, 7, self.zone).id


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """A server that has met its recipients."""
    found = Server(tmp_path)
    found.run(SETTLE_SECONDS, 60.0)
    return found


SECONDS = st.floats(0, 9 * DAY)
ACTIONS = st.one_of(
    st.tuples(st.just("run"), SECONDS),
    st.tuples(st.just("restart"), SECONDS),
)
MISHAPS = st.one_of(
    st.tuples(st.just("jump"), st.floats(-60 * DAY, 60 * DAY) | st.floats(-HOUR, HOUR)),
    st.tuples(st.just("trouble"), st.just(0.0)),
    st.tuples(st.just("mended"), st.just(0.0)),
    st.tuples(st.just("killed"), st.just(0.0)),
)


def _do(server: Server, what: str, amount: float) -> None:
    if what == "run":
        server.run(amount)
    elif what == "restart":
        server.restart(amount)
    elif what == "jump":
        server.now = max(0.0, server.now + amount)
    elif what == "killed":
        server.is_doomed = True
    else:
        server.trouble = "no mail system" if what == "trouble" else ""


@settings(max_examples=40, deadline=None)
@given(
    st.lists(ACTIONS | MISHAPS, min_size=2, max_size=10),
    st.sampled_from([UTC, ZoneInfo("Europe/Berlin")]),
)
def test_nothing_is_ever_mailed_twice(actions: list[tuple[str, float]], zone: Any) -> None:
    """D10: whatever clocks, crashes and the mail system do; and never a burst (see `run`)."""
    with tempfile.TemporaryDirectory() as directory:
        server = Server(Path(directory), zone=zone)
        for what, amount in actions:
            _do(server, what, amount)
            assert max(Counter(server.mailed).values(), default=0) <= 1


@settings(max_examples=30, deadline=None)
@given(st.lists(ACTIONS, min_size=1, max_size=6))
def test_nothing_is_lost_while_the_server_runs(actions: list[tuple[str, float]]) -> None:
    """D10: the latest report is always mailed soon, also after a downtime; those that fell due
    while the server ran are all mailed."""
    with tempfile.TemporaryDirectory() as directory:
        server = Server(Path(directory))
        server.run(SETTLE_SECONDS, 60.0)
        met = {"": server.latest("weekly"), "a.test": server.latest("daily")}
        due: set[tuple[str, str]] = set()
        for what, amount in actions:
            if what == "restart":
                server.restart(amount)
                continue
            begun = server.clock
            while server.clock < begun + amount:
                server.run(HOUR)
                for who, every in (("", "weekly"), ("a.test", "daily")):
                    name = server.latest(every)  # type: ignore[arg-type]  # a literal of the loop
                    if name != met[who]:
                        due.add((who, name))
                assert due <= set(server.mailed)


def test_after_a_downtime_only_the_latest_is_mailed(server: Server) -> None:
    """D10: late ones once, and never a burst."""
    server.restart(30 * DAY)
    server.run(2 * HOUR)
    assert sorted(server.mailed) == [("", "weekly 2027-02-01"), ("a.test", "daily 2027-02-08")]


@pytest.mark.parametrize("jump", [3 * DAY, 60 * DAY, 1500 * DAY, -1500 * DAY, -MONDAY])
def test_a_clock_that_jumps_and_comes_back_keeps_nothing_back(server: Server, jump: float) -> None:
    """D10: the reports of the days after it come, each once."""
    server.now += jump
    server.run(HOUR)
    server.now -= jump
    server.run(15 * DAY)
    daily = [name for who, name in server.mailed if who == "a.test"]
    assert {f"daily 2027-01-{day}" for day in range(12, 25)} <= set(daily)
    assert {"weekly 2027-01-11", "weekly 2027-01-18"} <= {n for w, n in server.mailed if not w}
    assert max(Counter(server.mailed).values()) == 1


def test_a_clock_that_is_wrong_for_a_moment_mails_nothing(server: Server) -> None:
    """At the boot, before the time is known."""
    server.now += 1500 * DAY
    server.run(SETTLE_SECONDS / 2, 30.0)
    server.now -= 1500 * DAY
    server.run(SETTLE_SECONDS / 2, 30.0)
    assert server.mailed == []


@pytest.mark.parametrize("now", [float("inf"), -1e12, 1e30])
def test_a_clock_beyond_the_calendar_hurts_nobody(server: Server, now: float) -> None:
    """No report, no error."""
    server.now = now
    with suppress(OverflowError):
        assert not server.step()
    server.clock += SETTLE_SECONDS
    assert not server.step()


def test_a_failure_is_told_and_tried_again_more_and_more_rarely(server: Server) -> None:
    """D10: by status, until it works or the next report takes its place."""
    server.trouble = "no mail system"
    server.wanted = (OWNER,)
    server.now += 8 * HOUR - SETTLE_SECONDS
    server.run(DAY, 60.0)
    assert "a.test: no mail system" in server.post.problem
    assert 5 <= server.tries <= 12
    server.trouble = ""
    server.run(LONGEST_RETRY + HOUR)
    assert server.post.problem == ""
    assert len(server.mailed) == len(set(server.mailed)) >= 1


def test_a_mail_system_that_is_down_is_not_asked_for_every_owner(tmp_path: Path) -> None:
    """Many owners, and each failure may take half a minute."""
    wanted = tuple(Recipient(f"{n}.test", "o@a.test", "weekly", "en") for n in range(200))
    server = Server(tmp_path, wanted)
    server.run(SETTLE_SECONDS, 60.0)
    server.trouble = "no mail system"
    server.run(DAY, 60.0)
    assert 5 < server.tries < 50
    server.trouble = ""
    server.run(LONGEST_RETRY, 60.0)
    assert len(server.mailed) == len(set(server.mailed)) == 200


def test_a_report_that_cannot_be_made_keeps_no_other_back(tmp_path: Path) -> None:
    """One domain has a problem, not all."""
    mailed: list[str] = []

    def compose(recipient: Recipient, period: Period) -> str:
        if recipient.domain == "a.test":
            raise KeyError("odd")
        return period.id

    memory = ReportMemory(tmp_path / NAME)
    post = ReportPost[str](memory, compose, lambda mail, _: mailed.append(mail), UTC)
    clock = 0.0
    for _ in range(200):
        post.step((OWNER, ADMIN), 7, MONDAY + clock, clock)
        clock += 300.0
    assert mailed == ["weekly 2027-01-04"]
    assert "odd" in post.problem
    assert "a.test" in post.problem


def test_without_a_note_nothing_is_mailed(server: Server) -> None:
    """A full disk: rather late than twice."""
    server.path.rename(aside := server.path.with_suffix(".aside"))
    server.path.mkdir()
    server.wanted = (ADMIN,)
    server.run(8 * DAY)
    assert server.mailed == []
    assert "directory" in server.post.problem
    server.path.rmdir()
    aside.rename(server.path)
    server.run(LONGEST_RETRY + HOUR)
    assert server.mailed == [("", "weekly 2027-01-11")]
    assert server.post.problem == ""


def test_what_nobody_knows_is_told(server: Server) -> None:
    """D10: a crash between the note and the mail."""
    server.is_doomed = True
    server.run(8 * HOUR)
    assert "is not known" in server.post.problem
    assert "mailward report send" in server.post.problem


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        ({}, []),
        ({("server", ""): {"notify.address": "a@x.test"}}, [("", "a@x.test", "weekly", "en")]),
        ({("server", ""): {"notify.address": "a@x.test", "notify.report": "off"}}, []),
        ({("domain", "a.test"): {"owner.report": "daily"}}, []),
        (
            {("domain", "a.test"): {"owner.address": "o@a.test", "notify.language": "de"}},
            [("a.test", "o@a.test", "weekly", "de")],
        ),
        (
            {
                ("server", ""): {"owner.report": "daily"},
                ("domain", "a.test"): {"owner.address": "o@a.test"},
                ("domain", "b.test"): {"owner.address": "o@b.test", "owner.report": "off"},
                ("domain", "c.test"): {"owner.address": "o@c.test", "domain.enabled": False},
            },
            [("a.test", "o@a.test", "daily", "en")],
        ),
    ],
)
def test_who_wants_reports(stored: Any, found: list[tuple[str, ...]]) -> None:
    """D10: whoever has an address and has not said no."""
    rules, left_out = typed(stored)
    assert left_out == []
    assert recipients(rules) == [Recipient(*each) for each in found]  # type: ignore[arg-type]


def test_whoever_asks_for_it_daily_gets_yesterdays(server: Server) -> None:
    """They see that it works."""
    server.run(3 * DAY)
    server.wanted = (Recipient("", "admin@x.test", "daily", "en"),)
    server.run(HOUR)
    assert ("", server.latest("daily")) in server.mailed

"""Notices: one after the other, beside everything else, none that matters more than an end; and
none that is forgotten because the mail system was away."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from core.daemon import teller as room
from core.daemon.teller import Announce, Teller
from core.errors import NoticeError
from core.settings.model import Settings
from core.store.block import Block
from tests.core.daemon.rig import TIMEOUT


class Post:
    """A mail system that a test breaks: who is told of which account, and what went wrong.

    Attributes:
        broken: accounts of which nobody can be told, and what is said then.
        tried: every attempt: the account, and who had been told before.
        told: accounts of which people were told.
        reports: the problem after each attempt.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.broken: dict[str, Exception] = {}
        self.tried: list[tuple[str, tuple[str, ...]]] = []
        self.told: list[str] = []
        self.reports: list[str] = []
        self._changed = threading.Condition()

    def teller(self, announce: Announce | None = None) -> Teller[Block]:
        """A teller that has begun."""
        teller = Teller(
            announce or self._announce, self._report, lambda _: Settings(), self.path, Block
        )
        teller.start()
        return teller

    def wait(self, condition: Callable[[], bool]) -> None:
        """Until it holds, which only an attempt can change."""
        with self._changed:
            assert self._changed.wait_for(condition, TIMEOUT)

    def _announce(self, block: Block, _: Settings, told: Collection[str]) -> None:
        self.tried.append((block.account, tuple(told)))
        if block.account in self.broken:
            raise self.broken[block.account]
        self.told.append(block.account)

    def _report(self, problem: str) -> None:
        with self._changed:
            self.reports.append(problem)
            self._changed.notify_all()


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """One that works."""
    return Post(tmp_path / "notices")


def block(account: str) -> Block:
    """A block of an account."""
    return Block(account=account, started=0.0, until=60.0, seconds=60, reason="send_limit")


def test_each_block_is_told_once_and_in_order(post: Post) -> None:
    """A17: one notice per block."""
    teller = post.teller()
    for number in range(20):
        teller.tell(block(str(number)))
    assert teller.stop(TIMEOUT) == 0
    assert post.told == [str(number) for number in range(20)]
    assert not post.path.exists()


def test_a_failure_is_reported_until_nobody_waits_any_more(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People see why nobody was told; those who are told meanwhile do not hide it."""
    monkeypatch.setattr(room, "FIRST_PAUSE", 0.05)
    post.broken = {"bad": OSError("no mail about bad"), "nameless": RuntimeError()}
    teller = post.teller()
    for account in ("bad", "nameless", "good"):
        teller.tell(block(account))
    post.wait(lambda: len(post.reports) >= 3)
    assert post.reports[0] == "no mail about bad (1 kept, and tried again)"
    assert post.reports[1] == "RuntimeError (2 kept, and tried again)"
    assert post.reports[2].startswith("RuntimeError")
    post.broken.clear()
    post.wait(lambda: post.reports[-1] == "")
    assert sorted(post.told) == ["bad", "good", "nameless"]
    assert teller.stop(TIMEOUT) == 0


def test_what_waits_is_tried_at_once_when_somebody_mended_it(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B3: not in an hour, when the next try would be due."""
    monkeypatch.setattr(room, "FIRST_PAUSE", 3600.0)
    post.broken["bad"] = OSError("no such person")
    teller = post.teller()
    teller.tell(block("bad"))
    post.wait(lambda: len(post.reports) == 1)
    post.broken.clear()
    teller.hurry()
    post.wait(lambda: post.reports[-1] == "")
    assert post.told == ["bad"]
    assert teller.stop(TIMEOUT) == 0


def test_what_nobody_was_told_of_is_told_by_the_next_daemon(post: Post) -> None:
    """Once the mail system is back; who has been told already is remembered."""
    post.broken["bad"] = NoticeError("no route", told=("admin@example.test",))
    first = post.teller()
    first.tell(block("bad"))
    post.wait(lambda: bool(post.reports))
    assert first.stop(TIMEOUT) == 0
    post.broken.clear()
    second = post.teller()
    post.wait(lambda: post.reports[-1] == "")
    assert second.stop(TIMEOUT) == 0
    assert post.tried == [("bad", ()), ("bad", ("admin@example.test",))]
    assert not post.path.exists()


def test_a_daemon_that_is_killed_while_it_tells_forgets_nothing(post: Post) -> None:
    """What is being tried is on disk already."""
    go, begun = threading.Event(), threading.Event()

    def hang(*_: object) -> None:
        begun.set()
        go.wait(TIMEOUT)

    killed = post.teller(hang)
    killed.tell(block("bob"))
    assert begun.wait(TIMEOUT)
    kept = post.path.read_bytes()
    go.set()
    assert killed.stop(TIMEOUT) == 0
    post.path.write_bytes(kept)
    assert post.teller().stop(TIMEOUT) == 0
    assert post.told == ["bob"]


@pytest.mark.parametrize("kept", [b"", b"[{", b'[{"news": 3}]'])
def test_a_damaged_file_keeps_nobody_from_being_told(post: Post, kept: bytes) -> None:
    """It is as if nothing waited."""
    post.path.write_bytes(kept)
    teller = post.teller()
    teller.tell(block("bob"))
    assert teller.stop(TIMEOUT) == 0
    assert post.told == ["bob"]


def test_after_a_day_it_is_given_up_and_of_many_the_oldest(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address that takes nothing must not be tried for ever."""
    monkeypatch.setattr(room, "MOST", 2)
    post.broken = {str(number): OSError("full") for number in range(4)}
    teller = post.teller()
    for account in post.broken:
        teller.tell(block(account))
    post.wait(lambda: len(post.reports) >= 3)
    assert teller.stop(TIMEOUT) == 0
    monkeypatch.setattr(room, "LONGEST", 0.0)
    post.tried.clear()
    assert post.teller().stop(TIMEOUT) == 0
    assert [account for account, _ in post.tried] == ["2", "3"]
    assert post.reports[-1] == "full (given up after a day)"
    assert not post.path.exists()


def test_a_mail_system_that_hangs_holds_nobody_up(post: Post) -> None:
    """An end says how many blocks nobody was told of; the next start tells of them."""
    go, begun = threading.Event(), threading.Event()

    def hang(*_: object) -> None:
        begun.set()
        go.wait(TIMEOUT)

    teller = post.teller(hang)
    for number in range(3):
        teller.tell(block(str(number)))
    assert begun.wait(TIMEOUT)
    assert teller.stop(0.0) == 3
    kept = post.path.read_bytes()
    go.set()
    assert teller.stop(TIMEOUT) == 0
    post.path.write_bytes(kept)
    assert post.teller().stop(TIMEOUT) == 0
    assert post.told == ["0", "1", "2"]

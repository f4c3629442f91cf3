"""Notices: one after the other, beside everything else, and none that matters more than an end."""

from __future__ import annotations

import threading

from core.daemon.teller import Teller
from core.settings.model import Settings
from core.store.block import Block
from tests.core.daemon.rig import TIMEOUT

SETTINGS = Settings()


def block(account: str) -> Block:
    """A block of an account."""
    return Block(account=account, started=0.0, until=60.0, seconds=60, reason="send_limit")


def test_each_block_is_told_once_and_in_order() -> None:
    """A17: one notice per block."""
    told: list[str] = []
    teller = Teller[Block](lambda block, _: told.append(block.account), lambda _: None)
    teller.start()
    for number in range(20):
        teller.tell(block(str(number)), SETTINGS)
    assert teller.stop(TIMEOUT) == 0
    assert told == [str(number) for number in range(20)]


def test_a_failure_is_reported_and_the_next_success_clears_it() -> None:
    """People see why nobody was told."""
    reports: list[str] = []

    def announce(block: Block, _: Settings) -> None:
        if block.account == "nameless":
            raise RuntimeError
        if block.account != "good":
            raise OSError(f"no mail about {block.account}")

    teller = Teller(announce, reports.append)
    teller.start()
    for account in ("bad", "nameless", "good"):
        teller.tell(block(account), SETTINGS)
    assert teller.stop(TIMEOUT) == 0
    assert reports == ["no mail about bad", "RuntimeError", ""]


def test_a_mail_system_that_hangs_holds_nobody_up() -> None:
    """An end says how many blocks nobody was told of."""
    go, begun = threading.Event(), threading.Event()

    def hang(block: Block, _: Settings) -> None:
        begun.set()
        go.wait(TIMEOUT)

    teller = Teller(hang, lambda _: None)
    teller.start()
    for number in range(3):
        teller.tell(block(str(number)), SETTINGS)
    assert begun.wait(TIMEOUT)
    assert teller.stop(0.0) == 3
    go.set()
    assert teller.stop(TIMEOUT) == 0

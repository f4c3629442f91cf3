"""Blocks end when they should, on the clock that never jumps."""

from __future__ import annotations

from core.engine.blocks import Blocks
from core.store.block import Block


def block(account: str) -> Block:
    """A block of six hours."""
    return Block(
        account=account, started=0, until=21_600, seconds=21_600, reason="send_limit", evidence=""
    )


def test_a_block_stands_until_its_end_and_no_longer() -> None:
    """Six hours are six hours."""
    blocks = Blocks()
    blocks.add(block("a"), 100.0)
    assert blocks.find("a", 99.9) is not None
    assert blocks.find("a", 100.0) is None
    assert not blocks.holds("a")


def test_release_ends_it_at_once() -> None:
    """B6; releasing twice is no error."""
    blocks = Blocks()
    blocks.add(block("a"), 100.0)
    released = blocks.release("a")
    assert released is not None
    assert released.account == "a"
    assert blocks.release("a") is None
    assert blocks.find("a", 0) is None


def test_the_list_has_what_stands_and_the_longest_first() -> None:
    """B6."""
    blocks = Blocks()
    for account, ends in (("short", 50.0), ("over", 10.0), ("long", 90.0)):
        blocks.add(block(account), ends)
    assert [s.block.account for s in blocks.standing(20.0)] == ["long", "short"]
    assert len(blocks) == 2

"""The history of blocks says which were, which stand, and who ended them."""

from __future__ import annotations

import pytest

from core.store.block import Block
from core.store.blocks import BlockFilter
from core.store.store import Store
from tests.core.store.samples import NOON


def block(account: str, started: float = NOON, seconds: int = 21_600) -> Block:
    return Block(
        account=account,
        started=started,
        until=started + seconds,
        seconds=seconds,
        reason="send_limit",
        evidence="151 mails in 300 s",
    )


def test_a_block_comes_back(store: Store) -> None:
    store.blocks.opened(block("ann@example.test"))
    (found,) = store.blocks.standing(NOON)
    assert found.domain == "example.test"
    assert found.released_at is None
    assert found.released_by == ""
    assert {name: getattr(found, name) for name in Block.__struct_fields__} == {
        "account": "ann@example.test",
        "started": NOON,
        "until": NOON + 21_600,
        "seconds": 21_600,
        "reason": "send_limit",
        "evidence": "151 mails in 300 s",
    }


def test_noting_a_block_again_changes_nothing(store: Store) -> None:
    """The daemon notes all that stand in its ledger when it starts."""
    store.blocks.opened(block("ann@example.test"))
    store.blocks.released("ann@example.test", NOON + 1, "admin")
    store.blocks.opened(block("ann@example.test"), block("bob@example.test"))
    assert [found.account for found in store.blocks.history()] == [
        "bob@example.test",
        "ann@example.test",
    ]
    assert [found.account for found in store.blocks.standing(NOON + 2)] == ["bob@example.test"]


def test_standing_blocks_are_those_that_are_neither_over_nor_released(store: Store) -> None:
    """B6: who is blocked now, the longest first."""
    store.blocks.opened(block("short@example.test", seconds=60), block("long@example.test"))
    store.blocks.opened(block("free@example.test"))
    assert store.blocks.released("free@example.test", NOON + 1, "admin")
    assert [found.account for found in store.blocks.standing(NOON + 2)] == [
        "long@example.test",
        "short@example.test",
    ]
    assert [found.account for found in store.blocks.standing(NOON + 60)] == ["long@example.test"]


def test_a_release_is_noted_once(store: Store) -> None:
    store.blocks.opened(block("ann@example.test"))
    assert store.blocks.released("ann@example.test", NOON + 5, "admin")
    assert not store.blocks.released("ann@example.test", NOON + 6, "other")
    (found,) = store.blocks.history()
    assert (found.released_at, found.released_by) == (NOON + 5, "admin")


def test_what_is_over_cannot_be_released(store: Store) -> None:
    store.blocks.opened(block("ann@example.test", seconds=60))
    assert not store.blocks.released("ann@example.test", NOON + 60, "admin")
    assert not store.blocks.released("nobody@example.test", NOON, "admin")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (None, [4, 3, 2, 1]),
        (BlockFilter(account="ann@one.test"), [3, 1]),
        (BlockFilter(account="ANN@*"), [4, 3, 1]),
        (BlockFilter(account="*@one.test"), [3, 2, 1]),
        (BlockFilter(domains=frozenset({"two.test"})), [4]),
        (BlockFilter(domains=frozenset()), []),
        (BlockFilter(since=NOON + 2, until=NOON + 4), [3, 2]),
    ],
)
def test_history(store: Store, wanted: BlockFilter | None, found: list[int]) -> None:
    for number, account in enumerate(
        ["ann@one.test", "bob@one.test", "ann@one.test", "ann@two.test"], start=1
    ):
        store.blocks.opened(block(account, started=NOON + number))
    assert [one.started - NOON for one in store.blocks.history(wanted)] == found
    first = store.blocks.history(wanted, limit=1)
    if first:
        rest = store.blocks.history(wanted, before_id=first[0].id)
        assert [one.started - NOON for one in first + rest] == found


def test_names_that_no_database_takes_are_written_out(store: Store) -> None:
    store.blocks.opened(block("a\0@example.test"))
    assert store.blocks.released("a\0@example.test", NOON + 1, "admin")

"""Blocks from before: the ledger's word counts, and the history helps where it is silent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.daemon.standing import standing
from core.store.block import Block
from core.store.ledger import Ledger
from core.store.store import Store

NOW = 1_800_000_000.0


def block(account: str, started: float = NOW - 60) -> Block:
    """A block of an hour."""
    return Block(
        account=account,
        started=started,
        until=started + 3600,
        seconds=3600,
        reason="send_limit",
        evidence="151 mails",
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store whose history knows a standing block, one that was released, and one that is over."""
    with closing(Store.open(f"sqlite:///{tmp_path}/store.sqlite")) as opened:
        opened.blocks.opened(block("known"), block("released"), block("over", NOW - 7200))
        opened.blocks.released("released", NOW - 1, "somebody")
        yield opened


def ledger_in(directory: Path) -> Ledger:
    """The open ledger."""
    return Ledger.open(directory / "ledger", now=NOW)


def accounts(blocks: list[Block]) -> list[str]:
    """Whose they are."""
    return sorted(block.account for block in blocks)


def test_a_sound_ledger_is_not_doubted(tmp_path: Path, store: Store) -> None:
    """A release that had not reached the store before a crash stays one."""
    ledger_in(tmp_path).close()
    with closing(ledger_in(tmp_path)) as ledger:
        assert not ledger.is_new
        ledger.block(block("mine"))
        assert accounts(standing(ledger, store, NOW)) == ["mine"]


def test_a_ledger_that_was_removed_is_filled_from_the_history(tmp_path: Path, store: Store) -> None:
    """Somebody tidied up while the daemon was down."""
    with closing(ledger_in(tmp_path)) as ledger:
        assert standing(ledger, store, NOW) == [block("known")]
    with closing(ledger_in(tmp_path)) as ledger:
        assert ledger.standing(NOW) == [block("known")]


def test_a_damaged_ledger_is_completed(tmp_path: Path, store: Store) -> None:
    """What it still says counts, and the history adds what it cannot say any more."""
    with closing(ledger_in(tmp_path)) as ledger:
        for account in ("lost", "kept", "also kept"):
            ledger.block(block(account))
    content = (tmp_path / "ledger").read_bytes()
    (tmp_path / "ledger").write_bytes(b"#" * 20 + content[20:])
    with closing(ledger_in(tmp_path)) as ledger:
        assert ledger.problem
        assert accounts(standing(ledger, store, NOW)) == ["also kept", "kept", "known"]


@pytest.mark.parametrize("away", ["ledger", "store", "both"])
def test_either_may_be_away(tmp_path: Path, store: Store, away: str) -> None:
    """The other one is better than nothing."""
    with closing(ledger_in(tmp_path)) as ledger:
        ledger.block(block("mine"))
        found = standing(
            None if away in ("ledger", "both") else ledger,
            None if away in ("store", "both") else store,
            NOW,
        )
    assert accounts(found) == {"ledger": ["known"], "store": ["mine"], "both": []}[away]

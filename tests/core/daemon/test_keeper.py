"""The keeper: told means durable; a ledger that fails costs neither answer nor block."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from core.daemon.keeper import Keeper
from core.errors import StoreError
from core.store.block import Block
from core.store.ledger import Ledger
from tests.core.daemon.rig import TIMEOUT

NOW = 1_800_000_000.0


def block(account: str) -> Block:
    """A block of six hours."""
    return Block(
        account=account, started=NOW, until=NOW + 21_600, seconds=21_600, reason="send_limit"
    )


def ledger_in(directory: Path) -> Ledger:
    """An open ledger."""
    return Ledger.open(directory / "ledger", now=NOW)


def accounts_in(directory: Path) -> list[str]:
    """Who stands in a ledger that nobody holds."""
    ledger = ledger_in(directory)
    try:
        return sorted(block.account for block in ledger.standing(NOW))
    finally:
        ledger.close()


def test_when_it_is_done_the_block_survives(tmp_path: Path) -> None:
    """B7: and people are told once for each block."""
    told: list[str] = []

    async def session() -> None:
        keeper = Keeper(ledger_in(tmp_path), lambda block: told.append(block.account))
        for account in ("a", "b"):
            await keeper.keep(block(account))
        await keeper.release("a", NOW + 1, "somebody")
        keeper.close()
        assert keeper.problem == ""

    asyncio.run(asyncio.wait_for(session(), TIMEOUT))
    assert told == ["a", "b"]
    assert accounts_in(tmp_path) == ["b"]


def test_it_is_not_done_before_the_ledger_has_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer that announces a block waits for exactly this."""
    may_write = threading.Event()
    write = Ledger.block

    def slow(self: Ledger, block: Block) -> None:
        assert may_write.wait(TIMEOUT)
        write(self, block)

    monkeypatch.setattr(Ledger, "block", slow)

    async def session() -> None:
        keeper = Keeper(ledger_in(tmp_path), lambda _: None)
        durable = keeper.keep(block("a"))
        await asyncio.sleep(0)
        assert not durable.done()
        may_write.set()
        await durable
        keeper.close()

    asyncio.run(asyncio.wait_for(session(), TIMEOUT))
    assert accounts_in(tmp_path) == ["a"]


def test_a_ledger_that_fails_is_a_problem_and_not_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail is refused all the same, and the administrator is told that a restart forgets."""

    def full(_: Ledger, __: Block) -> None:
        raise StoreError("no room")

    monkeypatch.setattr(Ledger, "block", full)
    told: list[str] = []

    async def session() -> None:
        keeper = Keeper(ledger_in(tmp_path), lambda block: told.append(block.account))
        await keeper.keep(block("a"))
        assert keeper.problem.startswith("no room. A restart would forget")
        keeper.close()

    asyncio.run(asyncio.wait_for(session(), TIMEOUT))
    assert told == ["a"]


def test_without_a_ledger_blocks_still_begin() -> None:
    """It could not be opened at the start."""
    told: list[str] = []

    async def session() -> None:
        keeper = Keeper(None, lambda block: told.append(block.account))
        await keeper.keep(block("a"))
        await keeper.release("a", NOW, "somebody")
        keeper.close()

    asyncio.run(asyncio.wait_for(session(), TIMEOUT))
    assert told == ["a"]


def test_what_could_not_be_written_is_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B7: the disk has room again, and a restart forgets nobody."""
    full = True
    write = Ledger.block

    def sometimes(self: Ledger, block: Block) -> None:
        if full:
            raise StoreError("no room")
        write(self, block)

    monkeypatch.setattr(Ledger, "block", sometimes)

    async def session() -> None:
        nonlocal full
        keeper = Keeper(ledger_in(tmp_path), lambda _: None)
        for account in ("a", "b", "let go"):
            await keeper.keep(block(account))
        await keeper.release("let go", NOW, "somebody")
        full = False
        await keeper.keep(block("c"))
        await asyncio.get_running_loop().run_in_executor(None, keeper.close)
        assert keeper.problem == ""

    asyncio.run(asyncio.wait_for(session(), TIMEOUT))
    assert accounts_in(tmp_path) == ["a", "b", "c"]


def test_a_ledger_that_is_opened_later_gets_everything(tmp_path: Path) -> None:
    """Somebody else held it when the daemon started."""

    async def session() -> None:
        keeper = Keeper(None, lambda _: None)
        await keeper.keep(block("a"))
        has_one = [keeper.has_ledger]
        keeper.adopt(ledger_in(tmp_path))
        has_one.append(keeper.has_ledger)
        assert has_one == [False, True]
        await asyncio.get_running_loop().run_in_executor(None, keeper.close)

    asyncio.run(asyncio.wait_for(session(), TIMEOUT))
    assert accounts_in(tmp_path) == ["a"]


def test_closing_finishes_what_was_begun(tmp_path: Path) -> None:
    """Nothing that was handed over is lost at the end."""

    async def session() -> None:
        keeper = Keeper(ledger_in(tmp_path), lambda _: None)
        for i in range(50):
            keeper.keep(block(f"user{i}"))
        await asyncio.get_running_loop().run_in_executor(None, keeper.close)

    asyncio.run(asyncio.wait_for(session(), TIMEOUT))
    assert len(accounts_in(tmp_path)) == 50

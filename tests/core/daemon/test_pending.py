"""Blocks on their way to the disk."""

from __future__ import annotations

import asyncio

from core.daemon.pending import Pending
from core.store.block import Block
from core.words import Reason

BOB = "bob@example.test"


def block() -> Block:
    return Block(
        account=BOB, started=0, until=60, seconds=60, reason=Reason.SEND_LIMIT, evidence=""
    )


def test_a_block_is_waited_for_until_it_is_durable() -> None:
    async def inside() -> None:
        loop = asyncio.get_running_loop()
        kept: list[asyncio.Future[None]] = []

        def keep(_: Block) -> asyncio.Future[None]:
            kept.append(loop.create_future())
            return kept[-1]

        pending = Pending(keep)
        assert pending.find(BOB) is None
        first = pending.begin(block())
        assert pending.find(BOB) is first is kept[0]
        again = pending.begin(block())
        first.set_result(None)
        await asyncio.sleep(0)
        assert pending.find(BOB) is again, "the account was released and blocked again meanwhile"
        again.set_result(None)
        await asyncio.sleep(0)
        assert pending.find(BOB) is None

    asyncio.run(inside())

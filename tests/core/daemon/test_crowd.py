"""How many clients a door lets in at once: learned, bounded, and seldom too many."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.daemon import crowd, policy_door
from core.daemon.crowd import Crowd
from core.daemon.policy_door import PolicyDoor
from core.daemon.wire import Reader
from tests.core.daemon.rig import GERMANY, RUSSIA, TIMEOUT, Rig, policy

QUESTION = policy(policy_context="connect", client_address=GERMANY, server_port="587")


@given(st.lists(st.integers(0, 100)))
def test_somebody_is_let_in_always_and_never_too_many(waiting: list[int]) -> None:
    """Whoever knocks may be alone, and others want their answers."""
    learned = Crowd()
    for number in waiting:
        learned.found(min(number, learned.size))
        assert 1 <= learned.size <= crowd.MOST


@pytest.mark.parametrize("waiting", [1, 2, 5, crowd.MOST, 100])
def test_an_accept_in_vain_is_rare(waiting: int) -> None:
    """It costs half of what a connection does."""
    learned, let_in, in_vain = Crowd(), 0, 0
    while let_in < 10_000:
        found = min(waiting, learned.size)
        in_vain += found < learned.size
        let_in += found
        learned.found(found)
    assert in_vain <= let_in / crowd.CAUTION
    assert learned.size <= 2 * waiting


def test_a_full_queue_is_soon_known_for_one() -> None:
    """A mail server with many clients knocks all the time."""
    learned, let_in = Crowd(), 0
    while learned.size < crowd.MOST:
        let_in += learned.size
        learned.found(learned.size)
    assert let_in < 100


def test_a_crowd_at_the_door_leaves_the_event_loop_its_turn(tmp_path: Path) -> None:
    """Pages, logs and other doors live in the same loop; everybody is answered all the same."""
    rig, count = Rig(), 2 * policy_door.AT_ONCE
    path = str(tmp_path / "door.sock")

    async def session() -> list[int]:
        door = PolicyDoor(f"unix:{path}", rig.guard, Reader(), lambda _: True)
        await door.open()
        inside = [0]
        with contextlib.ExitStack() as clients:
            knocking = [clients.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(count)]
            for client in knocking:
                client.settimeout(TIMEOUT)
                client.connect(path)
                client.sendall(QUESTION)
            while inside[-1] < count:
                await asyncio.sleep(0)
                inside.append(door.status().connections)
            for client in knocking:
                assert client.recv(100).startswith(b"action=DUNNO")
        await door.close()
        return inside

    inside = asyncio.run(asyncio.wait_for(session(), TIMEOUT))
    assert max(later - before for before, later in pairwise(inside)) <= (
        policy_door.AT_ONCE + crowd.MOST
    )


def test_hundreds_who_come_and_go_are_each_told_their_own(tmp_path: Path) -> None:
    """Descriptors are used again at once; an answer must never reach who comes next."""
    rig = Rig({"country.mode": "refuse", "country.list": ["RU"]})
    path = str(tmp_path / "door.sock")

    async def ask(number: int) -> None:
        reader, writer = await asyncio.open_unix_connection(path)
        address, answer = (
            (RUSSIA, b"action=REJECT") if number % 3 == 0 else (GERMANY, b"action=DUN")
        )
        writer.write(policy(policy_context="connect", client_address=address, server_port="587"))
        if number % 5:  # each fifth hangs up without waiting for it
            assert (await reader.readuntil(b"\n\n")).startswith(answer)
        writer.close()
        await writer.wait_closed()

    async def session() -> None:
        door = PolicyDoor(f"unix:{path}", rig.guard, Reader(), lambda _: True)
        await door.open()
        for _ in range(10):
            await asyncio.gather(*(ask(number) for number in range(60)))
        while door.status().connections:
            await asyncio.sleep(0)
        await door.close()

    asyncio.run(asyncio.wait_for(session(), TIMEOUT))
    assert sum(event.count for event in rig.events()) == 600

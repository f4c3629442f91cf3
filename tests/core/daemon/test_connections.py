"""A door's connections: strangers are few, whoever may ask stays."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from core.daemon.connections import Connections, stop_reading
from core.daemon.listener import open_socket, serve
from tests.core.daemon.rig import TIMEOUT


class Guest:
    """A connection that notes what becomes of it."""

    def __init__(self, door: Connections[Guest]) -> None:
        self._door = door
        self.closed = False
        door.add(self)

    def finish(self) -> None:
        """Not used here."""

    def close(self) -> None:
        """Leave."""
        self.closed = True
        self._door.discard(self)


def test_the_oldest_stranger_makes_room() -> None:
    """Whoever just came may be the mail server, which has not had time to say so."""
    door = Connections[Guest](most=3)
    guests = [Guest(door) for _ in range(5)]
    assert [guest.closed for guest in guests] == [True, True, False, False, False]
    assert set(door) == set(guests[2:])


def test_whoever_may_ask_is_no_stranger() -> None:
    """No number of strangers drives out the mail server."""
    door = Connections[Guest](most=3)
    server = Guest(door)
    door.know(server)
    strangers = [Guest(door) for _ in range(100)]
    assert not server.closed
    assert sum(not stranger.closed for stranger in strangers) == 3
    assert len(door) == 4


def test_whoever_left_makes_room_too() -> None:
    """Only those who are here count."""
    door = Connections[Guest](most=2)
    for _ in range(50):
        Guest(door).close()
    stays = [Guest(door), Guest(door)]
    assert not any(guest.closed for guest in stays)


def test_going_through_them_while_they_leave() -> None:
    """As a door does that closes."""
    door = Connections[Guest]()
    for _ in range(5):
        Guest(door)
    for guest in door:
        guest.close()
    assert len(door) == 0


def test_the_other_end_can_send_no_more_but_is_answered(tmp_path: Path) -> None:
    """What it has sent before is read, then its end; the way back stays open."""

    async def session() -> None:
        served: asyncio.Future[asyncio.Transport] = asyncio.get_running_loop().create_future()

        class Echo(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                assert isinstance(transport, asyncio.Transport)
                self.transport = transport
                transport.pause_reading()
                served.set_result(transport)

            def data_received(self, data: bytes) -> None:
                self.transport.write(data)

        server = await serve(open_socket(f"unix:{tmp_path}/x.sock"), Echo)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(f"{tmp_path}/x.sock")
            transport = await served
            client.sendall(b"before")
            stop_reading(transport)
            with pytest.raises(BrokenPipeError):
                client.sendall(b"after")
            transport.resume_reading()
            reader, writer = await asyncio.open_unix_connection(sock=client)
            assert await reader.read() == b"before"
            writer.close()
            await writer.wait_closed()
        server.close()
        await server.wait_closed()

    asyncio.run(asyncio.wait_for(session(), TIMEOUT))

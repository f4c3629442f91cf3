"""Doors open alone, and close with everybody answered who has asked."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from core.daemon.connections import Connections
from core.daemon.control_door import ControlConnection
from core.daemon.doors import Door, DoorStatus, remove_socket
from core.daemon.dovecot_door import DovecotConnection
from core.daemon.listener import inode_of, open_socket
from tests.core.daemon.rig import RUSSIA, TIMEOUT, Rig, free_port

REFUSE_RU = {"country.mode": "refuse", "country.list": ["RU"]}
BODY = b'{"login":"a@example.test","remote":"%s","protocol":"imap"}' % RUSSIA.encode()
ASKED = b"POST /?command=allow HTTP/1.1\r\nX-Mailward-Key: key\r\nContent-Length: %d\r\n\r\n%s" % (
    len(BODY),
    BODY,
)


def dovecot_door(endpoint: str) -> Door:
    """A Dovecot door that refuses Russia."""
    rig, connections = Rig(REFUSE_RU), Connections[DovecotConnection]()
    return Door(
        "dovecot",
        endpoint,
        lambda: DovecotConnection(rig.guard, b"key", connections, lambda _: None),
        connections,
    )


def run(session: Callable[[], Awaitable[None]]) -> None:
    """Run a session that must not hang."""

    async def bounded() -> None:
        await asyncio.wait_for(session(), TIMEOUT)

    asyncio.run(bounded())


def test_a_door_says_how_it_is(tmp_path: Path) -> None:
    """E6: where it is and how many are inside."""
    endpoint = f"unix:{tmp_path}/d.sock"

    async def session() -> None:
        door = dovecot_door(endpoint)
        states = [door.is_open]
        await door.open()
        states.append(door.is_open)
        assert states == [False, True]
        reader, writer = await asyncio.open_unix_connection(f"{tmp_path}/d.sock")
        writer.write(ASKED)
        await reader.readuntil(b"}")
        assert door.status() == DoorStatus("dovecot", endpoint, 1, "")
        await door.close()
        assert await reader.read() == b""
        assert not (tmp_path / "d.sock").exists()
        writer.close()
        await writer.wait_closed()

    run(session)


def test_a_door_that_cannot_be_opened_is_a_problem_and_no_more(tmp_path: Path) -> None:
    """The other doors go on, and closing it does no harm."""
    (tmp_path / "file").write_text("")

    async def session() -> None:
        door = dovecot_door(f"unix:{tmp_path}/file/d.sock")
        await door.open()
        assert not door.is_open
        assert "d.sock: File exists" in door.problem or "Not a directory" in door.problem
        await door.close()

    run(session)


@pytest.mark.parametrize("kind", ["unix", "tcp"])
def test_closing_answers_whoever_has_asked(tmp_path: Path, kind: str) -> None:
    """Neither the one inside nor those who just knocked are sent away without an answer."""
    port = free_port()
    endpoint = f"unix:{tmp_path}/d.sock" if kind == "unix" else f"tcp:127.0.0.1:{port}"

    def knock() -> socket.socket:
        channel = socket.socket(socket.AF_UNIX if kind == "unix" else socket.AF_INET)
        channel.connect(f"{tmp_path}/d.sock" if kind == "unix" else ("127.0.0.1", port))
        channel.sendall(ASKED)
        return channel

    async def session() -> None:
        door = dovecot_door(endpoint)
        await door.open()
        knocking = [knock() for _ in range(50)]
        await door.close()
        for channel in knocking:
            with channel:
                channel.setblocking(False)
                reader, writer = await asyncio.open_connection(sock=channel)
                assert b"Russia" in await reader.read()
                writer.close()
                await writer.wait_closed()

    run(session)


def test_an_inherited_socket_outlives_the_door(tmp_path: Path) -> None:
    """It belongs to the service manager: whoever knocks meanwhile is answered by our successor."""
    path = tmp_path / "d.sock"

    async def session() -> None:
        with open_socket(f"unix:{path}") as managers:
            first = dovecot_door(f"unix:{path}")
            await first.open(managers.dup())
            await first.close()
            reader, writer = await asyncio.open_unix_connection(str(path))
            writer.write(ASKED)
            second = dovecot_door(f"unix:{path}")
            await second.open(managers.dup())
            assert b"Russia" in await reader.readuntil(b"}")
            writer.close()
            await writer.wait_closed()
            await second.close()
            assert path.exists()

    run(session)


def test_a_socket_of_a_successor_is_not_removed(tmp_path: Path) -> None:
    """Two daemons may overlap for a moment."""
    endpoint = f"unix:{tmp_path}/d.sock"
    first = open_socket(endpoint)
    inode = inode_of(endpoint)
    first.close()
    keep = open_socket(f"unix:{tmp_path}/keeps-the-inode.sock")
    (tmp_path / "d.sock").rename(tmp_path / "old.sock")
    with keep, open_socket(endpoint):
        remove_socket(endpoint, inode)
        assert (tmp_path / "d.sock").exists()
        remove_socket(endpoint, inode_of(endpoint))
        assert not (tmp_path / "d.sock").exists()
        remove_socket(endpoint, inode)


def test_followers_do_not_keep_the_control_door_open(tmp_path: Path) -> None:
    """Somebody who watches events must not hold up a restart."""

    async def session() -> None:
        connections = Connections[ControlConnection]()
        door = Door(
            "control",
            f"unix:{tmp_path}/c.sock",
            lambda: ControlConnection({}, lambda _: True, [], connections),
            connections,
        )
        await door.open()
        reader, writer = await asyncio.open_unix_connection(f"{tmp_path}/c.sock")
        writer.write(b'{"do":"follow"}\n')
        await door.close()
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()

    run(session)

"""Sockets: one left behind is replaced, one in use is not; peers are known by their uid."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest

from core.daemon.listener import Peers, open_socket, serve, uid_of
from tests.core.daemon.rig import free_port


def test_a_socket_left_by_a_killed_daemon_is_replaced(tmp_path: Path) -> None:
    """kill -9 leaves the file behind."""
    endpoint = f"unix:{tmp_path}/deep/er/policy.sock"
    open_socket(endpoint).close()
    again = open_socket(endpoint)
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(f"{tmp_path}/deep/er/policy.sock")
    again.close()


def test_a_socket_in_use_is_left_alone(tmp_path: Path) -> None:
    """Two daemons must not steal each other's door."""
    first = open_socket(f"unix:{tmp_path}/policy.sock")
    with pytest.raises(OSError, match="in use"):
        open_socket(f"unix:{tmp_path}/policy.sock")
    first.close()


def test_a_file_that_is_no_socket_is_not_removed(tmp_path: Path) -> None:
    """A typing error in the configuration must not cost somebody's file."""
    file = tmp_path / "precious"
    file.write_text("data")
    with pytest.raises(OSError, match="in use"):
        open_socket(f"unix:{file}")
    assert file.read_text() == "data"


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_loopback_of_both_families(host: str) -> None:
    """A15."""
    port = free_port()
    opened = open_socket(f"tcp:{host}:{port}")
    with socket.create_connection((host.strip("[]"), port), 5):
        pass
    opened.close()


def test_peers_are_known_by_their_user(tmp_path: Path) -> None:
    """The kernel says who asks, not the request (unix(7), SO_PEERCRED)."""

    async def trusted(peers: Peers) -> bool:
        verdicts: list[bool] = []

        class Door(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                verdicts.append(peers.trusts(transport.get_extra_info("socket")))
                transport.close()

        server = await serve(open_socket(f"unix:{tmp_path}/x.sock"), Door)
        reader, writer = await asyncio.open_unix_connection(f"{tmp_path}/x.sock")
        await reader.read()
        writer.close()
        await writer.wait_closed()
        server.close()
        return verdicts[0]

    class Strangers(Peers):
        """Nobody but a user who does not exist."""

        def __init__(self) -> None:
            super().__init__(["65533", "no-such-user"])
            self._uids.discard(0)

    assert asyncio.run(trusted(Peers([], (os.getuid(),))))
    assert asyncio.run(trusted(Peers([str(os.getuid())])))
    strangers = Strangers()
    assert not asyncio.run(trusted(strangers))
    assert strangers.refused == 1


def test_the_uid_of_the_other_end() -> None:
    """Both ends of a pair belong to this process."""
    one, other = socket.socketpair()
    with one, other:
        assert uid_of(one) == os.getuid()

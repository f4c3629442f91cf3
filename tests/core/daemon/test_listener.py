"""Sockets: one left behind is replaced, one in use is not; peers are known by their uid."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from pathlib import Path
from typing import cast

import pytest

from core.daemon import listener
from core.daemon.listener import Peers, open_socket, serve
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


class Caller:
    """An end of a unix socket whose other end is whoever the test says."""

    family = socket.AF_UNIX

    def __init__(self, process: int, user: int) -> None:
        self._credentials = struct.pack("3i", process, user, user)

    def getsockopt(self, *_: int) -> bytes:
        """SO_PEERCRED."""
        return self._credentials


def trusts(peers: Peers, process: int, user: int) -> bool:
    """Whether the user's process is believed."""
    return peers.trusts(cast(socket.SocketType, Caller(process, user)))


def test_who_was_trusted_once_lends_his_process_number_to_nobody() -> None:
    """Numbers of processes are used again; who asks is looked at for each connection."""
    peers = Peers(["1000"])
    for _ in range(2):
        assert trusts(peers, 77, 1000)
        assert not trusts(peers, 77, 1001)
    assert trusts(peers, 78, 1000)
    assert peers.refused == 2


def test_any_number_of_processes_is_remembered_in_bounded_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A mail server starts new ones all day."""
    monkeypatch.setattr(listener, "MOST_KNOWN", 10)
    peers = Peers(["1000"])
    for process in range(100):
        assert trusts(peers, process, 1000)
        assert not trusts(peers, process, 1001)
        assert len(peers.known) <= 10


def test_whom_the_kernel_does_not_name_is_a_stranger() -> None:
    """Asking fails on a socket that is gone."""
    one, other = socket.socketpair()
    other.close()
    one.close()
    peers = Peers(["1000"])
    assert not peers.trusts(one)
    assert peers.refused == 1

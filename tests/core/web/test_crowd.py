"""How much of the customers' door one local user may take up."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.web.crowd import BUSY, Crowd, Door, Held

US = os.getuid()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Path, socket.socket]]:
    """A listening socket."""
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(20)
        yield path, listener


def _knock(path: Path) -> socket.socket:
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(10)
    client.connect(str(path))
    return client


def test_one_user_has_a_few_connections_and_is_told_so(
    place: tuple[Path, socket.socket],
) -> None:
    path, listener = place
    door = Door(listener, Crowd(2))
    with ExitStack() as stack:
        clients = [stack.enter_context(_knock(path)) for _ in range(3)]
        held = [stack.enter_context(door.accept()[0]) for _ in range(2)]
        with pytest.raises(ConnectionAbortedError) as refused:
            door.accept()
        assert refused.value.errno == errno.ECONNABORTED  # gunicorn goes on with the next
        assert clients[2].recv(4096) == BUSY
        assert clients[2].recv(4096) == b""
        held[0].close()
        held[0].close()  # twice is once
        stack.enter_context(_knock(path))
        stack.enter_context(door.accept()[0])
        stack.enter_context(_knock(path))
        with pytest.raises(ConnectionAbortedError):
            door.accept()


def test_refusal_says_how_long_it_is() -> None:
    head, _, body = BUSY.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head


def test_users_do_not_count_for_each_other() -> None:
    crowd = Crowd(1)
    assert crowd.enter(1)
    assert not crowd.enter(1)
    assert crowd.enter(2)
    crowd.leave(1)
    assert crowd.enter(1)


def test_request_that_drips_ends() -> None:
    """Slowly sent octets do not begin the time anew."""
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with theirs, Held(ours.detach(), lambda: None, seconds=0.2) as held:
        theirs.sendall(b"G")
        assert held.recv(10) == b"G"
        with pytest.raises(ConnectionResetError):
            held.recv(10)
        theirs.sendall(b"E")
        with pytest.raises(ConnectionResetError):
            held.recv(10)


def test_answer_that_nobody_takes_ends() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with (
        theirs,
        Held(ours.detach(), lambda: None, seconds=0.2) as held,
        pytest.raises(ConnectionResetError),
    ):
        held.sendall(b"x" * 50_000_000)


def test_other_end_that_stays_open_is_not_waited_for() -> None:
    """gunicorn reads until the other end closes before it serves the next."""
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with theirs, Held(ours.detach(), lambda: None, seconds=3600) as held:
        held.sendall(b"answer")
        held.shutdown(socket.SHUT_WR)
        held.settimeout(2)
        assert held.recv(10) == b""
        assert theirs.recv(10) == b"answer"


def test_everything_else_is_the_listener_s(place: tuple[Path, socket.socket]) -> None:
    path, listener = place
    door = Door(listener, Crowd())
    assert door.fileno() == listener.fileno()
    assert door.getsockname() == str(path)

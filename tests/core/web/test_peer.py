"""Who is at the other end, as the kernel says."""

from __future__ import annotations

import os
import socket

from core.web.peer import peer_uid


def test_other_end_of_a_unix_socket_has_a_user() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        assert peer_uid(ours) == os.getuid()


def test_nothing_else_has_one() -> None:
    with socket.socket(socket.AF_INET) as internet:
        assert peer_uid(internet) is None
    assert peer_uid(None) is None
    assert peer_uid("0") is None


def test_closed_connection_has_none() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    theirs.close()
    ours.close()
    assert peer_uid(ours) is None

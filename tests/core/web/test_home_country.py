"""The server's own country, as it was detected."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import msgspec

from core.web.home_country import home_country
from tests.core.web.rig import Pages


def test_without_data_nobody_knows(pages: Pages) -> None:
    with pages.app.test_request_context():
        assert home_country() == ""


def test_daemon_knows_and_is_asked_once(pages: Pages) -> None:
    """The country that is always allowed."""
    path = Path(pages.config.control.removeprefix("unix:"))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        thread = threading.Thread(target=_answer_once, args=(listening,))
        thread.start()
        with pages.app.test_request_context():
            assert home_country() == "AT"
            assert home_country() == "AT"
        thread.join(10)
        assert not thread.is_alive()


def _answer_once(listening: socket.socket) -> None:
    connection, _ = listening.accept()
    with connection, connection.makefile("rwb") as stream:
        assert msgspec.json.decode(stream.readline())["do"] == "status"
        stream.write(b'{"ok": true, "result": {"server_country": "AT"}}\n')

"""The server's own country, as the parts of one page ask for it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from flask import g

from core.panel import Role, Viewer
from core.web.home_country import home_country
from core.web.sight import Sight
from core.web.visitor import Taste, Visitor
from tests.core.web.rig import Pages


@contextmanager
def _request(pages: Pages) -> Iterator[None]:
    with pages.app.test_request_context():
        viewer = Viewer(Role.ADMIN, "root")
        taste = Taste("en", "", chosen_zone=False, theme="auto")
        g.visitor = Visitor(viewer, Sight(viewer, pages.parts.directory), None, taste)
        yield


def test_without_data_nobody_knows(pages: Pages) -> None:
    with _request(pages):
        assert home_country() == ""


def test_what_is_set_counts(pages: Pages) -> None:
    """A7."""
    pages.parts.store.settings.change(("server", ""), {"country.server": "FR"}, "root", 1.0)
    with _request(pages):
        assert home_country() == "FR"


def test_daemon_knows_and_is_asked_once_for_a_page(pages: Pages) -> None:
    """The country that is always allowed."""
    path = Path(pages.config.control.removeprefix("unix:"))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        thread = threading.Thread(target=_answer_once, args=(listening,))
        thread.start()
        with _request(pages):
            assert home_country() == "AT"
            assert home_country() == "AT"
        thread.join(10)
        assert not thread.is_alive()


def _answer_once(listening: socket.socket) -> None:
    connection, _ = listening.accept()
    with connection, connection.makefile("rwb") as stream:
        assert msgspec.json.decode(stream.readline())["do"] == "status"
        stream.write(b'{"ok": true, "result": {"server_country": "AT"}}\n')

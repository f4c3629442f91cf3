"""The pages as they are served: a real server on a unix socket and on TCP."""

from __future__ import annotations

import http.client
import multiprocessing
import os
import signal
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.settings.config import Config, Listen, Paths
from core.web.server import SECRET, secret_of, serve
from tests.core.web.rig import TestPanel


def _config(directory: Path, web: str) -> Config:
    paths = Paths(*(str(directory / name) for name in ("state", "run", "log")))
    return Config(paths=paths, listen=Listen(web=web))


@contextmanager
def _served(config: Config) -> Iterator[int]:
    """A process of its own that serves; its pid."""
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=_serve, args=(config, ready))
    process.start()
    try:
        assert ready.wait(30)
        assert process.pid
        yield process.pid
    finally:
        process.terminate()
        process.join(20)
        assert process.exitcode == 0


def _serve(config: Config, ready) -> None:  # type: ignore[no-untyped-def]  # an event of processes
    serve(config, TestPanel(), ready.set)


def _get(place: socket.socket, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("localhost")
    connection.sock = place
    connection.request("GET", path)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_unix_socket_is_for_its_group_only_and_answers(tmp_path: Path) -> None:
    config = _config(tmp_path, "")
    with _served(config):
        place = tmp_path / "run" / "web.sock"
        assert stat.S_IMODE(place.stat().st_mode) & 0o007 == 0
        client = socket.socket(socket.AF_UNIX)
        client.connect(str(place))
        status, text = _get(client, "/")
    assert status == 401
    assert "mw-content" in text


def test_tcp_port_answers(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with _served(_config(tmp_path, f"tcp:127.0.0.1:{port}")):
        status, _ = _get(socket.create_connection(("127.0.0.1", port)), "/static/app.css")
    assert status == 200


def test_secret_is_kept_and_for_nobody_else(tmp_path: Path) -> None:
    config = _config(tmp_path, "")
    secret = secret_of(config)
    assert len(secret) >= 32
    assert secret_of(config) == secret
    assert stat.S_IMODE((config.state / SECRET).stat().st_mode) == 0o600


def test_pages_that_are_switched_off_are_not_served(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="off"):
        serve(_config(tmp_path, "off"), TestPanel())


def test_stop_by_the_service_manager_is_heard(tmp_path: Path) -> None:
    with _served(_config(tmp_path, "")) as pid:
        os.kill(pid, signal.SIGTERM)

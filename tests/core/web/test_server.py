"""The pages as they are served: a real server on a unix socket and on TCP."""

from __future__ import annotations

import http.client
import multiprocessing
import os
import pwd
import re
import secrets
import signal
import socket
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.panel import Bridge, Role, Viewer, Visit
from core.settings.config import Config, Listen, Paths
from core.web.bridge import Claim, sign
from core.web.crowd import PER_USER
from core.web.server import LINE, SECRET, secret_of, serve, serve_customers
from tests.core.web.rig import TestPanel
from tests.daemon.patience import await_true
from tests.daemon.stranger import NOBODY, as_stranger, needs_root, stranger


class OpenPanel(TestPanel):
    """A panel whose customers' pages run as the customers' own users, and say who they are."""

    def bridge(self) -> Bridge | None:  # type: ignore[override]  # the rig has none
        """Its processes ask at the customers' door."""
        return Bridge("nogroup", customers=True)

    def viewer(self, visit: Visit) -> Viewer | None:
        """Root is a customer here; nobody else is known."""
        return Viewer(Role.CUSTOMER, "anna") if visit.uid == os.getuid() else None


def _config(directory: Path, web: str) -> Config:
    paths = Paths(*(str(directory / name) for name in ("state", "run", "log")))
    return Config(paths=paths, listen=Listen(web=web))


@contextmanager
def _served(config: Config, *, customers: bool = False) -> Iterator[int]:
    """A process of its own that serves; its pid."""
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    work = _serve_customers if customers else _serve
    process = context.Process(target=work, args=(config, ready))
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


def _serve_customers(config: Config, ready) -> None:  # type: ignore[no-untyped-def]  # as above
    serve_customers(config, OpenPanel(), ready.set)


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


BRIDGES = {
    "plesk/bridge/plib/library/Relay.php": r"strlen\(\$target\) > (\d+)",
    "cpanel/bridge/jupiter/Mailward/Request.pm": r"LARGEST_TARGET = (\d+)",
    "cpanel/bridge/perl/var/cpanel/perl/Cpanel/Admin/Modules/Mailward/Pages.pm": (
        r"target => .*\{1,(\d+)\}"
    ),
    "directadmin/bridge/lib/Request.pm": r"LARGEST_QUERY = (\d+)",
}
"""Where each bridge says how long an address may be; some do not count the `/?` before it."""


def test_what_a_bridge_lets_through_the_pages_take(tmp_path: Path) -> None:
    """Otherwise gunicorn's own English words would stand where our page should."""
    here = Path(__file__).parents[3]
    limits = [
        int(number)
        for name, pattern in BRIDGES.items()
        for number in re.findall(pattern, (here / name).read_text("utf-8"))
    ]
    assert len(limits) == len(BRIDGES)
    (longest,) = set(limits)
    with _served(_config(tmp_path, "")):
        place = tmp_path / "run" / "web.sock"
        status, text = _ask(place, "/?" + "a" * longest)
        assert status == 401
        assert "mw-content" in text
        assert _ask(place, "/?" + "a" * LINE)[0] == 414


def test_tcp_port_answers(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with _served(_config(tmp_path, f"tcp:127.0.0.1:{port}")):
        status, _ = _get(socket.create_connection(("127.0.0.1", port)), "/static/app.css")
    assert status == 200


def _ask(place: Path, path: str = "/overview") -> tuple[int, str]:
    """One request by ourselves."""
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(30)
    client.connect(str(place))
    return _get(client, path)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The socket of a server for customers."""
    config = _config(tmp_path_factory.mktemp("door"), "")
    with _served(config, customers=True):
        yield Path(config.customers.partition(":")[2])


def test_everybody_may_knock_at_the_customers_door(door: Path) -> None:
    assert stat.S_IMODE(door.stat().st_mode) == 0o666
    assert stat.S_IMODE((door.parents[1] / "state" / SECRET).stat().st_mode) == 0o600
    assert _ask(door)[0] == 200


def _request(path: str, headers: Mapping[str, str] | None = None) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: x", *(f"{k}: {v}" for k, v in (headers or {}).items())]
    return "\r\n".join((*lines, "", "")).encode()


def _stranger_asks(
    door: Path, path: str, headers: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """What user nobody is told: status and the whole answer."""
    request = _request(path, headers)
    said = as_stranger(door.parent, f"print(talk({door.name!r}, {request!r}))")
    return int(said.split()[1]), said


@needs_root
@pytest.mark.parametrize("path", ["/", "/overview", "/static/app.css", "/api/v1/me", "/enter"])
def test_stranger_at_the_customers_door_gets_a_line(door: Path, path: str) -> None:
    """D3: a hosting customer's own process, which the panel knows nothing of."""
    status, said = _stranger_asks(door, path, {"X-Mailward-Showing": "prefix=%2Fp"})
    assert status == 403
    assert "the panel does not know who is asking" in said
    assert "mw-content" not in said


@needs_root
@pytest.mark.parametrize(("login", "status"), [("nobody", 200), ("root", 403), ("daemon", 403)])
def test_signed_claim_counts_for_the_user_it_was_signed_for(
    door: Path, login: str, status: int
) -> None:
    """Root's helper signs for whoever calls it; what is overheard helps nobody else."""
    assert pwd.getpwnam("nobody").pw_uid == NOBODY
    secret = (door.parents[1] / "state" / SECRET).read_text().strip()
    at, nonce = int(time.time()), secrets.token_hex(12)
    signed = sign(secret, Claim(Role.CUSTOMER, login), "GET", "/overview", b"", at, nonce)
    assert _stranger_asks(door, "/overview", signed)[0] == status


FLOOD = """
import select
crowd = []
for _ in range({many}):
    one = socket.socket(socket.AF_UNIX)
    one.connect({name!r})
    try:
        one.sendall({octets!r})
    except OSError:
        pass
    crowd.append(one)
print("ready", flush=True)
sys.stdin.readline()
"""


@needs_root
@pytest.mark.parametrize(
    "octets",
    [b"", b"GET /", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\nx"],
    ids=["silent", "half a line", "half a body"],
)
def test_whoever_holds_connections_open_keeps_nobody_else_out(door: Path, octets: bytes) -> None:
    """One user's flood is that user's trouble alone, and over when it is over."""
    flood = FLOOD.format(name=door.name, many=10 * PER_USER, octets=octets)
    with stranger(door.parent, flood):
        for _ in range(5):
            began = time.monotonic()
            assert _ask(door)[0] == 200
            assert time.monotonic() - began < 4
        if not octets.startswith(b"POST"):  # a stranger's body is not awaited
            assert _stranger_asks(door, "/")[0] == 503
    await_true(lambda: _stranger_asks(door, "/")[0] == 403, "room for the stranger")


def test_whoever_takes_no_answer_and_never_closes_keeps_nobody_waiting(door: Path) -> None:
    crowd = []
    for _ in range(PER_USER // 2):
        one = socket.socket(socket.AF_UNIX)
        one.connect(str(door))
        one.sendall(b"GET /static/bootstrap/css/bootstrap.min.css HTTP/1.1\r\nHost: x\r\n\r\n")
        crowd.append(one)
    began = time.monotonic()
    assert _ask(door)[0] == 200
    assert time.monotonic() - began < 3
    for one in crowd:
        one.close()


def test_panel_without_such_processes_has_no_such_door(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="same socket"):
        serve_customers(_config(tmp_path, ""), TestPanel())
    config = Config(paths=Paths(str(tmp_path)), listen=Listen(customers="off"))
    with pytest.raises(ConfigError, match="off"):
        serve_customers(config, OpenPanel())


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

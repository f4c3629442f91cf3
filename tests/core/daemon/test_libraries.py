"""Libraries without what the daemon has no use for, which stays there for who has."""

from __future__ import annotations

import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from core.daemon import libraries
from tests.core.notify.tls import certificate


def said(program: str) -> str:
    """What a program prints that has begun as the daemon begins."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\nfrom core.daemon import libraries\n{program}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout.strip()


def test_what_is_not_needed_is_not_loaded() -> None:
    """It would take up a seventh of the daemon's memory."""
    loaded = set(said("libraries.load(); print(*sys.modules)").split())
    assert {"asyncio", "structlog", "maxminddb", "sqlalchemy"} <= loaded
    for name in ("ssl", "_ssl", "rich", "greenlet", "importlib.metadata", "email.message"):
        assert name not in loaded


def test_what_is_loaded_already_stays_as_it_is() -> None:
    """Whoever has it works with it."""
    before = dict(sys.modules)
    libraries.load()
    assert {name: sys.modules[name] for name in before} == before


class _Taken(BaseHTTPRequestHandler):
    """Answers like a webhook's receiver."""

    def do_GET(self) -> None:
        """Say that it was taken."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"taken")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its parent's name
        """Print nothing."""


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A receiver that speaks TLS: its port, and the certificate to believe."""
    file = certificate(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with HTTPServer(("127.0.0.1", 0), _Taken) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port, file
        server.shutdown()
        thread.join()


def test_threads_speak_tls_beside_the_loop(receiver: tuple[int, Path]) -> None:
    """As webhooks and lists of attackers do, under the daemon's own event loop."""
    port, file = receiver
    program = f"""
libraries.load()
import asyncio
def ask():
    import ssl
    from http.client import HTTPSConnection
    context = ssl.create_default_context(cafile={str(file)!r})
    connection = HTTPSConnection("localhost", {port}, context=context, timeout=30)
    connection.request("GET", "/")
    return connection.getresponse().read().decode()
async def main():
    return await asyncio.get_running_loop().run_in_executor(None, ask)
from core.main import _loop_factory
with asyncio.Runner(loop_factory=_loop_factory()) as runner:
    print(runner.run(main()))
"""
    assert said(program) == "taken"


@pytest.mark.parametrize("absent", ["_md5", "_sha3", "nothing"])
def test_hashes_are_right_whoever_makes_them(absent: str) -> None:
    """Some distributions leave Python's own out; then OpenSSL's are used (FIPS 180-4, B.1)."""
    program = f"""
sys.modules[{absent!r}] = None
libraries.load()
import hashlib, hmac
print(hashlib.sha256(b"abc").hexdigest(), hashlib.new("md5", b"").hexdigest())
print(hmac.new(b"Jefe", b"what do ya want for nothing?", "sha256").hexdigest())
"""
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    empty = "d41d8cd98f00b204e9800998ecf8427e"
    keyed = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"  # RFC 4231, 4.3
    assert said(program).split() == [digest, empty, keyed]


def test_what_was_away_is_there_for_who_asks() -> None:
    """The database's library looks for drivers among what is installed; status for a version."""
    program = """
libraries.load()
from importlib.metadata import version
from sqlalchemy import create_engine
from sqlalchemy.exc import NoSuchModuleError
try:
    create_engine("nosuchbase://")
except NoSuchModuleError as error:
    print(error)
import rich.console
import multiprocessing
print(version("maxminddb") != "")
"""
    assert said(program).splitlines() == [
        "Can't load plugin: sqlalchemy.dialects:nosuchbase",
        "True",
    ]

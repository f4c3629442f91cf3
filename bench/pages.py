"""How long every page takes, for everybody who may see it, with five million events of a month.

The whole application answers in this process, as gunicorn calls it: routing, roles, store and
template. The daemon is not running, so pages that would ask it answer from store and data. The
first answer, with nothing remembered, is quoted beside the median and the worst of the rounds; a
second table has a few pages through gunicorn on its unix socket, as a panel's bridge asks them.
"""

from __future__ import annotations

import http.client
import multiprocessing
import os
import re
import secrets
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from msgspec import Struct
from rich.progress import Progress
from werkzeug.test import Client

from bench.page_world import PEOPLE, CrowdedPanel, settle
from bench.pages_asked import ASKED, Asked
from bench.programs import BIN
from bench.store_data import filled_store
from core.panel import Role
from core.settings.config import Config, Listen, Paths, StorePlace
from core.sources import seed
from core.store.event_filter import EventFilter
from core.store.store import Store
from core.web.app import create_app
from core.web.bridge import Claim, sign
from core.web.parts import Parts
from core.web.server import secret_of, serve

PLACE = BIN / "store.sqlite"
ALLOWED = 300.0
"""Milliseconds in which a page answers."""

FIRST = 1000.0
"""Milliseconds in which its first answer comes."""

START_SECONDS = 20.0
MONTH = 30 * 86_400.0

Send = Callable[[str, str, bytes, dict[str, str]], tuple[int, bytes]]
"""Method, target, body, headers; gives the status and the body of the answer."""


class Row(Struct):
    """One line of the table, in milliseconds; `size` in kB.

    `cpu` is this process's own: unlike the others it is the same on a machine that is busy.
    """

    asked: Asked
    role: Role
    code: int
    first: float
    times: list[float]
    cpu: list[float]
    size: float


def main(rounds: int, _: float) -> None:
    """Measure and print."""
    path = filled_store(PLACE)
    with tempfile.TemporaryDirectory(prefix="mailward-pages-") as directory:
        config = Config(
            paths=Paths(*(f"{directory}/{name}" for name in ("state", "run", "log"))),
            store=StorePlace(url=f"sqlite:///{path}"),
            listen=Listen(dovecot="off"),
        )
        config.state.mkdir()
        config.run.mkdir()
        config.data.mkdir()
        seed.plant(config.data)
        here = Parts(config, CrowdedPanel(), secret_of(config))
        settle(here.store)
        try:
            _print("in this process", _measured(_visits(here), max(rounds, 3), _in_process(here)))
            with _gunicorn(config) as send:
                chosen = [visit for visit in _visits(here) if visit[1].through_gunicorn]
                _print("through gunicorn", _measured(chosen, max(rounds, 3), send))
        finally:
            here.close()


Visit = tuple[Role, Asked, Callable[[Send], tuple[int, bytes, float, float]]]


def _visits(here: Parts) -> list[Visit]:
    """Everything that is asked, by everybody who may."""
    (newest,) = here.store.events.find(EventFilter(), 1)
    found: list[Visit] = []
    for role, login in PEOPLE.items():
        seen = here.directory.of(role, login)
        (event,) = here.store.events.find(EventFilter(domains=seen), 1)
        words = {
            "number": str(event.id),
            "now": f"{newest.at:.0f}",
            "since": f"{newest.at - MONTH:.0f}",
        }
        bearer = {"Authorization": f"Bearer {_bearer(here.store, role, login)}"}
        claim = Claim(role=role, login=login)
        for asked in ASKED:
            if role not in asked.roles:
                continue
            target = asked.target.format_map(words)
            found.append((role, asked, _caller(here, claim, asked, target, bearer)))
    return found


def _bearer(store: Store, role: Role, login: str) -> str:
    now = time.time()
    return store.tokens.create("bench", role, login, None, now + 3600, "bench", now)[1]


def _caller(
    here: Parts, claim: Claim, asked: Asked, target: str, bearer: dict[str, str]
) -> Callable[[Send], tuple[int, bytes, float, float]]:
    def call(send: Send) -> tuple[int, bytes, float, float]:
        method, body = ("POST", _body(here, claim, asked, send)) if asked.form else ("GET", b"")
        headers = bearer
        if not asked.is_api:
            nonce = secrets.token_urlsafe(18)
            headers = sign(here.secret, claim, method, target, body, int(time.time()), nonce)
        start, used = time.perf_counter(), time.process_time()
        code, answer = send(method, target, body, headers)
        took, cpu = time.perf_counter() - start, time.process_time() - used
        return code, answer, took * 1000, cpu * 1000

    return call


def _body(here: Parts, claim: Claim, asked: Asked, send: Send) -> bytes:
    """The form, with a token of the visitor's and what its page put into hidden fields."""
    nonce = secrets.token_urlsafe(18)
    page = asked.form_on
    headers = sign(here.secret, claim, "GET", page, b"", int(time.time()), nonce)
    text = send("GET", page, b"", headers)[1].decode()
    hidden = dict(re.findall(r'name="(csrf_token|mark)" value="([^"]*)"', text))
    return urlencode([*hidden.items(), *asked.form]).encode()


def _in_process(here: Parts) -> Send:
    client = Client(create_app(here), use_cookies=False)

    def send(method: str, target: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        parts = urlsplit(target)
        kind = "application/x-www-form-urlencoded" if method == "POST" else None
        answer = client.open(
            path=parts.path,
            query_string=parts.query,
            method=method,
            data=body,
            content_type=kind,
            headers=headers,
            environ_overrides={"RAW_URI": target},
            buffered=True,
        )
        return answer.status_code, answer.data

    return send


@contextmanager
def _gunicorn(config: Config) -> Iterator[Send]:
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(config,))
    process.start()
    place = config.web.partition(":")[2]

    def send(method: str, target: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        connection = _UnixConnection(place)
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        connection.request(method, target, body or None, {**headers, **kind})
        answer = connection.getresponse()
        try:
            return answer.status, answer.read()
        finally:
            connection.close()

    ends = time.monotonic() + START_SECONDS
    while not Path(place).exists() and time.monotonic() < ends:
        time.sleep(0.05)
    try:
        yield send
    finally:
        process.terminate()
        process.join()


def _serve(config: Config) -> None:
    with Path(os.devnull).open("w") as quiet:
        os.dup2(quiet.fileno(), 2)
        serve(config, CrowdedPanel())


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, place: str) -> None:
        super().__init__("localhost", timeout=60)
        self._place = place

    def connect(self) -> None:
        """Knock at the socket."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._place)


def _measured(visits: list[Visit], rounds: int, send: Send) -> list[Row]:
    rows = []
    with Progress(transient=True) as progress:
        bar = progress.add_task("pages", total=len(visits) * (rounds + 1))
        for role, asked, call in visits:
            progress.update(bar, description=f"{role}: {asked.title}")
            code, answer, first, _ = call(send)
            progress.advance(bar)
            times, cpu = [], []
            for _ in range(rounds):
                *_, took, used = call(send)
                times.append(took)
                cpu.append(used)
                progress.advance(bar)
            rows.append(Row(asked, role, code, first, times, cpu, len(answer) / 1000))
    return rows


def _print(how: str, rows: list[Row]) -> None:
    print(f"\nMilliseconds {how}; the slowest first, **bold** above {ALLOWED:.0f}.\n")
    print("| page | seen by | first | median | worst | CPU here | kB |")
    print("|---|---|--:|--:|--:|--:|--:|")
    ranked = sorted(rows, key=lambda row: -statistics.median(row.times))
    is_above = True
    for row in ranked:
        median = statistics.median(row.times)
        if is_above and median <= ALLOWED and row is not ranked[0]:
            print(f"| *{ALLOWED:.0f} ms* | | | | | | |")
        is_above = median > ALLOWED
        title = row.asked.title + ("" if row.code < 400 else f" (answers {row.code})")
        cells = (_bold(row.first, FIRST), _bold(median, ALLOWED), _bold(max(row.times), ALLOWED))
        cpu = statistics.median(row.cpu)
        print(f"| {title} | {row.role} | {' | '.join(cells)} | {cpu:,.0f} | {row.size:,.0f} |")
    above = sum(statistics.median(row.times) > ALLOWED for row in rows)
    late = sum(row.first > FIRST for row in rows)
    print(f"\n{len(rows)} asked; {above} above {ALLOWED:.0f} ms, {late} first above {FIRST:.0f}.")


def _bold(value: float, most: float) -> str:
    return f"**{value:,.0f}**" if value > most else f"{value:,.0f}"

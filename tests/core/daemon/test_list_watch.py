"""Lists in a running daemon: asked by a real DNS, told by a real CrowdSec, counted in the store."""

from __future__ import annotations

import asyncio
import http.server
import json
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.daemon.daemon import Daemon
from core.daemon.list_verbs import ListVerbs
from core.daemon.list_watch import KEYS, ListWatch
from core.engine.judging.entry import Entry
from core.engine.observation import LoginSeen
from core.engine.request import Request
from core.errors import DataError
from core.settings.fields import FIELDS
from core.sources.dns_lists import resolver
from core.sources.dns_lists.resolver import Resolver
from core.sources.dns_lists.zone import ZONES
from core.sources.share import Secret
from core.words import Reason, Service, Stage, Verdict
from tests.core.daemon.living import config_in, configure, living, run, settle
from tests.core.daemon.rig import GERMANY, RUSSIA
from tests.core.sources.dns_lists.name_server import Answer, serving
from tests.databases import write_ranges

ZONE = ZONES["abusix"]
SECRET = "a secret of 32 letters, or longer".replace(" ", "-")


def login(address: str = RUSSIA, session: str = "1") -> Request:
    return Request(Stage.AUTH, address, Service.SUBMISSION, "ann@example.test", True, session)


def watch_of(daemon: Daemon) -> ListWatch:
    found = daemon.company.find(ListWatch)
    assert found is not None
    return found


def problems(daemon: Daemon) -> dict[str, str]:
    return {each.name: each.problem for each in daemon.guard.listings.status()}


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another task or thread does."""
    while not condition():
        await asyncio.sleep(0.005)


def stay(
    directory: Path, settings: dict[str, Any], session: Callable[[Daemon], Awaitable[None]]
) -> None:
    """Run a session on a daemon with these settings."""
    config = config_in(directory)
    configure(config, settings)

    async def inside() -> None:
        async with living(config) as daemon:
            await session(daemon)

    run(inside)


def test_a_listed_address_is_refused_as_soon_as_the_dns_has_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A9: the first login passes, because no login ever waits for the DNS."""
    listed = {
        ZONE.question("k3y", 4, 0x7F000002),
        ZONE.question("k3y", 4, 0xCB007107),  # 203.0.113.7
    }

    def answers(name: str) -> Answer:
        return ZONE.listed if name in listed else None

    async def session(daemon: Daemon) -> None:
        guard = daemon.guard
        await until(lambda: problems(daemon) == {"abusix": ""})
        assert guard.ask(login()).decision.verdict is Verdict.ALLOW
        assert guard.ask(login(GERMANY)).decision.verdict is Verdict.ALLOW
        await until(lambda: guard.ask(login()).decision.verdict is Verdict.DENY)
        decision = guard.ask(login()).decision
        assert decision.reason is Reason.NETWORK_ATTACKER
        assert decision.evidence == "203.0.113.7 is in 203.0.113.7 (Abusix AuthBL, abusix)"
        assert guard.ask(login(GERMANY)).decision.verdict is Verdict.ALLOW
        verbs = ListVerbs(daemon).table()
        said = await verbs["list_test"]({"address": RUSSIA})
        assert said["lists"] == [
            {
                "name": "abusix",
                "listed": True,
                "entry": RUSSIA,
                "label": "Abusix AuthBL",
                "problem": "",
            }
        ]
        said = await verbs["list_test"]({"address": GERMANY})
        assert [each["listed"] for each in said["lists"]] == [False]

    async def with_dns() -> None:
        async with serving(answers) as server:
            own = Resolver(["127.0.0.1"], server.port, 5.0)
            monkeypatch.setattr(resolver, "system", lambda: own)
            config = config_in(tmp_path)
            configure(config, {"lists.abusix": "refuse", "lists.abusix_key": "k3y"})
            async with living(config) as daemon:
                await session(daemon)

    run(with_dns)


@pytest.mark.parametrize(
    ("settings", "name", "says"),
    [
        ({"lists.spamrats": "watch"}, "spamrats", "set lists.spamrats_key"),
        ({"lists.spamhaus_authbl": "refuse"}, "spamhaus_authbl", "set lists.spamhaus_key"),
        ({"lists.abusix": "refuse"}, "abusix", "set lists.abusix_key"),
        ({"lists.abuseipdb": "refuse"}, "abuseipdb", "set lists.abuseipdb_key"),
        ({"lists.crowdsec": "refuse"}, "crowdsec", "set lists.crowdsec_key"),
        ({"lists.greensnow": "watch"}, "greensnow", "run `mailward update`"),
        ({"share.mode": "give"}, "share", "share.secret is empty"),
        (
            {"share.mode": "take", "share.peers": ["https://mx2.example.test/s.json"]},
            "share mx2.example.test",
            "share.secret is empty",
        ),
    ],
)
def test_what_a_list_lacks_is_said_and_everything_else_goes_on(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, Any],
    name: str,
    says: str,
) -> None:
    """C1: a clear problem in the status, and no failure."""
    monkeypatch.setattr(resolver, "system", lambda: Resolver(["127.0.0.1"], 9))

    async def session(daemon: Daemon) -> None:
        assert says in problems(daemon)[name]
        assert daemon.guard.ask(login()).decision.verdict is Verdict.ALLOW
        assert "lists" not in daemon.parts.problems

    stay(tmp_path, settings, session)


def test_a_public_resolver_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def public() -> Resolver:
        raise DataError("this server asks the public resolver 8.8.8.8")

    monkeypatch.setattr(resolver, "system", public)

    async def session(daemon: Daemon) -> None:
        assert "8.8.8.8" in problems(daemon)["abusix"]

    stay(tmp_path, {"lists.abusix": "watch", "lists.abusix_key": "k"}, session)


def test_a_fetched_list_needs_no_word(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    write_ranges(config.data, "greensnow", ("8.8.8.8/32",))

    async def session(daemon: Daemon) -> None:
        assert problems(daemon) == {}
        assert daemon.guard.ask(login("8.8.8.8")).decision.verdict is Verdict.DENY

    stay(tmp_path, {"lists.greensnow": "refuse"}, session)


@contextmanager
def crowdsec(answer: dict[str, Any]) -> Iterator[str]:
    """A local API that says the same to everybody."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(answer).encode()
            self.send_response(200 if self.headers["X-Api-Key"] == "k3y" else 403)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_crowdsec_s_decisions_count_at_once(tmp_path: Path) -> None:
    """C1: and are kept for a restart."""
    ban = {"value": "8.8.8.8", "scope": "Ip", "type": "ban", "duration": "4h"}
    with crowdsec({"new": [ban], "deleted": []}) as url:
        settings = {
            "lists.crowdsec": "refuse",
            "lists.crowdsec_key": "k3y",
            "lists.crowdsec_url": url,
        }

        async def session(daemon: Daemon) -> None:
            assert daemon.guard.ask(login("8.8.8.8")).decision.verdict is Verdict.ALLOW
            await until(lambda: problems(daemon) == {"crowdsec": ""})
            await until(lambda: daemon.guard.ask(login("8.8.8.8")).decision.verdict is Verdict.DENY)
            # They count first, and are written down by the thread that has asked.
            await until((daemon.config.state / "lists" / "crowdsec.json").exists)

        stay(tmp_path, settings, session)


def test_what_lists_would_have_refused_is_written(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    write_ranges(config.data, "cins", ("8.8.8.8/32",))

    async def session(daemon: Daemon) -> None:
        known = daemon.guard.sources.look("8.8.8.8")
        for succeeded in (True, False, False):
            seen = LoginSeen(time.time(), Service.IMAPS, known, "ann@example.test", succeeded)
            for observe in daemon.guard.observers.logins:
                observe(seen)
        watch_of(daemon)._write()
        await settle(daemon)
        store = daemon.writer.store
        assert store is not None
        ((day,),) = store.list_hits.since(0).values()
        assert (day.passed, day.failed) == (1, 2)

    stay(tmp_path, {"lists.cins": "watch"}, session)


def test_other_settings_leave_lists_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their memory must not be lost with each exemption that somebody adds."""
    monkeypatch.setattr(resolver, "system", lambda: Resolver(["127.0.0.1"], 9))

    async def session(daemon: Daemon) -> None:
        before = daemon.guard.listings.books
        await daemon.reload()
        assert daemon.guard.listings.books == before

    stay(tmp_path, {"lists.abusix": "watch", "lists.abusix_key": "k"}, session)


def test_own_attackers_are_told_in_a_file_and_by_the_socket(tmp_path: Path) -> None:
    """E23."""
    file = tmp_path / "share.json"
    settings = {"share.mode": "give", "share.secret": SECRET, "share.file": str(file)}

    async def session(daemon: Daemon) -> None:
        now = time.time()
        entries = [
            Entry("203.0.113.7", "address", now, now + 3600, 1, "tried 14 accounts"),
            Entry("2001:db8:1:2::/64", "address", now, now + 3600, 1, "tried 14 accounts"),
            Entry("198.51.100.0/24", "network", now, now + 3600, 1, "tried 14 accounts"),
            Entry("AS64500", "system", now, now + 3600, 1, "tried 14 accounts"),
        ]
        watch = watch_of(daemon)
        daemon.guard.judge.restore(entries, now)
        watch._ticks = 0  # it looks at them once a minute
        watch.tick(now)
        said = await ListVerbs(daemon).table()["share"]({})
        assert len(Secret(SECRET).read(said["document"].encode(), now).entries) == 3
        await until(file.exists)
        watch._publish(file)
        assert len(Secret(SECRET).read(file.read_bytes(), now + 60).entries) == 3
        assert file.stat().st_mode & 0o777 == 0o644

    stay(tmp_path, settings, session)


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = {
        "share.mode": "give",
        "share.secret": SECRET,
        "share.file": f"{tmp_path}/file/share.json",
    }

    async def session(daemon: Daemon) -> None:
        await until(lambda: "share.file" in daemon.parts.problems)

    stay(tmp_path, settings, session)


def test_who_tells_nobody_says_so(tmp_path: Path) -> None:
    async def session(daemon: Daemon) -> None:
        with pytest.raises(DataError, match=r"set share\.mode"):
            watch_of(daemon).document()

    stay(tmp_path, {}, session)


def test_every_key_is_a_setting() -> None:
    assert all(FIELDS[f"lists.{key}"].secret for key in KEYS.values())

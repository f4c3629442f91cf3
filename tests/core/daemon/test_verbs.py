"""What the control socket can be asked: the truth about the daemon, in plain JSON types."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.daemon.daemon import Daemon
from core.daemon.verbs import MOST_NEAR, Verbs
from core.engine.explain import Explanation, lines
from core.engine.request import Request
from core.errors import SettingError
from core.settings.config import Config
from core.store.store import Store
from core.words import Service, Stage
from tests.core.daemon.living import config_in, configure, living, run
from tests.core.daemon.rig import GERMANY, RUSSIA, policy

ACCOUNT = "bob@example.test"
SETTINGS = {
    "country.mode": "refuse",
    "country.list": ["RU"],
    "send.limit": 4,
    "login.default_domain": "example.test",
}

Ask = Callable[..., Any]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Directories of the test, and some settings."""
    made = config_in(tmp_path)
    configure(made, SETTINGS)
    return made


def asking(daemon: Daemon) -> Ask:
    """Call a verb as the control door does; only JSON comes back."""
    table = Verbs(daemon).table()

    async def ask(verb: str, **request: Any) -> Any:
        return msgspec.json.decode(msgspec.json.encode(await table[verb](request)))

    return ask


def send(daemon: Daemon, count: int, account: str = ACCOUNT) -> None:
    """Mails of an account."""
    for _ in range(count):
        daemon.guard.ask(Request(Stage.SEND, GERMANY, Service.SUBMISSION, account, True))


def knock(daemon: Daemon, address: str = RUSSIA, session: str = "") -> None:
    """A question at connect."""
    daemon.guard.ask(Request(Stage.CONNECT, address, Service.IMAP, session=session))


def test_status_says_what_is(config: Config) -> None:
    """E6: doors, stages, numbers, sources; nothing wrong but that nobody is told."""

    async def session() -> None:
        async with living(config) as daemon:
            ask = asking(daemon)
            knock(daemon)
            send(daemon, 5)
            status = await ask("status")
            assert [door["kind"] for door in status["doors"]] == ["policy", "control"]
            assert status["stages"]["connect"]["asked"] == 1
            assert status["stages"]["send"]["asked"] == 5
            assert status["stages"]["auth"] == {"asked": 0, "last": 0.0}
            assert status["stages"]["send"]["last"] <= status["now"]
            assert (status["blocked"], status["tracked"]) == (1, 0)
            assert (status["faults"], status["last_fault"]) == (0, "")
            assert status["events"]["noted"] == 6
            assert status["started"] <= status["now"]
            assert {source["name"] for source in status["sources"]} >= {"country", "asn"}
            assert set(status["problems"]) <= {"notify.address", "data country", "data asn"}

    run(session)


def test_an_empty_list_and_a_closed_door_are_in_the_status(tmp_path: Path) -> None:
    """What was begun and not finished, in words."""
    (tmp_path / "file").write_text("")
    closed = f"unix:{tmp_path}/file/x"
    config = config_in(tmp_path, policy=(closed, f"unix:{tmp_path}/p.sock"))
    configure(config, {"country.mode": "allow"})

    async def session() -> None:
        async with living(config) as daemon:
            problems = (await asking(daemon)("status"))["problems"]
            assert "no country is refused" in problems["country.list"]
            assert "nobody is told" in problems["notify.address"]
            assert closed in problems[f"door {closed}"]

    run(session)


@pytest.mark.parametrize(
    ("part", "spoil"),
    [
        ("ledger", lambda daemon: setattr(daemon.keeper, "problem", "no room")),
        ("store", lambda daemon: setattr(daemon.writer, "problem", "away")),
        ("log", lambda daemon: setattr(daemon.writer.events, "problem", "full")),
        ("settings", lambda daemon: daemon.parts.report("settings", "odd")),
        ("notice", lambda daemon: daemon.parts.report("notice", "nobody took it")),
        ("door", lambda daemon: setattr(daemon.doors[0], "problem", "nobody is let in")),
    ],
)
def test_every_part_s_problem_is_in_the_status(
    config: Config, part: str, spoil: Callable[[Daemon], None]
) -> None:
    """And what is well is not."""

    async def session() -> None:
        async with living(config) as daemon:
            ask = asking(daemon)
            assert not [name for name in (await ask("status"))["problems"] if name == part]
            spoil(daemon)
            names = [name.split()[0] for name in (await ask("status"))["problems"]]
            assert part in names
            daemon.doors[0].problem = ""

    run(session)


def test_a_log_that_is_well_again_is_no_problem(config: Config) -> None:
    """Whatever it was like when it was opened."""
    config.log.parent.mkdir(parents=True, exist_ok=True)
    config.log.write_text("in the way")

    async def session() -> None:
        async with living(config) as daemon:
            ask = asking(daemon)
            assert (await ask("status"))["problems"]["log"]
            daemon.writer.events.problem = ""
            assert "log" not in (await ask("status"))["problems"]

    run(session)


def test_a_reload_says_what_was_left_out(config: Config) -> None:
    """The command line shows it to whoever changed something."""

    async def session() -> None:
        async with living(config) as daemon:
            ask = asking(daemon)
            assert await ask("reload") == {"problems": []}
            with closing(Store.open(config.store_url)) as store:
                store.settings.change(("server", ""), {"send.limit": -1}, "me", 2.0)
            (problem,) = (await ask("reload"))["problems"]
            assert problem.startswith("server: send.limit")

    run(session)


def test_explain_follows_the_daemon_s_own_state(config: Config) -> None:
    """A12: with the blocks of this moment; and asking counts nothing."""

    async def session() -> None:
        async with living(config) as daemon:
            ask = asking(daemon)
            refused = await ask("explain", address=RUSSIA, account="bob", port=587)
            assert RUSSIA in str(refused)
            assert ACCOUNT in str(refused), "the default domain counts"
            before = daemon.guard.windows.used(ACCOUNT, time.monotonic(), 300)
            for _ in range(10):
                await ask("explain", address=GERMANY, account=ACCOUNT)
            assert daemon.guard.windows.used(ACCOUNT, time.monotonic(), 300) == before
            assert daemon.journal.noted == 0
            send(daemon, 5)
            assert "account_blocked" in str(
                await ask("explain", address=GERMANY, account=ACCOUNT, port=587)
            )

    run(session)


def test_explain_says_the_same_as_the_wire(config: Config) -> None:
    """D11: the very text that the mail server gets."""

    async def session() -> None:
        async with living(config) as daemon:
            reader, writer = await asyncio.open_unix_connection(f"{config.run}/policy.sock")
            writer.write(policy(policy_context="connect", client_address=RUSSIA))
            answer = (await reader.readuntil(b"\n\n")).decode()
            writer.close()
            await writer.wait_closed()
            found = await asking(daemon)("explain", address=RUSSIA, account="Bob@Example.test")
            text = "\n".join(lines(msgspec.convert(found, type=Explanation)))
            assert f"=> refused at connect: {RUSSIA} is in RU" in text
            assert answer.removeprefix("action=REJECT ").strip() in text

    run(session)


@pytest.mark.parametrize(
    ("verb", "request_"),
    [
        ("explain", {}),
        ("explain", {"address": RUSSIA, "port": "many"}),
        ("release", {}),
        ("seen", {}),
    ],
)
def test_a_request_that_lacks_something_is_refused(
    config: Config, verb: str, request_: dict[str, Any]
) -> None:
    """In a way that the door puts into words."""

    async def session() -> None:
        async with living(config) as daemon:
            with pytest.raises((KeyError, ValueError, SettingError)):
                await asking(daemon)(verb, **request_)

    run(session)


def test_blocks_and_who_is_near(config: Config) -> None:
    """A13: seconds that are left; and at most twenty who have used more than half."""

    async def session() -> None:
        async with living(config) as daemon:
            ask = asking(daemon)
            send(daemon, 5)
            send(daemon, 3, "near@example.test")
            send(daemon, 2, "half@example.test")
            answer = await ask("blocks")
            (blocked,) = answer["blocked"]
            assert blocked["account"] == ACCOUNT
            assert 0 < blocked["left"] <= blocked["seconds"] == 21_600
            assert answer["near"] == [{"account": "near@example.test", "used": 3}]
            for number in range(2 * MOST_NEAR):
                send(daemon, 4, f"user{number}@example.test")
            near = (await ask("blocks"))["near"]
            assert len(near) == MOST_NEAR
            assert {entry["used"] for entry in near} == {4}

    run(session)


def test_release_takes_a_name_as_people_write_it(config: Config) -> None:
    """Capital letters, and without the default domain."""

    async def session() -> None:
        async with living(config) as daemon:
            ask = asking(daemon)
            send(daemon, 5)
            assert await ask("release", account=" Bob ", by="") == {"released": True}
            assert await ask("release", account=ACCOUNT) == {"released": False}

    run(session)
    with closing(Store.open(config.store_url)) as store:
        assert [past.released_by for past in store.blocks.history()] == ["unknown"]


def test_a_probe_learns_whether_it_was_seen(config: Config) -> None:
    """E18: by the client's port on the policy wire, by the login name on Dovecot's."""

    async def session() -> None:
        async with living(config) as daemon:
            ask = asking(daemon)
            knock(daemon, session="40123")
            daemon.logins.append("probe@example.test")
            assert await ask("seen", marker="40123") == {"seen": True, "asked": 1}
            assert (await ask("seen", marker=40123))["seen"]
            assert (await ask("seen", marker="probe@example.test"))["seen"]
            assert not (await ask("seen", marker="0123"))["seen"]
            assert not (await ask("seen", marker="other"))["seen"]

    run(session)

"""The daemon as a whole, inside the test: what it keeps, what it tells, how it begins and ends.

What only a process of its own can show (signals, kill -9, full disks) is in tests/daemon.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import msgspec
import pytest

from core.daemon import systemd
from core.daemon.daemon import Daemon
from core.daemon.metrics import numbers_of
from core.engine.request import Request
from core.errors import MailwardError
from core.settings.config import Config
from core.settings.model import Settings
from core.store.block import Block
from core.store.ledger import Ledger
from core.store.store import Store
from core.words import Reason, Service, Stage, Verdict
from tests.core.daemon.living import APanel, config_in, configure, living, run, settle
from tests.core.daemon.rig import GERMANY, RUSSIA

ACCOUNT = "bob@example.test"
REFUSE_RU = {"country.mode": "refuse", "country.list": ["RU"]}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Directories of the test."""
    return config_in(tmp_path)


def knock(daemon: Daemon, address: str = RUSSIA) -> Verdict:
    """A question at connect."""
    return daemon.guard.ask(Request(Stage.CONNECT, address, Service.IMAP)).decision.verdict


def send(daemon: Daemon, account: str = ACCOUNT) -> Verdict:
    """A mail."""
    request = Request(Stage.SEND, GERMANY, Service.SUBMISSION, account, True)
    return daemon.guard.ask(request).decision.verdict


def block(account: str = ACCOUNT) -> Block:
    """A block of an hour that has just begun."""
    now = time.time()
    return Block(account=account, started=now, until=now + 3600, seconds=3600, reason="send_limit")


def test_windows_and_blocks_outlast_a_restart(config: Config) -> None:
    """B7."""
    configure(config, {"send.limit": 2})

    async def session() -> None:
        async with living(config) as daemon:
            assert [send(daemon) for _ in range(2)] == [Verdict.ALLOW] * 2
            assert [send(daemon, "amy@example.test") for _ in range(3)][2] is Verdict.DEFER
        async with living(config) as daemon:
            assert send(daemon) is Verdict.DEFER
            assert send(daemon, "amy@example.test") is Verdict.DEFER

    run(session)


def test_people_are_told_once_for_each_block(config: Config) -> None:
    """A17: with the settings that count for the account."""
    configure(config, {"send.limit": 1, "notify.address": "admin@example.test"})
    told: list[tuple[str, str]] = []

    def announce(block: Block, settings: Settings, _: object) -> None:
        told.append((block.account, settings.notify.address))

    async def session() -> None:
        async with living(config, announce) as daemon:
            for _ in range(5):
                send(daemon)

    run(session)
    assert told == [(ACCOUNT, "admin@example.test")]


def test_a_corrected_address_is_told_at_once(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B3: whoever sets another address need not wait until the old one would be tried again."""
    monkeypatch.setattr("core.daemon.teller.FIRST_PAUSE", 3600.0)
    configure(config, {"send.limit": 1, "notify.address": "wrong@example.test"})
    told: list[str] = []

    def announce(_: Block, settings: Settings, __: object) -> None:
        if settings.notify.address.startswith("wrong"):
            raise OSError("no such person")
        told.append(settings.notify.address)

    async def session() -> None:
        async with living(config, announce) as daemon:
            assert [send(daemon) for _ in range(2)][1] is Verdict.DEFER
            while "notice" not in daemon.parts.problems:
                await asyncio.sleep(0.01)
            configure(config, {"notify.address": "right@example.test"})
            await daemon.reload()
            while not told:
                await asyncio.sleep(0.01)

    run(session)
    assert told == ["right@example.test"]


def test_a_notice_that_fails_is_a_problem_until_it_succeeds(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B3: somebody has to learn that nobody was told, who then is, after a restart too."""
    monkeypatch.setattr("core.daemon.teller.FIRST_PAUSE", 0.01)
    configure(config, {"send.limit": 1})
    told: list[str] = []

    is_ill = True

    def announce(block: Block, *_: object) -> None:
        if is_ill:
            raise OSError("the mail system hangs")
        told.append(block.account)

    async def session() -> None:
        nonlocal is_ill
        async with living(config, announce) as daemon:
            send(daemon)
            send(daemon)
            while "the mail system hangs" not in daemon.parts.problems.get("notice", ""):
                await asyncio.sleep(0.01)
        async with living(config, announce) as daemon:
            while "notice" not in daemon.parts.problems:
                await asyncio.sleep(0.01)
            is_ill = False
            while "notice" in daemon.parts.problems:
                await asyncio.sleep(0.01)

    run(session)
    assert told == [ACCOUNT]


def test_a_release_counts_at_once_and_for_ever(config: Config) -> None:
    """A13: in memory, in the ledger and in the history; the account starts afresh."""
    configure(config, {"send.limit": 1})

    async def session() -> None:
        async with living(config) as daemon:
            assert [send(daemon) for _ in range(2)] == [Verdict.ALLOW, Verdict.DEFER]
            assert not await daemon.release("nobody@example.test", "a test")
            assert await daemon.release(ACCOUNT, "a test")
            assert send(daemon) is Verdict.ALLOW
        async with living(config) as daemon:
            assert len(daemon.guard.blocks) == 0

    run(session)
    with closing(Store.open(config.store_url)) as store:
        (past,) = store.blocks.history()
    assert (past.account, past.released_by) == (ACCOUNT, "a test")


def test_a_second_daemon_does_not_start(config: Config) -> None:
    """Two of them would each count half."""

    async def session() -> None:
        async with living(config) as daemon:
            with pytest.raises(MailwardError, match="another daemon already runs"):
                await Daemon(config, APanel(), lambda *_: None).run()
            assert knock(daemon) is Verdict.ALLOW

    run(session)


def test_a_reload_takes_settings_data_and_closed_doors(tmp_path: Path) -> None:
    """A hook makes the folder for a socket after the daemon has started."""
    late = tmp_path / "late"
    late.write_text("in the way")
    config = config_in(tmp_path, policy=(f"unix:{tmp_path}/p.sock", f"unix:{late}/p.sock"))

    async def session() -> None:
        async with living(config) as daemon:
            assert knock(daemon) is Verdict.ALLOW
            assert [door.is_open for door in daemon.doors] == [True, False, True]
            configure(config, REFUSE_RU)
            late.unlink()
            late.mkdir()
            await daemon.reload()
            assert knock(daemon) is Verdict.DENY
            assert all(door.is_open for door in daemon.doors)
            assert not any(door.problem for door in daemon.doors)

    run(session)


def test_a_reload_that_fails_changes_nothing_and_is_over(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service manager must not wait for its end for ever."""
    configure(config, REFUSE_RU)
    said: list[str] = []
    monkeypatch.setattr(systemd, "notify", lambda *lines: said.extend(lines))

    async def session() -> None:
        async with living(config) as daemon:
            monkeypatch.setattr(daemon.parts, "sources", lambda: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                await daemon.reload()
            assert knock(daemon) is Verdict.DENY

    run(session)
    reloading = said.index("RELOADING=1")
    assert "READY=1" in said[reloading:]


def test_reloads_take_turns(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at once could put older settings over newer ones."""
    at_work: list[int] = []

    async def session() -> None:
        async with living(config) as daemon:
            take = daemon._take_anew

            async def watched() -> None:
                at_work.append(1)
                assert len(at_work) == 1
                await take()
                at_work.pop()

            monkeypatch.setattr(daemon, "_take_anew", watched)
            await asyncio.gather(*(daemon.reload() for _ in range(5)))

    run(session)


def test_blocks_stand_although_the_ledger_could_not_be_opened_at_first(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B7: the history stands in, and the ledger is taken as soon as it can be."""
    monkeypatch.setattr("core.daemon.parts.LEDGER_WAIT", 0.0)
    configure(config, {"send.limit": 1})
    with closing(Store.open(config.store_url)) as store:
        store.blocks.opened(block("known@example.test"))
    held = Ledger.open(config.state / "ledger", now=time.time())
    held.block(block("mine@example.test"))

    async def session() -> None:
        async with living(config) as daemon:
            has_one = [daemon.keeper.has_ledger]
            assert send(daemon, "known@example.test") is Verdict.DEFER
            send(daemon)
            assert send(daemon) is Verdict.DEFER
            held.close()
            await daemon._mend_ledger()
            has_one.append(daemon.keeper.has_ledger)
            assert has_one == [False, True]
            assert "ledger" not in daemon.parts.problems
            assert send(daemon, "mine@example.test") is Verdict.DEFER

    run(session)
    ledger = Ledger.open(config.state / "ledger", now=time.time())
    accounts = {block.account for block in ledger.standing(time.time())}
    ledger.close()
    assert accounts >= {ACCOUNT, "mine@example.test"}


def test_pruning_goes_on_until_nothing_is_left(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A11: a little at a time, so that events have their turn in between."""
    steps: list[dict[str, int]] = []

    class Retention:
        def step(self, _: float, **days: int) -> bool:
            steps.append(days)
            return len(steps) < 5

    async def session() -> None:
        async with living(config) as daemon:
            fake = cast(Store, SimpleNamespace(retention=Retention()))
            prune = daemon._prune
            monkeypatch.setattr(daemon, "_prune", lambda _: prune(fake))
            daemon.writer.put(daemon._prune)
            while len(steps) < 5:
                await asyncio.sleep(0.01)
            await settle(daemon)

    run(session)
    keep = Settings().keep
    days = {"events_days": keep.event_days, "statistics_days": keep.statistics_days}
    assert steps == [days] * 5


def test_what_prometheus_is_told(config: Config) -> None:
    """E15: the same numbers as in the status."""
    configure(config, {**REFUSE_RU, "send.limit": 1})

    async def session() -> None:
        async with living(config) as daemon:
            for _ in range(3):
                knock(daemon)
            send(daemon)
            send(daemon)
            send(daemon, "amy@example.test")
            daemon._drain()
            await settle(daemon)
            numbers = numbers_of(daemon)
            assert numbers.requests == {Stage.CONNECT: 3, Stage.AUTH: 0, Stage.SEND: 3}
            denied = (Stage.CONNECT, Service.IMAP, Verdict.DENY, Reason.COUNTRY)
            assert numbers.verdicts[denied] == 3
            assert (numbers.blocks, numbers.windows) == (1, 1)
            assert (numbers.faults, numbers.dropped, numbers.untrusted) == (0, 0, 0)
            assert numbers.started == daemon.started <= time.time()

    run(session)


def test_an_end_writes_everything(config: Config) -> None:
    """Events of the last second, counts of storms, the windows, and the log."""
    configure(config, REFUSE_RU)

    async def session() -> None:
        async with living(config) as daemon:
            for _ in range(100):
                knock(daemon)
            send(daemon)

    run(session)
    with closing(Store.open(config.store_url)) as store:
        found = store.events.follow(0)
    assert sorted(event.count for event in found) == [1, 100]
    _, *kept = map(msgspec.json.decode, (config.state / "windows").read_bytes().splitlines())
    assert [account for account, _ in kept] == [ACCOUNT]
    assert not list(config.run.iterdir())
    lines = (config.log / "events.jsonl").read_bytes().splitlines()
    assert msgspec.json.decode(lines[-1])["count"] == 100


def test_who_keeps_something_hears_of_all_mails_before_the_end(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader of logs that did not hear of a mail would count it once more after the restart."""
    mail = Request(Stage.SEND, "198.51.100.7", account="a@example.test", sending=True)
    told: list[int] = []
    told_at_the_end: list[int] = []

    async def session() -> None:
        async with living(config) as daemon:
            daemon.guard.observers.mails.append(lambda seen: told.append(seen.count))
            monkeypatch.setattr(daemon.company, "stop", lambda: told_at_the_end.append(sum(told)))
            asker = None
            for number in range(20):
                mail.message = str(number)
                daemon.guard.ask(mail)
                asker = next(iter(daemon.guard.askers.values()), None)
                if asker is not None and asker.window is not None and asker.window.left:
                    break
            assert asker is not None
            before = sum(told)
            for number in range(3):
                assert daemon.guard.tally.take(asker, (b"", b"", b"1", b"Q%d" % number, b""))
            assert sum(told) == before

    run(session)
    assert told_at_the_end == [sum(told)]

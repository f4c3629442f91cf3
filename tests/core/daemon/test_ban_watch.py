"""Whom root shall ban: attackers that go on, and never anybody who belongs here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from core.daemon.ban_watch import EVENT_SECONDS, WRITE_SECONDS, BanWatch
from core.daemon.daemon import Daemon
from core.engine.observation import LoginSeen
from core.store.journal import Note
from core.system import ban_file
from core.system.ban_file import Ban, Bans
from core.words import Reason, Service, Stage, Verdict
from tests.core.daemon.living import config_in, configure, living, run, settle

ATTACKER = "203.0.113.7"
ON = {"ban.action": "nftables", "ban.after": 10, "ban.hours": 2}
DAY = 86_400.0


class Siege:
    """A daemon under attack."""

    def __init__(self, daemon: Daemon) -> None:
        self.daemon = daemon
        watch = daemon.company.find(BanWatch)
        assert watch is not None
        self.watch = watch
        self.now = time.time()

    def attack(self, address: str = ATTACKER) -> None:
        """Be found to be an attacker."""
        facts = self.daemon.guard.sources.look(address)
        for number in range(12):
            name = f"nobody{number}@example.test"
            login = LoginSeen(self.now, Service.SMTPS, facts, name, False)
            for observe in self.daemon.guard.observers.logins:
                observe(login)

    def refuse(
        self,
        times: int,
        address: str = ATTACKER,
        reason: Reason = Reason.ATTACKER_SEEN,
        verdict: Verdict = Verdict.DENY,
    ) -> None:
        """Be refused so many times."""
        for _ in range(times):
            self.daemon.journal.note(
                Note(self.now, Stage.CONNECT, Service.SMTPS, verdict, reason, address=address)
            )

    async def pass_time(self) -> list[str]:
        """Let the minute end, and the file be written; returns who is in it."""
        self.now += EVENT_SECONDS
        for _ in range(WRITE_SECONDS):
            self.watch.tick(self.now)
        while self.watch._writing:
            await asyncio.sleep(0.001)
        return [each.address for each in self.file().bans]

    def file(self) -> Bans:
        """What root reads."""
        return ban_file.read(self.daemon.config.state / ban_file.NAME)


def under_siege(
    folder: Path, settings: dict[str, object], session: Callable[[Siege], Awaitable[None]]
) -> None:
    """Run a session on a daemon with these settings."""
    config = config_in(folder)
    configure(config, settings)

    async def whole() -> None:
        async with living(config) as daemon:
            await session(Siege(daemon))

    run(whole)


def test_an_attacker_that_goes_on_is_banned(tmp_path: Path) -> None:
    """A18: from the threshold on, for the hours that are set, and for no other port than is set."""

    async def session(siege: Siege) -> None:
        siege.attack()
        siege.refuse(9)
        assert await siege.pass_time() == []
        siege.refuse(1)
        assert await siege.pass_time() == [ATTACKER]
        found = siege.file()
        assert (found.action, found.smtp) == ("nftables", False)
        assert 0 < found.bans[0].until - siege.now <= 2 * 3600

    under_siege(tmp_path, ON, session)


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        (Reason.COUNTRY, Verdict.DENY),
        (Reason.NETWORK_ATTACKER, Verdict.DENY),
        (Reason.ATTACKER_SEEN, Verdict.ALLOW),
        (Reason.SEND_LIMIT, Verdict.DEFER),
    ],
)
def test_other_refusals_do_not_count(tmp_path: Path, reason: Reason, verdict: Verdict) -> None:
    """A traveller who tries all day is no attacker."""

    async def session(siege: Siege) -> None:
        siege.attack()
        siege.refuse(100, reason=reason, verdict=verdict)
        assert await siege.pass_time() == []

    under_siege(tmp_path, ON, session)


def test_somebody_who_is_at_home_there_is_not_banned(tmp_path: Path) -> None:
    """Not even after one good login: he shares the attacker's address."""

    async def session(siege: Siege) -> None:
        facts = siege.daemon.guard.sources.look(ATTACKER)
        siege.daemon.guard.judge.good("bob@example.test", facts, siege.now)
        for _ in range(3):
            siege.attack()
        siege.refuse(1000)
        assert await siege.pass_time() == []

    under_siege(tmp_path, ON, session)


@pytest.mark.parametrize("exempt", [ATTACKER, "203.0.113.0/24"])
def test_whoever_becomes_exempt_is_let_go(tmp_path: Path, exempt: str) -> None:
    async def session(siege: Siege) -> None:
        siege.attack()
        siege.refuse(10)
        assert await siege.pass_time() == [ATTACKER]
        configure(siege.daemon.config, {**ON, "exempt.addresses": [{"entry": exempt}]})
        await siege.daemon.reload()
        assert await siege.pass_time() == []

    under_siege(tmp_path, ON, session)


def test_whoever_is_released_is_let_go(tmp_path: Path) -> None:
    """`mailward attackers release` is enough."""

    async def session(siege: Siege) -> None:
        siege.attack()
        siege.refuse(10)
        assert await siege.pass_time() == [ATTACKER]
        siege.daemon.guard.judge.release(ATTACKER)
        assert await siege.pass_time() == []

    under_siege(tmp_path, ON, session)


def test_off_is_off(tmp_path: Path) -> None:
    """Nothing is written before somebody wants it, and all is taken back afterwards."""

    async def session(siege: Siege) -> None:
        siege.attack()
        siege.refuse(1000)
        assert await siege.pass_time() == []
        assert not (siege.daemon.config.state / ban_file.NAME).exists()
        configure(siege.daemon.config, ON)
        await siege.daemon.reload()
        siege.refuse(10)
        assert await siege.pass_time() == [ATTACKER]
        configure(siege.daemon.config, {"ban.action": "off"})
        await siege.daemon.reload()
        assert await siege.pass_time() == []
        assert siege.file() == Bans()

    under_siege(tmp_path, {}, session)


def test_a_whole_64_is_one(tmp_path: Path) -> None:
    """A15: who has one address of it has all of them."""

    async def session(siege: Siege) -> None:
        siege.attack("2001:db8:0:1::1")
        for number in range(10):
            siege.refuse(1, f"2001:db8:0:1::{number:x}")
        assert await siege.pass_time() == ["2001:db8:0:1::/64"]

    under_siege(tmp_path, ON, session)


def test_there_is_an_end_to_it(tmp_path: Path) -> None:
    """Past the limit those go that end first; the daemon's memory neither."""

    async def session(siege: Siege) -> None:
        for number in range(12):
            address = f"203.0.{number}.7"
            siege.attack(address)
            siege.refuse(10, address)
            siege.now += 0.1
        assert len(await siege.pass_time()) == 10

    under_siege(tmp_path, {**ON, "ban.limit": 10}, session)


def test_bans_survive_a_restart(tmp_path: Path) -> None:
    """As long as their attackers do."""

    async def first(siege: Siege) -> None:
        siege.attack()
        siege.refuse(10)
        assert await siege.pass_time() == [ATTACKER]
        siege.daemon.company.tick(time.time())
        await settle(siege.daemon)

    async def second(siege: Siege) -> None:
        assert await siege.pass_time() == [ATTACKER]

    under_siege(tmp_path, ON, first)
    config = config_in(tmp_path)
    known = ban_file.read(config.state / ban_file.NAME)
    stranger = Ban("198.51.100.9", time.time() + DAY)
    ban_file.write(
        config.state / ban_file.NAME, Bans(known.action, known.smtp, (*known.bans, stranger))
    )
    under_siege(tmp_path, ON, second)


def test_a_damaged_file_is_forgotten(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    config.state.mkdir(parents=True)
    (config.state / ban_file.NAME).write_text("{")

    async def session(siege: Siege) -> None:
        siege.attack()
        siege.refuse(10)
        assert await siege.pass_time() == [ATTACKER]

    under_siege(tmp_path, ON, session)


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    """And tried again."""

    async def session(siege: Siege) -> None:
        state = siege.daemon.config.state
        (state / f"{ban_file.NAME}.new").mkdir()
        siege.attack()
        siege.refuse(10)
        await siege.pass_time()
        assert "root is not told" in siege.daemon.parts.problems["bans"]
        (state / f"{ban_file.NAME}.new").rmdir()
        assert await siege.pass_time() == [ATTACKER]
        assert "bans" not in siege.daemon.parts.problems

    under_siege(tmp_path, ON, session)

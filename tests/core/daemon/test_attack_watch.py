"""The daemon keeps what the judge finds, restores it, shares it, and lets it go."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from pathlib import Path

import pytest

from core.daemon.attack_watch import SHARE_SECONDS, AttackWatch
from core.daemon.daemon import Daemon
from core.daemon.log_ear import LogEar
from core.daemon.log_hearsay import Hearsay, Kept
from core.desk.recall import DAY
from core.engine.request import Request
from core.maillog.record import Mail
from core.settings.config import Config
from core.store.attacker import Attacker
from core.store.good_pair import GoodPair
from core.store.store import Store
from core.words import Reason, Service, Stage, Verdict
from tests.core.daemon.living import config_in, configure, living, run
from tests.core.daemon.rig import GERMANY, RUSSIA

HOME = "bob@example.test"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Directories of the test."""
    return config_in(tmp_path)


def login(address: str, account: str) -> Request:
    return Request(Stage.AUTH, address, Service.IMAP, account)


def attack(daemon: Daemon, address: str = RUSSIA, count: int = 10) -> None:
    """Wrong passwords of made-up accounts, as Dovecot reports them."""
    for number in range(count):
        daemon.guard.report(login(address, f"x{number}@example.test"), False, f"h{number}")


def watch(daemon: Daemon) -> AttackWatch:
    found = daemon.company.find(AttackWatch)
    assert found is not None
    return found


def verdict(daemon: Daemon, address: str = RUSSIA, account: str = "eve@example.test") -> Reason:
    """What Dovecot is told before the password; no login comes of it."""
    request = Request(Stage.CONNECT, address, Service.IMAP, claimed=account)
    return daemon.guard.ask(request).decision.reason


def in_store(config: Config) -> list[Attacker]:
    with closing(Store.open(config.store_url)) as store:
        return store.attackers.history()


def keep(config: Config, *found: Attacker, pairs: tuple[GoodPair, ...] = ()) -> None:
    """What an earlier run, or another server, has left in the store."""
    config.state.mkdir(parents=True, exist_ok=True)
    with closing(Store.open(config.store_url)) as store:
        store.attackers.seen(found)
        store.good_pairs.learn(pairs)


def attacker(place: str = RUSSIA, since: float = 0) -> Attacker:
    begun = since or time.time() - 60
    return Attacker(
        place=place, kind="address", since=begun, until=begun + DAY, times=2, evidence="tried"
    )


def test_an_attacker_is_refused_kept_and_survives_a_restart(config: Config) -> None:
    """A18."""

    async def first() -> None:
        async with living(config) as daemon:
            attack(daemon)
            assert verdict(daemon) is Reason.ATTACKER_SEEN

    async def second() -> None:
        async with living(config) as daemon:
            assert verdict(daemon) is Reason.ATTACKER_SEEN
            assert verdict(daemon, GERMANY) is Reason.NOTHING_AGAINST

    run(first)
    (kept,) = in_store(config)
    assert (kept.place, kept.times, kept.released_at) == (RUSSIA, 1, None)
    assert "h1" not in kept.evidence
    run(second)


def test_who_was_refused_before_is_refused_longer_after_a_restart(config: Config) -> None:
    keep(config, attacker(since=time.time() - 3 * DAY))

    async def session() -> None:
        async with living(config) as daemon:
            assert verdict(daemon) is Reason.NOTHING_AGAINST
            attack(daemon)
            (entry,) = daemon.guard.judge.standing
            assert entry.times == 3

    run(session)


def test_homes_are_restored_before_attackers(config: Config) -> None:
    """A restart must not lock customers out who share an address with an attacker."""
    today = int(time.time() // DAY)
    pair = GoodPair(HOME, "203.0.113.0/24", 0, today - 9, today - 1, 5)
    keep(config, attacker(), pairs=(pair,))

    async def session() -> None:
        async with living(config) as daemon:
            assert verdict(daemon, account=HOME) is Reason.NOTHING_AGAINST
            assert verdict(daemon) is Reason.ATTACKER_SEEN

    run(session)


def test_good_logins_and_mails_are_kept(config: Config) -> None:
    async def session() -> None:
        async with living(config) as daemon:
            daemon.guard.report(login(GERMANY, HOME), True)
            mail = Request(Stage.SEND, RUSSIA, Service.SUBMISSION, HOME, True)
            assert daemon.guard.ask(mail).decision.verdict is Verdict.ALLOW

    run(session)
    with closing(Store.open(config.store_url)) as store:
        found = {(each.account, each.network) for each in store.good_pairs.all(0)}
    assert found == {(HOME, "198.51.100.0/24"), (HOME, "203.0.113.0/24")}


@pytest.mark.parametrize("service", [Service.SUBMISSION, Service.SMTP])
def test_a_mail_in_a_log_is_a_good_login(config: Config, service: Service) -> None:
    """C2: Exim and Postfix write no line of a login that was good, but whose mail they took."""

    async def session() -> None:
        async with living(config) as daemon:
            guard = daemon.guard
            ear = LogEar(guard, Hearsay(0.0, guard.dovecot, Kept()), daemon.journal)
            ear.start()
            ear.mail(Mail(time.time(), service, RUSSIA, HOME, "1abcde-0003", 1), time.time())
            attack(daemon)
            assert verdict(daemon, account=HOME) is Reason.NOTHING_AGAINST
            assert verdict(daemon) is Reason.ATTACKER_SEEN

    run(session)
    with closing(Store.open(config.store_url)) as store:
        (pair,) = store.good_pairs.all(0)
    assert (pair.account, pair.network) == (HOME, "203.0.113.0/24")


def test_a_release_frees_at_once_and_is_in_the_history(config: Config) -> None:
    async def session() -> None:
        async with living(config) as daemon:
            attack(daemon)
            assert verdict(daemon) is Reason.ATTACKER_SEEN
            found = watch(daemon).release(RUSSIA, "carol", "our office")
            assert [entry.place for entry in found] == [RUSSIA]
            assert verdict(daemon) is Reason.NOTHING_AGAINST

    run(session)
    (kept,) = in_store(config)
    assert (kept.released_by, kept.released_why) == ("carol", "our office")


async def shared(daemon: Daemon) -> None:
    """Let a minute pass for the watch."""
    companion = watch(daemon)
    companion._ticks = SHARE_SECONDS - 1
    companion.tick(time.time())
    while companion._asking:
        await asyncio.sleep(0.01)


def test_servers_that_share_a_store_share_attackers_and_releases(config: Config) -> None:
    async def session() -> None:
        async with living(config) as daemon:
            assert verdict(daemon) is Reason.NOTHING_AGAINST
            keep(config, attacker())
            await shared(daemon)
            assert verdict(daemon) is Reason.ATTACKER_SEEN
            with closing(Store.open(config.store_url)) as store:
                store.attackers.released([RUSSIA], time.time(), "carol", "")
            await shared(daemon)
            assert verdict(daemon) is Reason.NOTHING_AGAINST

    run(session)


def test_what_becomes_exempt_is_released(config: Config) -> None:
    """A19: and the history says so."""

    async def session() -> None:
        async with living(config) as daemon:
            attack(daemon)
            assert verdict(daemon) is Reason.ATTACKER_SEEN
            daemon.company.tick(time.time())
            configure(config, {"exempt.addresses": [{"entry": "203.0.113.0/24"}]})
            await daemon.reload()
            assert list(daemon.guard.judge.standing) == []

    run(session)
    assert [each.released_why for each in in_store(config)] == ["exempt"]


def test_an_exempt_address_of_any_scope_and_its_system_are_protected(config: Config) -> None:
    config.state.mkdir(parents=True)
    with closing(Store.open(config.store_url)) as store:
        own = {"exempt.addresses": [{"entry": RUSSIA}, {"entry": "AS64500"}]}
        store.settings.change(("domain", "example.test"), own, "a test", 1.0)

    async def session() -> None:
        async with living(config) as daemon:
            attack(daemon, count=100)
            assert list(daemon.guard.judge.standing) == []

    run(session)


def test_a_judge_that_fails_stops_nothing(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """A25."""

    async def session() -> None:
        async with living(config) as daemon:

            def broken(_: object) -> None:
                raise RuntimeError("a bug")

            monkeypatch.setattr(daemon.guard.judge, "observe", broken)
            attack(daemon)
            assert verdict(daemon) is Reason.NOTHING_AGAINST
            assert daemon.guard.faults == 0

    run(session)


def test_what_was_learned_elsewhere_is_kept(config: Config) -> None:
    """E24: good pairs of old logs."""
    today = int(time.time() // DAY)
    pairs = [GoodPair(HOME, "203.0.113.0/24", 0, today - 30, today, 20)]

    async def session() -> None:
        async with living(config) as daemon:
            assert watch(daemon).learn(pairs) == 1
            attack(daemon)
            assert verdict(daemon, account=HOME) is Reason.NOTHING_AGAINST

    run(session)
    with closing(Store.open(config.store_url)) as store:
        assert list(store.good_pairs.all(0)) == pairs

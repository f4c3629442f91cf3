"""A list answers from memory at once, and asks behind everybody's back, within bounds."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from core.errors import DataError
from core.net.addresses import parse
from core.sources.dns_lists import dns_list
from core.sources.dns_lists.dns_list import DnsList
from core.sources.dns_lists.resolver import Resolver
from core.sources.dns_lists.zone import ZONES
from core.sources.facts import AddressFacts, NetworkHit
from core.words import NetworkKind
from tests.core.sources.dns_lists.name_server import Answer, serving

ZONE = ZONES["abusix"]
HIT = frozenset({"127.0.0.4"})
TESTS = {
    ZONE.question("k", 4, 0x7F000002): HIT,
    ZONE.question("k", 6, 0xFFFF7F000002): HIT,
}
TEST_QUESTIONS = {
    *TESTS,
    ZONE.question("k", 4, 0x7F000001),
    ZONE.question("k", 6, 0xFFFF7F000001),
}


def facts(text: str) -> AddressFacts:
    address = parse(text)
    assert address is not None
    return AddressFacts(address.text, address.version, address.value)


ATTACKER = facts("203.0.113.7")
GOOD = facts("198.51.100.7")


def question(of: AddressFacts) -> str:
    return ZONE.question("k", of.version, of.value)


class Dns:
    """A DNS that answers when it is let, and counts."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.listed = {question(ATTACKER)}
        self.problem = ""
        self.everybody = False
        self.gate = asyncio.Event()
        self.gate.set()
        self.under_way = self.most = 0

    async def ask(self, name: str) -> frozenset[str]:
        if name not in TEST_QUESTIONS:
            self.asked[name] += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.gate.wait()
        self.under_way -= 1
        if self.problem:
            raise DataError(self.problem)
        if self.everybody or name in self.listed:
            return HIT
        return TESTS.get(name, frozenset())


class Stage:
    """A list, its DNS and its time."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.changes = 0
        self.dns = Dns()
        self.list = DnsList(ZONE, "k", self.dns.ask, self._change, lambda: self.now)

    def _change(self) -> None:
        self.changes += 1

    async def settle(self) -> None:
        """Let everything happen that waits for nothing but its turn."""
        while self.list._tasks and self.dns.gate.is_set():
            await asyncio.sleep(0)

    async def pass_seconds(self, seconds: float) -> None:
        self.now += seconds
        self.list.tick()
        await self.settle()


def play(scene: Callable[[Stage], Awaitable[None]]) -> None:
    """Begin with a list that was tested."""

    async def whole() -> None:
        stage = Stage()
        await stage.pass_seconds(0)
        await scene(stage)
        stage.list.stop()

    asyncio.run(whole())


def test_the_first_question_is_answered_by_nobody_and_the_second_from_memory() -> None:
    """A9: a login never waits for the DNS."""

    async def scene(stage: Stage) -> None:
        assert stage.list.hits(ATTACKER) == ()
        stage.list.want(ATTACKER)
        assert stage.list.hits(ATTACKER) == ()
        before = stage.changes
        await stage.settle()
        assert stage.list.hits(ATTACKER) == (
            NetworkHit(NetworkKind.ATTACKER, "Abusix AuthBL", "203.0.113.7", "abusix"),
        )
        assert stage.changes == before + 1

    play(scene)


def test_who_is_not_listed_changes_nothing() -> None:
    async def scene(stage: Stage) -> None:
        before = stage.changes
        stage.list.want(GOOD)
        await stage.settle()
        assert stage.list.hits(GOOD) == ()
        assert stage.changes == before

    play(scene)


def test_one_question_is_under_way_for_an_address() -> None:
    async def scene(stage: Stage) -> None:
        stage.dns.gate.clear()
        for _ in range(50):
            stage.list.want(ATTACKER)
            await asyncio.sleep(0)
        stage.dns.gate.set()
        await stage.settle()
        stage.list.want(ATTACKER)
        await stage.settle()
        assert stage.dns.asked == {question(ATTACKER): 1}

    play(scene)


@pytest.mark.parametrize(
    ("who", "seconds"), [(ATTACKER, 15 * 60), (GOOD, 5 * 60)], ids=["listed", "not listed"]
)
def test_answers_are_asked_anew_when_they_are_old(who: AddressFacts, seconds: int) -> None:
    """Facts 3.1: fifteen minutes and five."""

    async def scene(stage: Stage) -> None:
        stage.list.want(who)
        await stage.settle()
        stage.now += seconds - 1
        stage.list.want(who)
        await stage.settle()
        assert stage.dns.asked[question(who)] == 1
        stage.now += 1
        assert stage.list.hits(who) == ()
        stage.list.want(who)
        await stage.settle()
        assert stage.dns.asked[question(who)] == 2

    play(scene)


def test_a_flood_is_bounded_at_once_in_a_second_and_in_waiting() -> None:
    async def scene(stage: Stage) -> None:
        stage.dns.most = 0
        many = dns_list.MOST_WAITING + 500
        for value in range(many):
            stage.list.want(AddressFacts("", 4, value))
        await stage.settle()
        assert stage.dns.most <= dns_list.AT_ONCE
        assert stage.dns.asked.total() == dns_list.A_SECOND
        assert stage.list.lost > 0
        await stage.pass_seconds(1)
        assert stage.dns.asked.total() == 2 * dns_list.A_SECOND

    play(scene)


def test_after_failures_it_is_left_alone_longer_and_longer() -> None:
    """It fails open, and says so."""

    async def scene(stage: Stage) -> None:
        stage.dns.problem = "its name servers failed"

        async def fail(first: int) -> None:
            for value in range(first, first + 20):
                stage.list.want(AddressFacts("", 4, value))
                await stage.settle()

        await fail(0)
        assert stage.dns.asked.total() == dns_list.FAILURES
        assert "its name servers failed" in stage.list.status().problem
        await stage.pass_seconds(dns_list.PAUSE)
        assert stage.list.status().problem == ""
        await fail(100)
        assert stage.dns.asked.total() == 2 * dns_list.FAILURES
        await stage.pass_seconds(dns_list.PAUSE)
        stage.list.want(ATTACKER)
        await stage.settle()
        assert stage.dns.asked[question(ATTACKER)] == 0
        stage.dns.problem = ""
        await stage.pass_seconds(dns_list.PAUSE)
        stage.list.want(ATTACKER)
        await stage.settle()
        assert stage.list.hits(ATTACKER)

    play(scene)


def test_a_failed_question_is_not_repeated_at_once() -> None:
    async def scene(stage: Stage) -> None:
        stage.dns.problem = "its name servers failed"
        for _ in range(3):
            stage.list.want(ATTACKER)
            await stage.settle()
        assert stage.dns.asked[question(ATTACKER)] == 1

    play(scene)


def test_a_list_that_begins_to_list_everybody_is_switched_off() -> None:
    """Dead lists do that; RFC 5782 5."""

    async def scene(stage: Stage) -> None:
        stage.list.want(ATTACKER)
        await stage.settle()
        assert stage.list.hits(ATTACKER)
        stage.dns.everybody = True
        await stage.pass_seconds(dns_list.TEST_SECONDS)
        assert stage.list.hits(ATTACKER) == ()
        assert "lists everybody" in stage.list.status().problem
        asked = stage.dns.asked.total()
        stage.list.want(GOOD)
        await stage.settle()
        assert stage.dns.asked.total() == asked
        stage.dns.everybody = False
        await stage.pass_seconds(dns_list.TEST_SECONDS)
        assert stage.list.status().problem == ""

    play(scene)


def test_a_test_without_an_answer_leaves_everything_as_it_was() -> None:
    async def scene(stage: Stage) -> None:
        stage.list.want(ATTACKER)
        await stage.settle()
        stage.dns.problem = "its name servers failed"
        stage.now += 1
        stage.list._test_at = 0
        await stage.pass_seconds(0)
        assert stage.list.hits(ATTACKER)
        assert stage.list.status().problem == "its name servers failed"
        stage.dns.problem = ""
        await stage.pass_seconds(dns_list.RETRY_SECONDS)
        assert stage.list.status().problem == ""

    play(scene)


def test_nobody_is_asked_about_before_the_list_was_tested() -> None:
    async def scene() -> None:
        stage = Stage()
        stage.list.want(ATTACKER)
        await stage.settle()
        assert stage.dns.asked.total() == 0
        assert stage.list.status().problem

    asyncio.run(scene())


def test_the_status_tells_how_many_and_when_tested() -> None:
    async def scene(stage: Stage) -> None:
        stage.list.want(ATTACKER)
        stage.list.want(GOOD)
        await stage.settle()
        stage.now += 60
        found = stage.list.status()
        assert (found.name, found.entries, found.age) == ("abusix", 1, 60)
        assert found.terms
        assert found.credit

    play(scene)


@pytest.mark.parametrize("text", ["203.0.113.7", "2001:db8::7"])
@pytest.mark.parametrize(
    ("answer", "listed"),
    [
        ("127.0.0.4", True),
        (None, False),
        ("127.0.0.2", False),
        ("servfail", False),
        ("slow", False),
        ("truncated", False),
    ],
)
def test_with_a_real_name_server(text: str, answer: Answer, listed: bool) -> None:
    """A9: whatever the DNS does, only the exact answer refuses."""
    who = facts(text)

    def answers(name: str) -> Answer:
        if name in TESTS:
            return "127.0.0.4"
        return answer if name == question(who) else None

    async def session() -> None:
        async with serving(answers) as server:
            ask = Resolver(["127.0.0.1"], server.port, 0.1 if answer == "slow" else 5.0).ask
            found = DnsList(ZONE, "k", ask)
            found.tick()
            await asyncio.gather(*found._tasks)
            assert found.status().problem == ""
            found.want(who)
            await asyncio.gather(*found._tasks)
            assert bool(found.hits(who)) is listed
            assert question(who) in server.asked

    asyncio.run(session())

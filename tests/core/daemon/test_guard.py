"""The guard: answers that were given stay valid exactly as long as what they rest on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from copy import copy
from typing import Any

import pytest
from hypothesis import given, settings

from core.daemon.asker import Answer
from core.engine.decide import decide
from core.engine.observation import LoginSeen, RefusalSeen
from core.engine.policy import Snapshot
from core.engine.request import Request
from core.sources.facts import AddressFacts, NetworkHit
from core.sources.status import SourceStatus
from core.store.block import Block
from core.store.good_pair import GoodPair
from core.words import NetworkKind, Reason, Service, Stage, Verdict
from tests.core.daemon.rig import GERMANY, RUSSIA, Rig
from tests.core.engine.asking import WALL, Asking, facts, snapshot
from tests.core.engine.mail_stories import Turn, block, settings_of_all, stories

REFUSE_RU = {"country.mode": "refuse", "country.list": ["RU"]}


def run(test: Callable[[], None]) -> None:
    """Inside an event loop, as the daemon does."""

    async def inside() -> None:
        test()

    asyncio.run(inside())


def login(address: str = RUSSIA, account: str = "a@example.test", session: str = "1") -> Request:
    """A login on submission."""
    return Request(Stage.AUTH, address, Service.SUBMISSION, account, True, session)


def mail(message: str, account: str = "a@example.test") -> Request:
    """A mail."""
    return Request(Stage.SEND, GERMANY, Service.SUBMISSION, account, True, message=message)


def test_new_settings_count_at_once_after_forget() -> None:
    """A reload must not leave yesterday's verdicts in a cache."""
    rig = Rig()
    assert rig.guard.ask(login()).decision.verdict is Verdict.ALLOW
    rig.guard.snapshot = snapshot(REFUSE_RU)
    rig.guard.forget()
    assert rig.guard.ask(login()).decision.verdict is Verdict.DENY


@pytest.mark.parametrize(
    "way",
    [
        lambda end: {"country.passes": [{"country": "RU", "expires": end}]},
        lambda end: {"exempt.addresses": [{"entry": RUSSIA, "expires": end}]},
        lambda end: {"exempt.accounts": [{"entry": "a@example.test", "expires": end}]},
    ],
    ids=["pass", "address", "account"],
)
def test_a_remembered_verdict_does_not_outlive_an_expiry(
    way: Callable[[float], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A16, A17: the moment counts, not the minute, and nobody has to reload."""
    rig = Rig(REFUSE_RU | way(2_000.0))
    for now, verdict in (
        (1_990.0, Verdict.ALLOW),
        (1_999.9, Verdict.ALLOW),
        (2_000.0, Verdict.DENY),
    ):
        monkeypatch.setattr("core.daemon.guard.time.time", lambda now=now: now)
        assert rig.guard.ask(login()).decision.verdict is verdict


@settings(max_examples=400)
@given(settings_of_all, settings_of_all, stories)
def test_what_is_remembered_of_a_sender_changes_no_answer(
    first: Snapshot, second: Snapshot, story: list[Turn]
) -> None:
    """The law of mails: the guard answers as the checks do that are asked about each anew."""
    present, now = [first, second], 0.0
    asking, rig = Asking(first), Rig()
    rig.guard.snapshot = first

    def test() -> None:
        nonlocal now
        for turn in story:
            now += turn.wait
            if turn.what == "settings":
                present.reverse()
                asking.settings = rig.guard.snapshot = present[0]
                rig.guard.forget()
            elif turn.what == "block":
                asking.blocks.add(block(turn.account, now), now + 9)
                rig.guard.blocks.add(block(turn.account, now), now + 9)
            elif turn.what == "release":
                asking.windows.forget(turn.account)
                asking.blocks.release(turn.account)
                rig.guard.release(turn.account)
            else:
                mail = asking.question(
                    Stage.SEND,
                    facts(GERMANY, country="DE"),
                    turn.account,
                    recipients=turn.recipients,
                    sending=turn.sending,
                    now=now,
                )
                assert rig.guard.ask(copy(mail.request)).decision == decide(mail)
            assert rig.guard.blocks.standing(now) == asking.blocks.standing(now)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.daemon.guard.time.time", lambda: WALL + now)
        patch.setattr("core.daemon.guard.time.monotonic", lambda: now)
        run(test)


def test_a_block_counts_at_once_and_ends_at_once() -> None:
    """A remembered login verdict must not outlive or outvote a block."""

    def test() -> None:
        rig = Rig({"send.limit": 1})
        assert rig.guard.ask(login()).decision.verdict is Verdict.ALLOW
        for name in ("1", "2"):
            rig.guard.ask(mail(name))
        assert rig.guard.ask(login()).decision.reason is Reason.ACCOUNT_BLOCKED
        assert rig.guard.release("a@example.test") is not None
        assert rig.guard.ask(login()).decision.verdict is Verdict.ALLOW
        assert rig.guard.ask(mail("3")).decision.verdict is Verdict.ALLOW

    run(test)


def test_our_own_fault_allows_and_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A25: whatever breaks around the engine, mail flows."""
    rig = Rig(REFUSE_RU)

    def broken(_: str) -> None:
        raise OSError("the database was truncated")

    monkeypatch.setattr(rig.guard.sources, "look", broken)
    answer = rig.guard.ask(login())
    assert (answer.decision.verdict, answer.decision.reason) == (Verdict.ALLOW, Reason.FAULT)
    assert rig.guard.faults == 1
    assert "truncated" in rig.guard.last_fault


def test_more_askers_than_are_remembered_get_their_own_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is forgotten is decided again."""
    monkeypatch.setattr("core.daemon.guard.ASKERS", 3)
    rig = Rig(REFUSE_RU)
    for _ in range(2):
        for n in range(8):
            assert rig.guard.ask(login(account=f"a{n}")).decision.verdict is Verdict.DENY
            assert rig.guard.ask(login(GERMANY, f"a{n}")).decision.verdict is Verdict.ALLOW


def test_a_quiet_question_notes_refusals_only() -> None:
    """Dovecot reports what it allowed by itself."""
    rig = Rig(REFUSE_RU)
    for address in (RUSSIA, GERMANY):
        request = login(address)
        request.quiet = True
        rig.guard.ask(request)
    assert [(e.address, e.verdict) for e in rig.events()] == [(RUSSIA, Verdict.DENY)]


def test_an_event_carries_what_people_search_for() -> None:
    """D4, D6: stage, reason, country, account, domain, evidence."""
    rig = Rig(REFUSE_RU)
    rig.guard.ask(login())
    (event,) = rig.events()
    assert (event.stage, event.reason, event.check) == (Stage.AUTH, Reason.COUNTRY, "country")
    assert (event.country, event.account, event.domain) == ("RU", "a@example.test", "example.test")
    assert "203.0.113.7 is in RU" in event.detail


def test_a_password_report_is_noted() -> None:
    """Dovecot tells how the password check ended."""
    rig = Rig()
    rig.guard.report(login(GERMANY), succeeded=False)
    rig.guard.report(login(GERMANY), succeeded=True)
    assert [e.reason for e in rig.events()] == [Reason.LOGIN_FAILED, Reason.LOGIN_OK]


def test_answers_after_a_block_wait_for_the_same_write() -> None:
    """Nobody hears of a block that a crash could still undo."""

    def test() -> None:
        rig = Rig({"send.limit": 1}, durable=False)
        answers: list[Answer] = [rig.guard.ask(mail(str(i))) for i in range(3)]
        answers.append(rig.guard.ask(login()))
        assert [a.durable is None for a in answers] == [True, False, False, False]
        assert len(rig.kept) == 1
        assert {a.durable for a in answers[1:]} == {rig.waiting[0]}

    run(test)


def test_a_block_after_a_release_waits_for_its_own_write() -> None:
    """B7: the first block's write, which ends late, does not vouch for the second one."""

    async def inside() -> None:
        rig = Rig({"send.limit": 1}, durable=False)
        rig.guard.ask(mail("1"))
        assert rig.guard.ask(mail("2")).durable is rig.waiting[0]
        assert rig.guard.release("a@example.test") is not None
        rig.guard.ask(mail("3"))
        assert rig.guard.ask(mail("4")).durable is rig.waiting[1]
        rig.waiting[0].set_result(None)
        await asyncio.sleep(0)
        assert rig.guard.ask(mail("5")).durable is rig.waiting[1]
        rig.waiting[1].set_result(None)
        await asyncio.sleep(0)
        assert rig.guard.ask(mail("6")).durable is None

    asyncio.run(inside())


@pytest.mark.parametrize("reason", [Reason.ACCOUNT_STOLEN, Reason.BLOCKED_BY_HAND])
def test_a_block_from_elsewhere_counts_at_once_and_says_why(reason: Reason) -> None:
    """A19: durable before anybody is told, in the login, the mail and the text."""

    def test() -> None:
        rig = Rig(durable=False)
        refusals: list[RefusalSeen] = []
        rig.guard.observers.refusals.append(refusals.append)
        now = time.time()
        block = Block(
            account="a@example.test",
            started=now,
            until=now + 60,
            seconds=60,
            reason=reason,
            evidence="seen in two places",
        )
        durable = rig.guard.block(block)
        assert rig.kept == [block]
        for answer in (rig.guard.ask(login()), rig.guard.ask(mail("1"))):
            assert answer.decision.reason is reason
            assert answer.decision.evidence == "seen in two places"
            assert answer.durable is durable
            assert "its password must be changed" in answer.text
        assert refusals == []
        assert rig.guard.release("a@example.test") == block
        assert rig.guard.ask(mail("2")).decision.verdict is Verdict.ALLOW

    run(test)


class Book:
    """A list that a test fills, and that is asked."""

    name = "abusix"

    def __init__(self) -> None:
        self.listed: set[str] = set()
        self.wanted: list[str] = []

    def hits(self, facts: AddressFacts) -> tuple[NetworkHit, ...]:
        if facts.address not in self.listed:
            return ()
        return (NetworkHit(NetworkKind.ATTACKER, "Abusix", facts.address, self.name),)

    def want(self, facts: AddressFacts) -> None:
        self.wanted.append(facts.address)

    def status(self) -> SourceStatus:
        return SourceStatus(self.name)


def test_a_listing_counts_at_once_for_whom_it_concerns() -> None:
    """A9: what was remembered before is decided anew; others keep their answers."""
    rig, book = Rig({"lists.abusix": "refuse"}), Book()
    rig.guard.listings.use([book])

    def verdicts() -> list[Verdict]:
        return [rig.guard.ask(login(a)).decision.verdict for a in (RUSSIA, GERMANY)]

    assert verdicts() == [Verdict.ALLOW, Verdict.ALLOW]
    others = rig.guard.ask(login(GERMANY))
    book.listed.add(RUSSIA)
    rig.guard.listings.changed()
    assert verdicts() == [Verdict.DENY, Verdict.ALLOW]
    assert rig.guard.ask(login(GERMANY)) is others
    assert rig.guard.look(RUSSIA).hits[0].source == "abusix"
    book.listed.clear()
    rig.guard.listings.changed()
    assert verdicts() == [Verdict.ALLOW, Verdict.ALLOW]


def test_lists_are_asked_about_who_logs_in_and_is_not_exempt() -> None:
    """A9: whoever logs in, and no mail server at port 25."""
    rig, book = Rig({"exempt.addresses": [{"entry": GERMANY}]}), Book()
    rig.guard.listings.use([book])
    for _ in range(3):
        rig.guard.ask(login(RUSSIA))
        rig.guard.ask(login(GERMANY))
        rig.guard.ask(Request(Stage.CONNECT, RUSSIA, Service.SMTP))
    assert set(book.wanted) == {RUSSIA}


def attack(rig: Rig, address: str = RUSSIA, count: int = 10) -> None:
    """Guesses, reported and judged."""

    def judge(seen: LoginSeen) -> None:
        rig.guard.judge.observe(seen)

    rig.guard.observers.logins.append(judge)
    for number in range(count):
        rig.guard.report(login(address, f"x{number}@example.test"), False)


def test_a_new_attacker_counts_at_once_and_an_ended_one_too() -> None:
    """A18: a remembered answer does not outlive what it rests on."""
    rig = Rig()
    assert rig.guard.ask(login()).decision.verdict is Verdict.ALLOW
    attack(rig)
    answer = rig.guard.ask(login())
    assert answer.decision.reason is Reason.ATTACKER_SEEN
    assert "Too many failed logins from 203.0.113.7" in answer.text
    rig.guard.judge.release(RUSSIA)
    assert rig.guard.ask(login()).decision.verdict is Verdict.ALLOW


def test_who_turns_out_to_be_at_home_is_let_in_at_once() -> None:
    """E24: old logs are learned while the daemon runs; a remembered refusal does not outlive it."""
    rig = Rig()
    attack(rig)
    assert rig.guard.ask(login()).decision.reason is Reason.ATTACKER_SEEN
    today = int(time.time() // 86_400)
    pair = GoodPair(login().account, "203.0.113.0/24", 0, today - 9, today, 5)
    rig.guard.judge.learn([pair])
    assert rig.guard.ask(login()).decision.verdict is Verdict.ALLOW


def test_an_attacker_elsewhere_does_not_make_anybody_s_answer_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A flood of new attackers must not slow down everybody else."""
    rig = Rig()
    for _ in range(2):  # at first sight nobody is remembered
        rig.guard.ask(login(GERMANY))
    attack(rig)

    def decided(*_: object) -> Answer:
        raise AssertionError("it was decided again")

    monkeypatch.setattr(rig.guard, "_decide", decided)
    assert rig.guard.ask(login(GERMANY)).decision.verdict is Verdict.ALLOW
    assert rig.guard.faults == 0


def test_whom_the_judge_suspects() -> None:
    """Only of those it matters whose password they are about to try."""
    rig = Rig()
    assert not rig.guard.suspects(RUSSIA)
    attack(rig)
    assert rig.guard.suspects(RUSSIA)
    assert not rig.guard.suspects(GERMANY)


def test_what_was_seen_prints_without_the_password_s_hash() -> None:
    """A traceback with local variables must not tell it."""
    rig = Rig()
    seen: list[LoginSeen] = []
    rig.guard.observers.logins.append(seen.append)
    rig.guard.report(login(), False, "secret-hash")
    assert seen[0].attempt == "secret-hash"
    assert "secret-hash" not in repr(seen[0])
    assert "secret-hash" not in str(seen[0].__rich_repr__())


def test_whoever_asks_once_is_not_remembered() -> None:
    """A flood of new addresses takes nobody's place, and little memory."""
    rig = Rig()
    for number in range(200):
        rig.guard.ask(Request(Stage.CONNECT, f"198.51.100.{number}"))
    assert not rig.guard.askers
    rig.guard.ask(Request(Stage.CONNECT, "198.51.100.7"))
    assert len(rig.guard.askers) == 1

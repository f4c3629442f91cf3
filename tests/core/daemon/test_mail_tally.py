"""What is counted first and written down later is counted and written down all the same."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.daemon import mail_tally
from core.daemon.asker import ALLOWED, Asker
from core.engine.observation import LoginSeen, MailSeen
from core.engine.request import Request
from core.store.block import Block
from core.words import Reason, Service, Stage
from tests.core.daemon.rig import GERMANY, RUSSIA, Rig

ALICE = "alice@example.test"
BOB = "bob@example.test"


class Sender:
    """Mails of one account after the other, as the policy door asks about them."""

    def __init__(self, settings: dict[str, object] | None = None) -> None:
        self.rig = Rig({"send.limit": 5, **(settings or {})})
        self.guard = self.rig.guard
        self.told: list[MailSeen] = []
        self.guard.observers.mails.append(self.told.append)
        self.counted = 0

    def asker(self, account: str) -> Asker:
        """Who asks."""
        request = Request(Stage.SEND, GERMANY, Service.SUBMISSION, account, sending=True)
        return self.guard.askers.get(account) or self.guard.meet(account, request)

    def send(
        self, account: str, recipients: int = 1, name: str = "", *, quickly: bool = True
    ) -> bool:
        """Whether a mail is let through."""
        asker = self.asker(account)
        named = b"", name.encode(), str(recipients).encode(), name.encode(), b""
        if quickly and self.guard.tally.take(asker, named):
            self.counted += 1
            return True
        request = asker.request
        request.message = request.queue_id = name
        request.recipients = recipients
        return self.guard.answer_message(asker, request) is ALLOWED

    def events(self) -> Counter[tuple[str, str, str]]:
        """How many mails, and how many recipients, by account and queue id."""
        self.guard.tally.settle_all()
        found: Counter[tuple[str, str, str]] = Counter()
        for event in self.rig.events():
            found["mails", event.account, event.queue_id] += event.count
            found["recipients", event.account, event.queue_id] += event.recipients
        return found


mails = st.tuples(
    st.sampled_from((ALICE, BOB)), st.integers(0, 3), st.sampled_from(("", "", "A1", "B2", "C3"))
)


@given(st.lists(mails, max_size=30), st.sampled_from(("messages", "recipients")))
def test_agrees_with_deciding_about_each(story: list[tuple[str, int, str]], unit: str) -> None:
    """The law: the same answers, windows, events and observations, mail by mail or together."""
    quick, slow = Sender({"send.unit": unit}), Sender({"send.unit": unit})

    async def send_all() -> None:
        for account, recipients, name in story:
            expected = slow.send(account, recipients, name, quickly=False)
            assert quick.send(account, recipients, name) is expected

    asyncio.run(send_all())
    assert quick.guard.faults == slow.guard.faults == 0
    assert quick.events() == slow.events()
    now = time.monotonic()
    for account in (ALICE, BOB):
        used = [each.guard.windows.used(account, now, 300) for each in (quick, slow)]
        assert used[0] == used[1]
    assert _observed(quick.told) == _observed(slow.told)


def _observed(told: list[MailSeen]) -> tuple[Counter[str], Counter[str], list[str]]:
    count: Counter[str] = Counter()
    recipients: Counter[str] = Counter()
    for seen in told:
        count[seen.account] += seen.count
        recipients[seen.account] += seen.recipients
    return count, recipients, sorted(name for seen in told for name in seen.queue_ids)


def test_mails_that_follow_at_once_are_counted_first() -> None:
    """Otherwise the law above would say nothing: from the fifth mail on the quick way is taken."""
    sender = Sender({"send.limit": 100})
    assert all(sender.send(ALICE) for _ in range(50))
    assert sender.counted == 46
    batch = sender.rig.journal.drain(0.0)
    assert batch is not None
    assert [event.count for _, event in batch.lines] == [4]
    assert sender.guard.windows.used(ALICE, time.monotonic(), 300) == 50


def test_after_a_minute_a_mail_is_decided_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What changes without a word, as an exemption that ends, counts within a minute."""
    sender = Sender({"send.limit": 100})
    for _ in range(4):
        sender.send(ALICE)
    later = time.monotonic() + mail_tally.MINUTE
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert not sender.guard.tally.take(sender.asker(ALICE), (b"", b"", b"1", b"", b""))


def test_whoever_is_blocked_meanwhile_is_not_counted() -> None:
    """B4: a block by hand counts from the next mail on."""
    sender = Sender({"send.limit": 100})
    for _ in range(5):
        assert sender.send(ALICE)
    now = time.time()
    block = Block(account=ALICE, started=now, until=now + 60, seconds=60, reason=Reason.SEND_LIMIT)
    sender.guard.blocks.add(block, time.monotonic() + 60)
    assert not sender.send(ALICE)


def test_new_settings_count_from_the_next_mail_on() -> None:
    """The window was opened for another limit."""
    sender = Sender({"send.limit": 100})
    for _ in range(5):
        assert sender.send(ALICE)
    sender.guard.snapshot = Rig({"send.limit": 2}).guard.snapshot
    sender.guard.forget()
    assert not sender.send(ALICE)


def test_is_written_down_a_little_at_a_time() -> None:
    """Mail servers have their turn in between."""
    sender = Sender({"send.limit": 100})
    for number in range(3):
        for _ in range(6):
            sender.send(f"user{number}@example.test")
    assert sender.guard.tally.settle(2)
    assert not sender.guard.tally.settle(2)
    assert sum(seen.count for seen in sender.told) == 18


def test_an_observer_that_fails_takes_nobody_elses_mails_with_it() -> None:
    """Our own fault is counted, and the rest is written down."""
    sender = Sender({"send.limit": 100})
    for account in (ALICE, BOB):
        for _ in range(5):
            sender.send(account)

    def fail(seen: MailSeen) -> None:
        if seen.account == ALICE:
            raise RuntimeError("no")

    sender.guard.observers.mails.insert(0, fail)
    before = len(sender.told)
    sender.guard.tally.settle_all()
    assert [seen.account for seen in sender.told[before:]] == [BOB]
    assert sender.guard.last_fault == "no"


def test_where_the_log_is_full_only_the_count_is_kept() -> None:
    """D1: a flood costs detail, and the statistics stay true."""
    sender = Sender({"send.limit": 100_000})
    sender.rig.journal._limit = 3
    for number in range(50):
        assert sender.send(ALICE, name=f"Q{number}")
    sender.guard.tally.settle_all()
    batch = sender.rig.journal.drain(0.0)
    assert batch is not None
    assert sum(event.count for _, event in batch.lines) + sum(batch.bare.values()) == 50
    assert len(batch.lines) == 3


def test_what_was_sent_before_a_refusal_stands_in_the_log_before_it() -> None:
    """B2: whoever reads why an account was blocked finds the mails that led there."""
    sender = Sender({"send.limit": 20})

    async def send_all() -> None:
        assert all(sender.send(ALICE) for _ in range(20))
        assert not sender.send(ALICE)

    asyncio.run(send_all())
    events = sender.rig.events()
    assert [event.count for event in events if event.reason == Reason.NOTHING_AGAINST] == [20]
    assert events[-1].reason == Reason.SEND_LIMIT


def test_connections_are_written_down_together() -> None:
    """D1: each counts, whatever the answer is, and the mail server's probe is seen at once."""
    rig = Rig({"country.mode": "refuse", "country.list": ["RU"]})
    for number in range(20):
        for address in (GERMANY, RUSSIA):
            rig.guard.ask(Request(Stage.CONNECT, address, session=f"{address}/{number}"))
    assert len(rig.guard.knocks) == 40
    before = rig.journal.drain(0.0)
    assert before is not None
    assert all(event.count < 20 for _, event in before.lines)
    rig.guard.tally.settle_all()
    after = rig.journal.drain(0.0, everything=True)
    assert after is not None
    found = {event.address: (event.count, event.reason) for _, event in after.lines}
    assert found == {GERMANY: (20, Reason.NOTHING_AGAINST), RUSSIA: (20, Reason.COUNTRY)}
    assert rig.guard.seen[Stage.CONNECT].count == 40


@pytest.mark.parametrize("turn", ["attacker comes", "attacker goes"])
def test_what_is_owed_keeps_the_answer_that_was_given(turn: str) -> None:
    """D1: an answer that changes within the second changes nothing about those before it."""
    rig = Rig()
    guard = rig.guard
    facts = guard.look(GERMANY)
    given: Counter[tuple[str, str]] = Counter()

    def connect(times: int) -> None:
        for _ in range(times):
            answer = guard.ask(Request(Stage.CONNECT, GERMANY, Service.SUBMISSION, session="x"))
            given[answer.decision.verdict, answer.decision.reason] += 1

    def attack() -> None:
        for number in range(40):
            name = f"u{number}@example.test"
            guard.judge.observe(LoginSeen(time.time(), Service.SUBMISSION, facts, name, False))

    if turn == "attacker goes":
        attack()
    connect(50)
    if turn == "attacker goes":
        guard.judge.release(f"{GERMANY}/32")
    else:
        attack()
    connect(5)
    noted: Counter[tuple[str, str]] = Counter()
    for event in rig.events():
        noted[event.verdict, event.reason] += event.count
    assert len(given) == 2
    assert noted == given

"""The webhook's companion: never waited for, in order, and honest about what it could not tell."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.daemon import webhook_watch
from core.daemon.stolen_cases import StolenCases
from core.daemon.webhook_watch import WebhookWatch
from core.engine.judging.entry import Entry
from core.engine.observation import LoginSeen
from core.engine.stolen.signal import Signal
from core.notify.webhook import Outcome
from core.notify.webhook_event import WebhookEvent
from core.notify.webhook_outbox import NAME, Outbox
from core.settings.model import Settings
from core.words import Service, SignalKind
from tests.core.daemon.living import config_in, configure, living, run
from tests.core.daemon.rig import TIMEOUT
from tests.core.notify.hooked import Receiver, receiving, settings
from tests.core.notify.test_webhook_event import BLOCK

HOOKED = settings("https://hooks.example.test/x", "block", "health", "attacker")
TAKEN = Outcome(True, True, "ok")


class Stand:
    """Stands in for what sends; answers what it is told to."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes) or [TAKEN]
        self.sent: list[tuple[str, int]] = []
        self.events: list[WebhookEvent] = []
        self.came = threading.Semaphore(0)
        self.go = threading.Event()
        self.go.set()

    def send(self, event: WebhookEvent, settings: Settings, attempt: int = 1) -> Outcome:
        """Note it."""
        assert self.go.wait(TIMEOUT)
        self.sent.append((event.id, attempt))
        self.events.append(event)
        outcome = self.outcomes[0] if len(self.outcomes) == 1 else self.outcomes.pop(0)
        self.came.release()
        return outcome

    def expect(self, count: int) -> None:
        """Wait until so many were sent."""
        for _ in range(count):
            assert self.came.acquire(timeout=TIMEOUT)


class Bench:
    """A companion with stand-ins around it."""

    def __init__(self, state: Path, sender: Stand, chosen: Settings = HOOKED) -> None:
        self.problems: dict[str, str] = {}
        self.reports: list[str] = []
        self.reported = threading.Semaphore(0)
        self.now = time.time()
        self.watch = WebhookWatch(
            state,
            lambda: chosen,
            self._report,
            lambda: self.problems,
            sender,
            lambda: self.now,
        )

    def _report(self, part: str, problem: str) -> None:
        assert part == "webhook"
        self.reports.append(problem)
        self.reported.release()


@contextmanager
def running(bench: Bench) -> Iterator[WebhookWatch]:
    """Let it run."""
    bench.watch.start()
    try:
        yield bench.watch
    finally:
        bench.watch.stop()


def event(name: str, kind: str = "block") -> WebhookEvent:
    """An event."""
    return WebhookEvent(kind=kind, at=1.0, id=name)


def test_events_are_told_in_order_and_once(tmp_path: Path) -> None:
    """B14."""
    sender = Stand()
    with running(Bench(tmp_path, sender)) as watch:
        for number in range(20):
            watch.tell(event(str(number)))
        sender.expect(20)
    assert sender.sent == [(str(number), 1) for number in range(20)]
    assert len(Outbox(tmp_path / NAME)) == 0


def test_what_nobody_wants_is_not_told(tmp_path: Path) -> None:
    sender = Stand()
    with running(Bench(tmp_path, sender)) as watch:
        watch.tell(event("r", "release"))
        watch.tell(event("b"))
        sender.expect(1)
    assert sender.sent == [("b", 1)]


def test_without_an_address_nothing_is_kept(tmp_path: Path) -> None:
    with running(Bench(tmp_path, Stand(), Settings())) as watch:
        watch.tell(event("b"))
        watch.tick(1e9)
    assert len(Outbox(tmp_path / NAME)) == 0


def test_a_receiver_that_hangs_holds_nobody_up_and_what_waits_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end of the daemon neither: the next start sends it."""
    monkeypatch.setattr(webhook_watch, "LAST_SECONDS", 0.05)
    sender = Stand()
    sender.go.clear()
    bench = Bench(tmp_path, sender)
    bench.watch.start()
    bench.watch.tell(event("a"))
    deadline = time.monotonic() + TIMEOUT
    while not len(Outbox(tmp_path / NAME)):
        assert time.monotonic() < deadline
    bench.watch.tick(bench.now)
    bench.watch.stop()
    assert len(Outbox(tmp_path / NAME)) == 1
    again = Stand()
    with running(Bench(tmp_path, again)):
        again.expect(1)
    sender.go.set()
    sender.expect(1)
    bench.watch._thread.join(TIMEOUT)
    assert again.sent == [("a", 1)]


def test_a_failure_is_tried_again_and_told_until_it_works(tmp_path: Path) -> None:
    sender = Stand(Outcome(False, False, "hooks answered 500"), TAKEN)
    bench = Bench(tmp_path, sender)
    with running(bench) as watch:
        watch.tell(event("a"))
        sender.expect(1)
        assert bench.reported.acquire(timeout=TIMEOUT)
        bench.now += 2
        watch._wake()
        sender.expect(1)
        assert bench.reported.acquire(timeout=TIMEOUT)
    assert sender.sent == [("a", 1), ("a", 2)]
    assert bench.reports[0] == "hooks answered 500; it is tried again (block)"
    assert bench.reports[1] == ""


def test_whoever_says_that_we_are_wrong_is_asked_once(tmp_path: Path) -> None:
    """A 404 is told, and the next event has its turn."""
    sender = Stand(Outcome(False, True, "hooks answered 404"), TAKEN)
    bench = Bench(tmp_path, sender)
    with running(bench) as watch:
        watch.tell(event("a"))
        watch.tell(event("b"))
        sender.expect(2)
    assert sender.sent == [("a", 1), ("b", 1)]
    assert bench.reports[0] == "hooks answered 404; it is not told of it (block)"


def test_our_own_fault_is_told_and_the_thread_lives_on(tmp_path: Path) -> None:
    class Broken(Stand):
        def send(self, event: WebhookEvent, settings: Settings, attempt: int = 1) -> Outcome:
            if event.id == "a":
                raise RuntimeError("broken")
            return super().send(event, settings, attempt)

    sender = Broken()
    bench = Bench(tmp_path, sender)
    with running(bench) as watch:
        watch.tell(event("a"))
        watch.tell(event("b"))
        sender.expect(1)
    assert bench.reports[0].startswith("broken; it is not told")


def test_health_is_told_when_it_lasts_and_when_it_is_over(tmp_path: Path) -> None:
    """K5: one event for each, and none for what passes, nor for the webhook itself."""
    sender = Stand()
    bench = Bench(tmp_path, sender)
    with running(bench) as watch:
        bench.problems |= {"store": "disk full", "webhook": "away"}
        watch.tick(1000.0)
        bench.problems["notice"] = "refused"
        watch.tick(1030.0)
        del bench.problems["notice"]
        watch.tick(1061.0)
        watch.tick(1100.0)
        sender.expect(1)
        bench.problems.clear()
        watch.tick(1200.0)
        sender.expect(1)
    told = [(each.reason, each.evidence, each.at) for each in sender.events]
    assert told == [
        ("problem", "store: disk full", 1000.0),
        ("recovered", "store: is well again", 1200.0),
    ]


def test_attackers_are_told_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rarely, however many there are."""
    monkeypatch.setattr(webhook_watch, "MOST_ATTACKERS", 2)
    sender = Stand()
    bench = Bench(tmp_path, sender)
    entries = [Entry(f"192.0.2.{n}", "address", 1.0, 9.0, 1, "tried 9 accounts") for n in (1, 2, 3)]
    with running(bench) as watch:
        watch.tell_attackers(entries)
        watch.tick(1000.0)
        watch.tell_attackers(entries[:1])
        watch.tick(1001.0)
        sender.expect(1)
        watch.tick(1300.0)
        sender.expect(1)
    assert [each.evidence for each in sender.events] == ["3 new attackers", "1 new attacker"]


def test_other_settings_count_at_once(tmp_path: Path) -> None:
    """And what waits when it is switched off is told nobody."""
    from core.engine.policy import Snapshot
    from core.settings.scope import typed

    sender = Stand(Outcome(False, False, "away"))
    bench = Bench(tmp_path, sender)
    with running(bench) as watch:
        watch.tell(event("a"))
        sender.expect(1)
        watch.renew(Snapshot(typed({})[0]))
        deadline = time.monotonic() + TIMEOUT
        while len(Outbox(tmp_path / NAME)):
            assert time.monotonic() < deadline
        watch.tell(event("b"))
    assert [name for name, _ in sender.sent] == ["a"]


async def arrived(receiver: Receiver, count: int) -> None:
    """Wait until so many requests have come."""
    for _ in range(count):
        assert await asyncio.to_thread(receiver.came.acquire, True, TIMEOUT)


def test_a_daemon_tells_of_a_block_and_of_its_release(tmp_path: Path) -> None:
    """B14: through the real thing, over HTTP."""
    with receiving() as receiver:
        config = config_in(tmp_path)
        configure(config, {"webhook.url": receiver.url()})

        async def session() -> None:
            async with living(config) as daemon:
                await daemon.guard.block(BLOCK)
                assert await daemon.release(BLOCK.account, "root")
                await arrived(receiver, 2)

        run(session)
        kinds = {call.headers["mailward-event"] for call in receiver.calls}
    assert kinds == {"block", "release"}


def test_a_daemon_tells_of_an_account_that_looks_stolen(tmp_path: Path) -> None:
    """A19, B14: once for each thing that was seen, not once for each login."""
    with receiving() as receiver:
        config = config_in(tmp_path)
        configure(config, {"webhook.url": receiver.url()})

        async def session() -> None:
            async with living(config) as daemon:
                cases = StolenCases(daemon)
                signal = Signal(
                    account="bob@example.test",
                    kind=SignalKind.COUNTRIES,
                    first=1.0,
                    last=time.time(),
                    evidence="DE and BR within 1 hour",
                    countries=("DE", "BR"),
                )
                cases.act([signal, signal])
                await arrived(receiver, 1)

        run(session)
        (call,) = receiver.calls
    assert call.headers["mailward-event"] == "stolen"


def test_a_daemon_tells_of_attackers(tmp_path: Path) -> None:
    """A18, B14: where that is wanted; together, so late."""
    with receiving() as receiver:
        config = config_in(tmp_path)
        configure(config, {"webhook.url": receiver.url(), "webhook.events": ["attacker"]})

        async def session() -> None:
            async with living(config) as daemon:
                for number in range(12):
                    facts = daemon.guard.sources.look("203.0.113.7")
                    name = f"nobody{number}@example.test"
                    login = LoginSeen(time.time(), Service.SMTPS, facts, name, False)
                    for observe in daemon.guard.observers.logins:
                        observe(login)
                daemon.company.tick(time.time())
                await arrived(receiver, 1)

        run(session)
        (call,) = receiver.calls
    assert json.loads(call.body)["details"]["attackers"][0]["place"] == "203.0.113.7"

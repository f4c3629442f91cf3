"""What is done about a signal: whom it blocks, and how often people are told."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from core.engine.stolen.signal import BLOCKING, Signal
from core.store.signal import NotedSignal
from core.words import Reason, SignalKind
from tests.core.daemon.abroad import ANN, Abroad, abroad, config_with
from tests.core.daemon.living import run

Session = Callable[[Abroad], Awaitable[None]]
BLOCK = {"stolen__action": "block"}


def stay(directory: Path, monkeypatch: pytest.MonkeyPatch, session: Session, **server: Any) -> None:
    """Run a session on a daemon with these settings."""

    async def inside() -> None:
        async with abroad(config_with(directory, **server), monkeypatch) as found:
            await session(found)

    run(inside)


def signal(kind: SignalKind = SignalKind.TRAVEL, *countries: str) -> Signal:
    now = time.time()
    return Signal(ANN, kind, f"seen: {kind}", now - 5, now, countries or ("VN",))


def test_one_mail_for_an_account_and_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A19: signals of one moment are one mail, and later ones of the day none."""

    async def session(found: Abroad) -> None:
        found.watch.cases.act([signal(), signal(SignalKind.COUNTRIES, "VN", "BR")])
        await found.passes()
        found.watch.cases.act([signal(SignalKind.NETWORKS), signal(SignalKind.TRAVEL, "KP")])
        await found.passes()
        ((news, _),) = found.told
        assert {each.kind for each in news.signals} == {"travel", "countries"}
        assert {each.kind for each in found.kept()} == {"travel", "countries", "networks"}
        assert found.open()["travel"].countries == ("VN", "KP")

    stay(tmp_path, monkeypatch, session)


def test_what_people_were_told_of_is_not_told_again_the_next_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A traveller who does not answer is not mailed each day; who sends on, or moves on, is."""

    async def session(found: Abroad) -> None:
        cases = found.watch.cases
        cases.act([signal(), signal(SignalKind.VOLUME)])
        await found.passes()
        for again in (signal(), signal(SignalKind.TRAVEL, "BR"), signal(SignalKind.VOLUME)):
            cases._told.clear()
            cases.act([again])
            await found.passes()
        assert len(found.told) == 3

    stay(tmp_path, monkeypatch, session)


@pytest.mark.parametrize("kind", SignalKind)
def test_which_signals_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: SignalKind
) -> None:
    """A19: where that is set, and durable before people are told."""

    async def session(found: Abroad) -> None:
        found.watch.cases.act([signal(kind)])
        block = found.daemon.guard.blocks.find(ANN, time.monotonic())
        assert (block is not None) is (kind in BLOCKING)
        await found.passes()
        if block is not None:
            assert (block.reason, block.seconds) == (Reason.ACCOUNT_STOLEN, 500)
            ((news, _),) = found.told
            assert news.block == block
            assert found.open()[kind].action == "blocked"

    stay(tmp_path, monkeypatch, session, **BLOCK, stolen__block_seconds=500)


def test_weak_signals_are_noted_and_nobody_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A23."""

    async def session(found: Abroad) -> None:
        found.watch.cases.act([signal(SignalKind.NEW_COUNTRY)])
        await found.passes()
        assert found.told == []
        assert [each.action for each in found.kept()] == ["noted"]

    stay(tmp_path, monkeypatch, session)


def test_a_sender_without_limit_is_never_blocked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B5: people are told, and the newsletter goes on."""

    async def session(found: Abroad) -> None:
        found.watch.cases.act([signal()])
        await found.passes()
        assert len(found.told) == 1
        assert found.told[0][0].block is None
        assert {found.sends() for _ in range(200)} == {Reason.NOTHING_AGAINST}
        assert set(found.open()) == {SignalKind.TRAVEL}

    stay(tmp_path, monkeypatch, session, **BLOCK, exempt__send=[{"entry": ANN}])


def test_a_block_that_stands_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window's or a person's block keeps its reason and its end."""

    async def session(found: Abroad) -> None:
        await found.ask("block", seconds=60, why="a customer called")
        found.watch.cases.act([signal()])
        await found.passes()
        block = found.daemon.guard.blocks.find(ANN, time.monotonic())
        assert block is not None
        assert block.reason == Reason.BLOCKED_BY_HAND
        assert found.told[0][0].block is None

    stay(tmp_path, monkeypatch, session, **BLOCK)


def test_nobody_to_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noted all the same."""

    async def session(found: Abroad) -> None:
        found.watch.cases.act([signal()])
        await found.passes()
        assert found.told == []
        assert [(each.action, each.told) for each in found.kept()] == [("noted", None)]

    stay(tmp_path, monkeypatch, session, notify__address="")


def test_a_block_is_told_also_to_who_wants_no_signals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B3: nobody is blocked in silence."""

    async def session(found: Abroad) -> None:
        found.watch.cases.act([signal()])
        await found.passes()
        assert len(found.told) == 1

    stay(tmp_path, monkeypatch, session, **BLOCK, notify__stolen=False)


def test_what_is_old_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by the store."""

    async def session(found: Abroad) -> None:
        found.watch.cases.act([signal()])
        await found.passes()
        found.watch.cases.sweep(time.time() + 29 * 86_400)
        assert found.open()
        found.watch.cases.sweep(time.time() + 31 * 86_400)
        assert found.open() == {}
        assert len(found.kept()) == 1
        old = NotedSignal(account=ANN, kind="volume", at=1.0, last=1.0, evidence="")
        store = found.daemon.writer.store
        assert store is not None
        store.signals.note(old)
        found.watch.cases.recall(store)
        assert set(found.open()) == {SignalKind.TRAVEL}

    stay(tmp_path, monkeypatch, session)

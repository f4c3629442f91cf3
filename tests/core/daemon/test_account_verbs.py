"""What can be asked about one account: its signals, a block by hand, a changed password."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from core.daemon.account_verbs import LONGEST
from core.words import Reason
from tests.core.daemon.abroad import ANN, GERMANY, Abroad, abroad, config_with
from tests.core.daemon.living import run, settle

Session = Callable[[Abroad], Awaitable[None]]


def stay(directory: Path, monkeypatch: pytest.MonkeyPatch, session: Session, **server: Any) -> None:
    """Run a session on a daemon with these settings."""

    async def inside() -> None:
        async with abroad(config_with(directory, **server), monkeypatch) as found:
            await session(found)

    run(inside)


def test_a_block_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A23: at once, durable, with who and why; other accounts go on."""

    async def session(found: Abroad) -> None:
        before = time.time()
        answer = await found.ask("block", seconds=3600, why=" a customer called ", account="ANN")
        assert answer["until"] == pytest.approx(before + 3600, abs=5)
        assert ANN in (tmp_path / "s" / "ledger").read_text()
        assert found.sends() == Reason.BLOCKED_BY_HAND
        assert found.sends(account="bob@example.test") == Reason.NOTHING_AGAINST
        await settle(found.daemon)
        store = found.daemon.writer.store
        assert store is not None
        (past,) = store.blocks.history()
        assert (past.reason, past.evidence) == ("blocked_by_hand", "a customer called (a test)")

    stay(tmp_path, monkeypatch, session, login__default_domain="example.test")


@pytest.mark.parametrize(("seconds", "lasts"), [(0, 1), (10**9, LONGEST)])
def test_a_block_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: int, lasts: int
) -> None:
    """There is none for ever: somebody would forget it."""

    async def session(found: Abroad) -> None:
        await found.ask("block", seconds=seconds)
        block = found.daemon.guard.blocks.find(ANN, 0)
        assert block is not None
        assert (block.seconds, block.evidence) == (lasts, "blocked by a test")

    stay(tmp_path, monkeypatch, session)


@pytest.mark.parametrize("lift", [True, False])
def test_a_changed_password_ends_what_came_of_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lift: bool
) -> None:
    """B12: a limit's block, where it is set; the send window starts afresh."""

    async def session(found: Abroad) -> None:
        assert [found.sends() for _ in range(3)][-1] == Reason.SEND_LIMIT
        answer = await found.ask("password_changed", by="plesk")
        assert answer == {"closed": 0, "released": lift}
        expected = Reason.NOTHING_AGAINST if lift else Reason.ACCOUNT_BLOCKED
        assert [found.sends() for _ in range(2)] == [expected] * 2

    stay(tmp_path, monkeypatch, session, send__limit=2, stolen__lift=lift)


def test_a_password_changed_in_a_loop_gives_no_second_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B12, C4: whoever spams can change the password, too; another account is another matter."""

    async def session(found: Abroad) -> None:
        assert [found.sends() for _ in range(3)][-1] == Reason.SEND_LIMIT
        assert (await found.ask("password_changed"))["released"]
        assert [found.sends() for _ in range(2)] == [Reason.NOTHING_AGAINST] * 2
        await found.ask("password_changed")
        assert found.sends() == Reason.SEND_LIMIT
        answer = await found.ask("password_changed")
        assert answer == {"closed": 0, "released": False, "kept": True}
        assert found.sends() == Reason.ACCOUNT_BLOCKED
        bob = "bob@example.test"
        assert [found.sends(account=bob) for _ in range(3)][-1] == Reason.SEND_LIMIT
        assert (await found.ask("password_changed", account=bob))["released"]
        assert await found.daemon.release(ANN, "a test")
        assert found.sends() == Reason.NOTHING_AGAINST

    stay(tmp_path, monkeypatch, session, send__limit=2)


def test_what_the_history_knows_counts_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C4: whoever asks says so."""

    async def session(found: Abroad) -> None:
        assert [found.sends() for _ in range(3)][-1] == Reason.SEND_LIMIT
        assert (await found.ask("password_changed", again=True))["kept"]
        assert (await found.ask("password_changed"))["released"]

    stay(tmp_path, monkeypatch, session, send__limit=2)


def test_a_changed_password_leaves_a_block_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B12: whoever blocked it by hand had another reason."""

    async def session(found: Abroad) -> None:
        await found.ask("block", seconds=60)
        assert not (await found.ask("password_changed"))["released"]
        assert found.sends() == Reason.BLOCKED_BY_HAND

    stay(tmp_path, monkeypatch, session)


def test_a_changed_password_empties_the_send_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B12: the owner is not blocked for what the thief has sent."""

    async def session(found: Abroad) -> None:
        assert [found.sends() for _ in range(2)] == [Reason.NOTHING_AGAINST] * 2
        await found.ask("password_changed")
        assert [found.sends() for _ in range(2)] == [Reason.NOTHING_AGAINST] * 2

    stay(tmp_path, monkeypatch, session, send__limit=2)


def test_signals_are_told_and_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A19: seen to, without a word on whose they were."""

    async def session(found: Abroad) -> None:
        assert (await found.ask("signals"))["signals"] == []
        await found.theft()
        (first, *_) = (await found.ask("signals"))["signals"]
        assert first["account"] == ANN
        answer = await found.ask("close_signals")
        assert answer["closed"] > 0
        assert not answer["released"]
        assert (await found.ask("signals"))["signals"] == []
        await found.passes()
        assert {(each.closed_as, each.closed_by) for each in found.kept()} == {
            ("handled", "a test")
        }

    stay(tmp_path, monkeypatch, session)


def test_closing_ends_no_block_that_has_another_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def session(found: Abroad) -> None:
        assert [found.sends(GERMANY) for _ in range(3)][-1] == Reason.SEND_LIMIT
        assert not (await found.ask("close_signals", owner=True, release=True))["released"]
        assert found.sends() == Reason.ACCOUNT_BLOCKED

    stay(tmp_path, monkeypatch, session, send__limit=2)

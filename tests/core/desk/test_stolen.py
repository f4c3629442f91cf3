"""Accounts that look stolen: found, closed and blocked, with a daemon and without."""

from __future__ import annotations

import time
from typing import Any

import pytest
from msgspec.structs import replace

from core.desk import blocks, stolen
from core.desk.stolen import AWAY, KEPT, Done
from core.errors import ControlError
from core.store.ledger import Ledger
from core.store.signal import NotedSignal
from core.store.signals import SignalFilter
from core.store.store import Store
from tests.core.desk import samples
from tests.core.desk.office import Office

ANN = "ann@example.test"


def _seen(store: Store, account: str = ANN, kind: str = "travel") -> None:
    now = time.time()
    store.signals.note(
        NotedSignal(account=account, kind=kind, at=now, last=now, evidence="far", countries=("VN",))
    )


def _block(office: Office, reason: str, account: str = ANN) -> None:
    office.config.state.mkdir(exist_ok=True)
    ledger = Ledger.open(office.config.state / "ledger", now=time.time())
    ledger.block(replace(samples.block(account), reason=reason))
    ledger.close()


def _standing(office: Office) -> list[str]:
    return [each.reason for each in blocks.on_record(office.desk_on(None)).blocked]


def test_finds_what_the_store_has(office: Office) -> None:
    """A19."""
    assert stolen.find(office.desk_on(None), SignalFilter()) == []
    with office.desk() as desk:
        _seen(desk.store)
        _seen(desk.store, "bob@other.test")
        own = SignalFilter(domains=frozenset({"example.test"}))
        assert [each.account for each in stolen.find(desk, own)] == [ANN]


@pytest.mark.parametrize("owner", [True, False])
def test_the_daemon_is_told_of_what_is_closed(office: Office, owner: bool) -> None:
    """A23: it learns from it."""
    answer = {"closed": 2, "released": True}
    with office.daemon({"close_signals": lambda _: answer}) as asked:
        found = stolen.close(office.desk_on(None), ANN, owner=owner, release=False)
    assert found == Done(2, True)
    (request,) = asked
    assert (request["account"], request["owner"], request["release"]) == (ANN, owner, False)
    assert request["by"]


@pytest.mark.parametrize(
    ("owner", "release", "reason", "closed_as", "released"),
    [
        (True, True, "account_stolen", "owner", True),
        (False, True, "account_stolen", "handled", True),
        (True, False, "account_stolen", "owner", False),
        (True, True, "send_limit", "owner", False),
        (True, True, "blocked_by_hand", "owner", False),
    ],
)
def test_without_a_daemon_it_is_on_record(
    office: Office, owner: bool, release: bool, reason: str, closed_as: str, released: bool
) -> None:
    """A23: and the history says who did it."""
    _block(office, reason)
    with office.desk() as desk:
        _seen(desk.store)
        _seen(desk.store, kind="volume")
        desk.store.blocks.opened(replace(samples.block(ANN), reason=reason))
        found = stolen.close(desk, "ANN@Example.test", owner=owner, release=release)
        assert found == Done(2, released, (AWAY,))
        assert {each.closed_as for each in desk.store.signals.find()} == {closed_as}
        (past,) = desk.store.blocks.history()
        assert bool(past.released_by) is released
    assert _standing(office) == ([] if released else [reason])


@pytest.mark.parametrize(
    ("reason", "lift", "released"),
    [
        ("send_limit", True, True),
        ("account_stolen", True, True),
        ("blocked_by_hand", True, False),
        ("send_limit", False, False),
    ],
)
def test_a_changed_password_without_a_daemon(
    office: Office, reason: str, lift: bool, released: bool
) -> None:
    """B12."""
    _block(office, reason)
    with office.desk() as desk:
        desk.store.settings.change(("server", ""), {"stolen.lift": lift}, "a test", 1.0)
        _seen(desk.store)
        assert stolen.password_changed(desk, ANN) == Done(1, released, (AWAY,))
        (signal,) = desk.store.signals.find()
        assert signal.closed_as == "password"
        assert signal.closed_by.endswith(": the password was changed")
    assert _standing(office) == ([] if released else [reason])


@pytest.mark.parametrize(
    ("ago", "by", "kept"),
    [
        (60, "root: the password was changed", True),
        (86_400, "root: the password was changed", False),
        (60, "root", False),
    ],
)
def test_a_limit_s_block_is_ended_once_by_a_password(
    office: Office, ago: int, by: str, kept: bool
) -> None:
    """B12, C4: as the history has it, with a daemon and without."""
    earlier = time.time() - ago
    with office.desk() as desk:
        desk.store.settings.change(("server", ""), {"send.block_seconds": 3600}, "a test", 1.0)
        past = replace(
            samples.block(ANN), reason="send_limit", started=earlier - 9, until=earlier + 9000
        )
        desk.store.blocks.opened(past)
        desk.store.blocks.released(ANN, earlier, by)
        _block(office, "send_limit")
        with office.daemon({"password_changed": lambda _: {"closed": 0, "released": 0}}) as asked:
            stolen.password_changed(desk, ANN)
        assert asked[0]["again"] is kept
        done = stolen.password_changed(desk, ANN)
    assert done == Done(0, not kept, (AWAY, KEPT) if kept else (AWAY,))
    assert _standing(office) == (["send_limit"] if kept else [])
    with office.daemon({"password_changed": lambda _: {"closed": 0, "released": 0, "kept": True}}):
        assert stolen.password_changed(office.desk_on(None), ANN).notes == (KEPT,)


def test_a_changed_password_where_nothing_ever_was(office: Office) -> None:
    """A panel tells of every password."""
    assert stolen.password_changed(office.desk_on(None), ANN) == Done(0, False, (AWAY,))
    answer = {"closed": 1, "released": False}
    with office.daemon({"password_changed": lambda _: answer}):
        assert stolen.password_changed(office.desk_on(None), ANN) == Done(1, False)


def test_a_block_by_hand(office: Office) -> None:
    """A23: by the daemon, with who and why."""

    def block(request: dict[str, Any]) -> dict[str, float]:
        return {"until": 1000.0 + request["seconds"]}

    with office.daemon({"block": block}) as asked:
        assert stolen.block(office.desk_on(None), ANN, 60, "a call").until == 1060
    assert (asked[0]["why"], bool(asked[0]["by"])) == ("a call", True)


def test_a_block_by_hand_without_a_daemon(office: Office) -> None:
    """A23: it stands when the daemon starts."""
    with office.desk() as desk:
        found = stolen.block(desk, "Ann@example.test", 60, "a call")
        assert found.notes == (AWAY,)
        (past,) = desk.store.blocks.history()
        assert past.account == ANN
        assert past.evidence.startswith("a call (")
    assert _standing(office) == ["blocked_by_hand"]


def test_a_daemon_that_refuses_is_believed(office: Office) -> None:
    with office.daemon({}), pytest.raises(ControlError):
        stolen.block(office.desk_on(None), ANN, 60)

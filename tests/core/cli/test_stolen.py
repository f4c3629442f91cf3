"""Accounts that look stolen are listed, shown and closed."""

from __future__ import annotations

import time
from typing import Any

from core.store.signal import NotedSignal
from tests.core.cli.desk import Desk

ANN, BOB = "ann@example.test", "bob@example.test"


def _seen(desk: Desk, account: str = ANN, **more: Any) -> None:
    known: dict[str, Any] = {"kind": "travel", "at": time.time(), "last": time.time()}
    with desk.store() as store:
        store.signals.note(
            NotedSignal(account=account, evidence="Vietnam after Germany", **known | more)
        )


def test_lists_what_is_open(desk: Desk) -> None:
    """A19: with the evidence, and what was done."""
    _seen(desk, action="blocked")
    _seen(desk, BOB)
    with desk.store() as store:
        store.signals.close(BOB, time.time(), "carol", "owner")
    page = desk("stolen", "list", text="", width=200).stdout
    for part in (ANN, "impossible journey", "Vietnam after Germany", "blocked, told"):
        assert part in page
    assert BOB not in page
    both = desk("stolen", "list", "--all", width=200).stdout
    assert "it was the owner" in both
    assert "carol" in both
    assert len(desk.json("stolen", "list", "--all", "--json")) == 2
    assert "more than 1" in desk("stolen", "list", "--all", "--limit", "1").stderr


def test_says_when_nobody_looks_stolen(desk: Desk) -> None:
    """And makes no store."""
    assert desk("stolen", "list").stdout.startswith("No account has looked stolen since 20")
    assert desk("stolen", "show", ANN).stdout == f"{ANN} has never looked stolen.\n"
    assert not desk.config.state.exists()


def test_shows_one_account(desk: Desk) -> None:
    """A19: open and closed, in whatever case it is typed."""
    _seen(desk)
    _seen(desk, BOB)
    page = desk("stolen", "show", "ANN@example.test").stdout
    assert "Vietnam after Germany" in page
    assert "noted" in page
    assert [each["account"] for each in desk.json("stolen", "show", ANN, "--json")] == [ANN]


def test_closes_through_the_daemon(desk: Desk) -> None:
    """A23: several at once; the exit code tells of one that had none."""

    def close(request: dict[str, Any]) -> dict[str, Any]:
        known = request["account"] == ANN
        return {"closed": 2 if known else 0, "released": known}

    with desk.daemon({"close_signals": close}) as asked:
        result = desk("stolen", "close", "--owner", "--keep-block", ANN, BOB, code=1)
    assert result.stdout.splitlines() == [
        f"{ANN}: 2 signals are closed; it may send again.",
        f"{BOB}: No signal was open.",
    ]
    assert all(request["owner"] and not request["release"] for request in asked)


def test_closes_without_a_daemon(desk: Desk) -> None:
    """A23."""
    _seen(desk)
    result = desk("stolen", "close", ANN)
    assert result.stdout == f"{ANN}: 1 signal is closed.\n"
    assert "on record" in result.stderr
    (found,) = desk.json("stolen", "show", ANN, "--json")
    assert found["closed_as"] == "handled"

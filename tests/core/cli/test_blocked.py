"""Blocked accounts are listed and released, by the daemon or in its ledger."""

from __future__ import annotations

import time

import msgspec
import pytest

from core.store.ledger import Ledger
from tests.core.cli.desk import Desk
from tests.core.desk import samples


def _ledger(desk: Desk, *accounts: str) -> None:
    desk.config.state.mkdir(exist_ok=True)
    ledger = Ledger.open(desk.config.state / "ledger", now=time.time())
    for account in accounts:
        ledger.block(samples.block(account))
    ledger.close()


def test_lists_what_the_daemon_knows(desk: Desk) -> None:
    """B6: remaining time, and who is near the limit."""
    block = msgspec.to_builtins(samples.block("bob@example.test")) | {"left": 12_000.0}
    answer = {"blocked": [block], "near": [{"account": "al@example.test", "used": 99}]}
    with desk.daemon({"blocks": lambda _: answer}):
        page = desk("blocked", "list").stdout
        assert desk.json("blocked", "list", "--json") == answer
    assert "bob@example.test" in page
    assert "3 h 20 min" in page
    assert "151 messages" in page
    assert page.splitlines()[-1].split() == ["al@example.test", "99"]


def test_says_when_nobody_is_blocked(desk: Desk) -> None:
    """An empty list is an answer."""
    with desk.daemon({"blocks": lambda _: {"blocked": [], "near": []}}):
        assert desk("blocked", "list").stdout == "No account is blocked.\n"


def test_lists_the_ledger_without_a_daemon(desk: Desk) -> None:
    """B7: a block is on record whatever runs."""
    _ledger(desk, "bob@example.test")
    result = desk("blocked", "list")
    assert "bob@example.test" in result.stdout
    assert "nothing is refused now" in result.stderr
    left = desk.json("blocked", "list", "--json")["blocked"][0]["left"]
    until = samples.block("").until
    assert left == pytest.approx(until - time.time(), abs=60)


def test_releases_through_the_daemon(desk: Desk) -> None:
    """B6, K6: several at once; who was not blocked is told, and the exit code says so."""

    def release(request: dict[str, object]) -> dict[str, bool]:
        return {"released": request["account"] == "bob@example.test"}

    with desk.daemon({"release": release}) as asked:
        result = desk("blocked", "release", "bob@example.test", "nobody@example.test", code=1)
        assert desk("blocked", "release", "bob@example.test").exit_code == 0
    assert result.stdout.splitlines() == [
        "bob@example.test may send again.",
        "nobody@example.test was not blocked.",
    ]
    assert all(request["by"] for request in asked)


def test_releases_in_the_ledger_without_a_daemon(desk: Desk) -> None:
    """B6: and the history says who did it."""
    _ledger(desk, "bob@example.test", "al@example.test")
    with desk.store() as store:
        store.blocks.opened(samples.block("bob@example.test"))
    result = desk("blocked", "release", "BOB@example.test")
    assert "released" in result.stderr
    standing = desk.json("blocked", "list", "--json")["blocked"]
    assert [block["account"] for block in standing] == ["al@example.test"]
    past = desk.json("blocked", "history", "--json")
    assert past[0]["released_by"]
    assert "was not blocked" in desk("blocked", "release", "bob@example.test", code=1).stdout


def test_a_login_without_domain_is_the_account_that_was_blocked(desk: Desk) -> None:
    """The same account on every wire, and here."""
    desk("set", "login.default_domain", "example.test")
    _ledger(desk, "bob@example.test")
    assert "may send again" in desk("blocked", "release", "bob").stdout


def test_a_ledger_that_somebody_holds_is_not_touched(desk: Desk) -> None:
    """A daemon that hangs still owns its blocks."""
    _ledger(desk, "bob@example.test")
    held = Ledger.open(desk.config.state / "ledger", now=time.time())
    try:
        assert "ledger" in desk("blocked", "release", "bob@example.test", code=5).stderr
    finally:
        held.close()


def test_releasing_nobody_knows_says_so(desk: Desk) -> None:
    """No ledger, no block."""
    assert desk("blocked", "release", "a@b.test", code=1).stdout == "a@b.test was not blocked.\n"


def test_history_tells_how_blocks_ended(desk: Desk) -> None:
    """Ran out, released, or stands."""
    day = 86_400
    with desk.store() as store:
        store.blocks.opened(samples.block("over@x.test", samples.NOW - 2 * day))
        store.blocks.opened(samples.block("freed@x.test"), samples.block("stands@y.test"))
        store.blocks.released("freed@x.test", samples.NOW - 10, "carol")
    ends = {line.split()[0]: line for line in desk("blocked", "history").stdout.splitlines()[1:]}
    assert "ran out" in ends["over@x.test"]
    assert "by carol" in ends["freed@x.test"]
    assert "stands  " in ends["stands@y.test"]
    found = desk.json("blocked", "history", "--account", "*@x.test", "--since", "1d", "--json")
    assert [block["account"] for block in found] == ["freed@x.test"]
    assert "more than 1" in desk("blocked", "history", "--limit", "1").stderr


def test_an_empty_history_says_since_when(desk: Desk) -> None:
    """And makes no store."""
    assert desk("blocked", "history").stdout.startswith("No account was blocked since 20")
    assert not desk.config.state.exists()

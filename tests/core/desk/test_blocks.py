"""Who is blocked, by whoever knows best, and their release."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest

from core.desk import blocks
from core.desk.blocks import AWAY, Near, Release
from core.errors import ControlError, StoreError
from core.store.blocks import BlockFilter, PastBlock
from core.store.ledger import Ledger
from tests.core.desk import samples
from tests.core.desk.office import Office

BLOCK = msgspec.to_builtins(samples.block("bob@example.test")) | {"left": 12_000.0}
ANSWER = {
    "blocked": [BLOCK, BLOCK | {"account": "eve@other.test"}],
    "near": [{"account": "al@example.test", "used": 99}, {"account": "o@other.test", "used": 80}],
}


def _ledger(office: Office, *accounts: str) -> Ledger:
    office.config.state.mkdir(exist_ok=True)
    ledger = Ledger.open(office.config.state / "ledger", now=time.time())
    for account in accounts:
        ledger.block(samples.block(account))
    return ledger


def test_the_daemon_knows(office: Office) -> None:
    """B6: the time that is left, and who is near the limit."""
    with office.daemon({"blocks": lambda _: ANSWER}):
        found = blocks.standing(office.desk_on(None))
        own = blocks.standing(office.desk_on(None), {"example.test"})
    assert [(each.account, each.left) for each in found.blocked] == [
        ("bob@example.test", 12_000),
        ("eve@other.test", 12_000),
    ]
    assert (found.from_daemon, found.notes, len(found.near)) == (True, (), 2)
    assert [each.account for each in own.blocked] == ["bob@example.test"]
    assert own.near == (Near("al@example.test", 99),)


def test_a_daemon_that_refuses_is_believed(office: Office) -> None:
    """Who may not ask does not get another answer."""
    with office.daemon({}), pytest.raises(ControlError):
        blocks.standing(office.desk_on(None))


def test_without_a_daemon_the_ledger_tells(office: Office) -> None:
    """B7: a block is on record whatever runs."""
    _ledger(office, "bob@example.test").close()
    found = blocks.standing(office.desk_on(None))
    assert [each.account for each in found.blocked] == ["bob@example.test"]
    until = samples.block("").until
    assert found.blocked[0].left == pytest.approx(until - time.time(), abs=60)
    assert (found.from_daemon, found.notes) == (False, (AWAY,))


def test_where_the_ledger_is_held_the_history_tells(office: Office) -> None:
    """A daemon that hangs still owns its ledger; and pages may have no right to it."""
    held = _ledger(office, "bob@example.test")
    try:
        with pytest.raises(StoreError):
            blocks.standing(office.desk_on(None))
        with office.desk() as desk:
            desk.store.blocks.opened(samples.block("eve@other.test"))
            found = blocks.standing(desk)
            with pytest.raises(StoreError):
                blocks.release(desk, ["bob@example.test"])
    finally:
        held.close()
    assert [each.account for each in found.blocked] == ["eve@other.test"]
    assert found.notes[0] == AWAY
    assert "ledger" in found.notes[1]


def test_releases_many_through_the_daemon(office: Office) -> None:
    """B6, K6: in the name of who sits at the desk."""

    def release(request: dict[str, Any]) -> dict[str, bool]:
        return {"released": request["account"] == "bob@example.test"}

    with office.daemon({"release": release}) as asked:
        found = blocks.release(office.desk_on(None), ["bob@example.test", "nobody@x.test"])
    assert found.releases == (Release("bob@example.test", True), Release("nobody@x.test", False))
    assert [request["by"] for request in asked] == ["carol", "carol"]


def test_releases_in_the_ledger_and_the_history(office: Office) -> None:
    """B6: without a daemon; names are read as the daemon reads them."""
    _ledger(office, "bob@example.test").close()
    with office.desk() as desk:
        values = {"login.default_domain": "example.test"}
        desk.store.settings.change(("server", ""), values, "x", 1.0)
        desk.store.blocks.opened(samples.block("bob@example.test"))
        found = blocks.release(desk, ["BOB", "al"])
        past = blocks.history(desk, BlockFilter())
    assert [each.done for each in found.releases] == [True, False]
    assert past[0].released_by == "carol"


def test_a_fresh_server_has_no_blocks(office: Office) -> None:
    """And asking leaves nothing behind."""
    desk = office.desk_on(None)
    assert blocks.standing(desk).blocked == ()
    assert blocks.history(desk, BlockFilter()) == []
    assert not blocks.release(desk, ["a@b.test"]).releases[0].done
    assert not office.config.state.exists()


@pytest.mark.parametrize(
    ("until", "released", "how"),
    [(100, None, "stands"), (99, None, "ran out"), (100, 50.0, "released")],
)
def test_blocks_end_in_one_of_three_ways(until: float, released: float | None, how: str) -> None:
    """Ran out, released, or stands."""
    past = PastBlock(
        id=1,
        account="a@x.test",
        domain="x.test",
        started=1,
        until=until,
        seconds=5,
        reason="send_limit",
        released_at=released,
    )
    assert blocks.ending(past, 99) == how

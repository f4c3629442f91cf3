"""The same decision without a daemon."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.cli.decision import decide_here
from core.store.ledger import Ledger
from core.words import Reason, Stage, Verdict
from tests.core.cli import samples
from tests.core.cli.desk import Desk
from tests.databases import write_asn, write_country


@pytest.fixture
def data(desk: Desk) -> Path:
    """Countries and systems of the documentation networks."""
    directory = desk.config.data
    write_country(directory / "country.mmdb", {"203.0.113.0/24": "RU", "198.51.100.0/24": "AT"})
    write_asn(directory / "asn.mmdb", {"203.0.113.0/24": (64500, "Example")})
    return directory


def test_settings_of_all_scopes_count(desk: Desk, data: Path) -> None:
    """D11: connect sees the server's settings only, auth the account's."""
    desk("set", "country.mode", "allow")
    desk("set", "country.list", "AT", "RU")
    desk("set", "country.list", "AT", "--domain", "example.test")
    found = decide_here(desk.config, "203.0.113.7", "Bob@example.test", 587)
    reasons = {path.stage: path.decision.reason for path in found.stages}
    assert reasons == {
        Stage.CONNECT: Reason.NOTHING_AGAINST,
        Stage.AUTH: Reason.COUNTRY,
        Stage.SEND: Reason.NOTHING_AGAINST,
    }
    assert found.verdict is Verdict.DENY
    assert found.origins["country.list"] == "domain example.test"


def test_blocks_on_record_count(desk: Desk, data: Path) -> None:
    """B7: a block stands whatever runs."""
    ledger = Ledger.open(desk.config.state / "ledger", now=time.time())
    ledger.block(samples.block("bob@example.test"))
    ledger.close()
    found = decide_here(desk.config, "198.51.100.1", "bob@example.test", 587)
    assert found.verdict is Verdict.DEFER
    assert {path.decision.reason for path in found.stages[1:]} == {Reason.ACCOUNT_BLOCKED}


def test_a_ledger_that_is_held_is_left_out_and_said(
    desk: Desk, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The rest is still worth explaining."""
    held = Ledger.open(desk.config.state / "ledger", now=time.time())
    try:
        found = decide_here(desk.config, "198.51.100.1", "bob@example.test", 587)
    finally:
        held.close()
    assert found.verdict is Verdict.ALLOW
    assert "Blocks are left out" in capsys.readouterr().err


def test_a_question_leaves_nothing_behind(desk: Desk) -> None:
    """Asked by root before the daemon's first start, it must not make files for another user."""
    found = decide_here(desk.config, "8.8.8.8", "", 587)
    assert found.facts.country == "US"
    assert not desk.config.data.exists()

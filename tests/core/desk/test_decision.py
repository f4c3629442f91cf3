"""Why somebody is refused: asked of the daemon, or decided the same way without it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.desk.decision import AWAY, decided, facts_here, facts_of, refuser
from core.desk.recall import DAY
from core.engine.explain import Explanation
from core.errors import ControlError, SettingError, StoreError
from core.store.attacker import Attacker
from core.store.attackers import AttackerHistory
from core.store.good_pair import GoodPair
from core.store.ledger import Ledger
from core.words import Reason, Stage, Verdict
from tests.core.desk import samples
from tests.core.desk.office import Office
from tests.databases import write_asn, write_country


@pytest.fixture
def data(office: Office) -> Path:
    """Countries and systems of the documentation networks."""
    directory = office.config.data
    write_country(directory / "country.mmdb", {"203.0.113.0/24": "RU", "198.51.100.0/24": "AT"})
    write_asn(directory / "asn.mmdb", {"203.0.113.0/24": (64500, "Example")})
    return directory


def _explained(office: Office, address: str, account: str = "") -> Explanation:
    with office.desk() as desk:
        return decided(desk, address, account).explanation


def test_settings_of_all_scopes_count(office: Office, data: Path) -> None:
    """D11: connect sees the server's settings only, auth the account's."""
    with office.store() as store:
        wide: dict[str, Any] = {"country.mode": "allow", "country.list": ["AT", "RU"]}
        store.settings.change(("server", ""), wide, "x", 1.0)
        store.settings.change(("domain", "example.test"), {"country.list": ["AT"]}, "x", 1.0)
    found = _explained(office, "203.0.113.7", "Bob@example.test")
    reasons = {path.stage: path.decision.reason for path in found.stages}
    assert reasons == {
        Stage.CONNECT: Reason.NOTHING_AGAINST,
        Stage.AUTH: Reason.COUNTRY,
        Stage.SEND: Reason.NOTHING_AGAINST,
    }
    assert found.verdict is Verdict.DENY
    assert found.origins["country.list"] == "domain example.test"


def test_blocks_on_record_count(office: Office, data: Path) -> None:
    """B7: a block stands whatever runs."""
    ledger = Ledger.open(office.config.state / "ledger", now=time.time())
    ledger.block(samples.block("bob@example.test"))
    ledger.close()
    found = _explained(office, "198.51.100.1", "bob@example.test")
    assert found.verdict is Verdict.DEFER
    assert {path.decision.reason for path in found.stages[1:]} == {Reason.ACCOUNT_BLOCKED}


def _attacked(office: Office, *pairs: GoodPair) -> None:
    """What a daemon has left: an attacker, and who is at home there."""
    begun = time.time() - 3600
    attacker = Attacker(
        place="203.0.113.7",
        kind="address",
        since=begun,
        until=begun + DAY,
        times=1,
        evidence="tried 9 accounts in 1 minute",
    )
    with office.store() as store:
        store.attackers.seen([attacker])
        store.good_pairs.learn(pairs)


def _at_home(account: str) -> GoodPair:
    today = int(time.time() // DAY)
    return GoodPair(account, "203.0.113.0/24", 0, today - 9, today - 1, 5)


@pytest.mark.parametrize(
    ("account", "reason"),
    [("bob@example.test", Reason.NOTHING_AGAINST), ("eve@example.test", Reason.ATTACKER_SEEN)],
)
def test_attackers_on_record_count_and_homes_spare(
    office: Office, data: Path, account: str, reason: Reason
) -> None:
    """A18, D11: as of a daemon that has just started."""
    _attacked(office, _at_home("bob@example.test"))
    found = _explained(office, "203.0.113.7", account)
    assert {path.decision.reason for path in found.stages if path.stage is Stage.AUTH} == {reason}
    elsewhere = _explained(office, "203.0.113.8", account)
    assert elsewhere.verdict is Verdict.ALLOW


def test_an_attacker_who_is_exempt_by_now_is_none(office: Office, data: Path) -> None:
    """A19: exempt anywhere, protected everywhere, as in the daemon."""
    _attacked(office)
    assert _explained(office, "203.0.113.7").verdict is Verdict.DENY
    with office.store() as store:
        own = {"exempt.addresses": [{"entry": "203.0.113.7"}]}
        store.settings.change(("domain", "other.test"), own, "x", 1.0)
    assert _explained(office, "203.0.113.7").verdict is Verdict.ALLOW


def test_attackers_that_cannot_be_read_are_left_out_and_said(
    office: Office, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest is still worth explaining."""
    _attacked(office)

    def broken(*_: object) -> None:
        raise StoreError("a page is torn")

    monkeypatch.setattr(AttackerHistory, "standing", broken)
    with office.desk() as desk:
        found = decided(desk, "203.0.113.7")
    assert found.explanation.verdict is Verdict.ALLOW
    assert "Attackers are left out: a page is torn" in found.notes


def test_a_ledger_that_is_held_is_left_out_and_said(office: Office, data: Path) -> None:
    """The rest is still worth explaining."""
    held = Ledger.open(office.config.state / "ledger", now=time.time())
    try:
        with office.desk() as desk:
            found = decided(desk, "198.51.100.1", "bob@example.test")
    finally:
        held.close()
    assert found.explanation.verdict is Verdict.ALLOW
    assert found.by == "this command"
    assert found.notes[0] == AWAY
    assert "Blocks are left out" in found.notes[1]


def test_a_question_leaves_nothing_behind(office: Office) -> None:
    """Asked by root before the daemon's first start, it must not make files for another user."""
    found = decided(office.desk_on(None), "8.8.8.8").explanation
    assert found.facts.country == "US"
    assert facts_here(office.config, "8.8.8.8").country == "US"
    assert not office.config.state.exists()


def test_the_daemon_is_asked_first_and_believed(office: Office) -> None:
    """Who may not ask does not get another answer."""
    desk = office.desk_on(None)
    with office.daemon({}), pytest.raises(ControlError, match="no verb 'explain'"):
        decided(desk, "192.0.2.1")


def test_what_is_no_address_is_said(office: Office) -> None:
    """Before anybody is asked."""
    with pytest.raises(SettingError, match="'nonsense' is no IP address"):
        decided(office.desk_on(None), "nonsense")


def test_tells_what_the_server_refuses_before_the_password(office: Office, data: Path) -> None:
    """A11: by the server's own rules, whatever a domain permits."""
    with office.desk() as desk:
        wide = {"country.mode": "allow", "country.list": ["AT"]}
        desk.store.settings.change(("server", ""), wide, "x", 1.0)
        with refuser(desk.config, desk.rules().resolved) as refuses:
            found = [refuses(address) for address in ("203.0.113.7", "198.51.100.7", "127.0.0.1")]
    assert found == [True, False, False]


def test_facts_come_from_whoever_has_them(office: Office, data: Path) -> None:
    """The daemon's own data, or the disk's when it does not answer."""
    here = decided(office.desk_on(None), "203.0.113.7").explanation
    told = msgspec.to_builtins(here)
    told["facts"]["country"] = "CN"
    desk = office.desk_on(None)
    assert facts_of(desk, "203.0.113.7").country == "RU"
    with office.daemon({"explain": lambda _: told}):
        assert facts_of(desk, "203.0.113.7").country == "CN"

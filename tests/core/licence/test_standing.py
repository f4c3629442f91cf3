"""Where a server stands: key, trial, server, panel and clock in every combination that matters."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import LicenceError, LicenceForged
from core.licence.key import LicenceKey
from core.licence.memory import Memory
from core.licence.server import Server
from core.licence.standing import RENAMED_DAYS, TRIAL_DAYS, Standing, State, judge
from core.licence.tier import Tier
from tests.core.licence.vendor_keys import DAY, NOW, licence_key

HERE = Server(("mail.example.test",), "0123456789abcdef0123")
FRESH = Memory(trial_began=NOW - 3 * DAY, latest=NOW)
OLD = Memory(trial_began=NOW - 300 * DAY, latest=NOW)


def standing(
    key: LicenceKey | LicenceError | None = None,
    memory: Memory = OLD,
    panel: str = "plesk",
    clock: float = NOW,
) -> Standing:
    """Where that server stands."""
    return judge(key, memory, HERE, panel, clock)


@pytest.mark.parametrize(
    ("panel", "tier"),
    [("plesk", "PRO"), ("interworx", "PRO"), ("zimbra", "PLUS"), ("standalone", "PRO")],
)
def test_a_fresh_server_is_on_trial(panel: str, tier: str) -> None:
    """A5, E10: everything is on, before the first start and for 30 days from then."""
    before = standing(memory=Memory(), panel=panel)
    assert (before.state, before.tier, before.trial_until) == (State.TRIAL, tier, 0)
    assert before.text == "The trial of 30 days begins when Mailward first starts."
    now = standing(memory=FRESH, panel=panel)
    assert (now.state, now.tier) == (State.TRIAL, tier)
    assert now.until == now.trial_until == NOW + 27 * DAY
    assert now.text == "The trial has everything on until 2027-02-11."


def test_the_trial_ends_to_the_second() -> None:
    """E10."""
    begin = FRESH.trial_began
    last = standing(memory=FRESH, clock=begin + TRIAL_DAYS * DAY - 1)
    over = standing(memory=FRESH, clock=begin + TRIAL_DAYS * DAY)
    assert (last.state, over.state, over.tier, over.until) == ("trial", "none", "Basic", 0)
    assert over.text == "There is no licence key, and the trial ended on 2027-02-11."
    assert over.in_order


END = int(NOW) + 100 * DAY


@pytest.mark.parametrize(
    ("clock", "state", "tier"),
    [
        (NOW, State.VALID, Tier.PLUS),
        (END - 1, State.VALID, Tier.PLUS),
        (END, State.GRACE, Tier.PLUS),
        (END + 14 * DAY - 1, State.GRACE, Tier.PLUS),
        (END + 14 * DAY, State.LAPSED, Tier.BASIC),
        (NOW - 10 * DAY - DAY, State.VALID, Tier.PLUS),
    ],
)
def test_a_key_counts_until_its_grace_is_over(clock: float, state: State, tier: Tier) -> None:
    """E10, K10: a declined card is no outage."""
    found = standing(licence_key(tier=Tier.PLUS), Memory(trial_began=1), clock=clock)
    assert (found.state, found.tier) == (state, tier)
    assert found.in_order == (state is State.VALID)
    assert found.until == (END + 14 * DAY if tier is Tier.PLUS else 0)


def test_says_what_to_do_in_grace() -> None:
    """K10."""
    assert standing(licence_key(expires=int(NOW) - DAY)).text == (
        "The licence ended on 2027-01-14. Everything stays on until 2027-01-28: renew it."
    )
    assert standing(licence_key(expires=int(NOW) - 90 * DAY)).text == (
        "The licence ended on 2026-10-17."
    )


def test_a_key_may_have_no_end() -> None:
    """And then nothing changes by itself."""
    found = standing(licence_key(expires=0), clock=NOW + 30_000 * DAY)
    assert (found.state, found.until, found.text) == (State.VALID, 0, "The licence has no end.")


def test_a_clock_that_is_set_back_revives_nothing() -> None:
    """E10: the latest time seen counts."""
    memory = Memory(trial_began=1, latest=NOW + 400 * DAY)
    assert standing(licence_key(), memory, clock=NOW).state is State.LAPSED
    assert standing(memory=Memory(trial_began=NOW, latest=NOW + 31 * DAY)).state is State.NONE


@pytest.mark.parametrize(
    ("different", "state", "said"),
    [
        (
            {"panel": "cpanel"},
            State.WRONG_PANEL,
            "The licence key is for cPanel, and this is Plesk.",
        ),
        (
            {"server": "host:old.example.test"},
            State.WRONG_SERVER,
            (
                "The licence key is for the server old.example.test, and this one is "
                "mail.example.test."
            ),
        ),
        (
            {"server": "machine:ffffffffffffffffffff"},
            State.WRONG_SERVER,
            (
                "The licence key is for the server ffffffffffffffffffff, and this one is "
                "0123456789abcdef0123."
            ),
        ),
        (
            {"issued": int(NOW) + 2 * DAY},
            State.NOT_YET_VALID,
            "The licence key counts from 2027-01-17 on; this server's clock says 2027-01-15.",
        ),
    ],
)
def test_a_key_that_does_not_count_says_why(
    different: dict[str, Any], state: State, said: str
) -> None:
    """E10: and Basic remains, or the trial while it lasts."""
    key = licence_key(**different)
    found = standing(key)
    assert (found.state, found.tier, found.text, found.key) == (state, Tier.BASIC, said, key)
    assert not found.in_order
    on_trial = standing(key, FRESH)
    assert (on_trial.state, on_trial.tier) == (state, Tier.PRO)
    assert on_trial.text == f"{said} The trial has everything on until 2027-02-11."


@pytest.mark.parametrize(
    ("error", "state"), [(LicenceError("odd"), State.DAMAGED), (LicenceForged("odd"), State.FORGED)]
)
def test_a_key_that_cannot_be_read_stops_nothing(error: LicenceError, state: State) -> None:
    """E10: it is as if there were none, and that is said."""
    found = standing(error)
    assert (found.state, found.tier) == (state, Tier.BASIC)
    assert found.text == "The licence key cannot be used: odd."
    assert standing(error, FRESH).tier is Tier.PRO


@pytest.mark.parametrize("different", [{"panel": ""}, {"server": "host:MAIL.example.test"}])
def test_keys_may_be_for_any_panel_or_bound(different: dict[str, Any]) -> None:
    """E10."""
    assert standing(licence_key(**different)).state is State.VALID


def test_a_clock_a_little_behind_the_vendors_is_no_matter() -> None:
    """A key is entered minutes after it was issued."""
    assert standing(licence_key(issued=int(NOW) + DAY // 2)).state is State.VALID


def test_a_renamed_server_keeps_its_licence_for_a_week() -> None:
    """A host is renamed, or a name server is away: nothing is switched off that second."""
    key = licence_key(server="host:old.example.test")
    known = Memory(trial_began=1, latest=NOW, matched_key=key.number, matched_at=NOW)
    soon = standing(key, known, clock=NOW + DAY)
    assert (soon.state, soon.tier, soon.until) == (State.GRACE, "PRO", NOW + RENAMED_DAYS * DAY)
    assert soon.text.endswith("Everything stays on until 2027-01-22: ask for a new key.")
    late = standing(key, known, clock=NOW + RENAMED_DAYS * DAY)
    assert (late.state, late.tier) == (State.WRONG_SERVER, "Basic")
    other = standing(licence_key(server=key.server, number=8), known, clock=NOW + DAY)
    assert other.state is State.WRONG_SERVER


def test_a_renamed_server_gets_no_more_than_its_key_has() -> None:
    """Not beyond the grace after its end."""
    key = licence_key(server="host:old.example.test", expires=int(NOW) - 12 * DAY)
    known = Memory(trial_began=1, latest=NOW, matched_key=key.number, matched_at=NOW)
    assert standing(key, known).until == NOW + 2 * DAY
    assert standing(key, known, clock=NOW + 3 * DAY).state is State.LAPSED

"""What other country rules would have meant: counted logins, and the engine's own verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.desk.preview import CountryEffect, Preview, preview
from core.engine.decide import decide
from core.engine.policy import Snapshot
from core.settings.fields import check
from core.settings.scope import SERVER_SCOPE, Resolved, Scope
from core.store.store import Store
from core.words import Stage, Verdict
from tests.core.desk.counted import LOGINS, NOW, count
from tests.core.engine.asking import Asking, facts

A, B = Scope("domain", "a.test"), Scope("domain", "b.test")
ANN, BOB = Scope("mailbox", "ann@a.test"), Scope("mailbox", "bob@a.test")
ALLOW_DE = {"country.mode": "allow", "country.list": ["DE"]}
PASS = {"country.passes": [{"country": "TH", "expires": NOW + 1}]}
EXPIRED = {"country.passes": [{"country": "TH", "expires": NOW}]}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """What was counted; the tests only read it."""
    path: Path = tmp_path_factory.mktemp("preview") / "store.sqlite"
    with closing(Store.open(f"sqlite:///{path}")) as opened:
        count(opened)
        yield opened


def typed(scope: Scope, values: dict[str, Any]) -> dict[str, Any]:
    """Values as the settings have them."""
    return {
        name: None if value is None else check(name, value, scope.level)
        for name, value in values.items()
    }


def rules(layers: dict[Scope, dict[str, Any]]) -> Resolved:
    """Settings in force."""
    return Resolved({scope: typed(scope, values) for scope, values in layers.items()})


def foreseen(
    store: Store,
    present: dict[Scope, dict[str, Any]],
    scope: Scope,
    proposed: dict[str, Any],
    **more: Any,
) -> Preview:
    """A preview of settings as JSON would give them."""
    return preview(store, rules(present), scope, typed(scope, proposed), NOW, **more)


def of_country(found: Preview, country: str) -> CountryEffect:
    """One country's line."""
    return next(each for each in found.countries if each.country == country)


def test_who_would_be_refused_and_which_attackers(store: Store) -> None:
    """E24, A20: per account and per country, newly refused first, with the most logins first."""
    found = foreseen(store, {}, SERVER_SCOPE, ALLOW_DE)
    assert [(e.account, e.country, e.logins, e.before, e.after) for e in found.accounts] == [
        ("eve@b.test", "AT", 30, None, Stage.CONNECT),
        ("old@b.test", "VN", 9, None, Stage.CONNECT),
        ("ann@a.test", "TH", 5, None, Stage.CONNECT),
        ("eve@b.test", "TH", 2, None, Stage.CONNECT),
    ]
    assert (found.refused, found.new, found.freed) == (3, 3, 0)
    assert (found.logins, found.new_logins) == (46, 46)
    assert [(c.country, c.accounts, c.logins, c.attempts) for c in found.countries] == [
        ("AT", 1, 30, 0),
        ("VN", 1, 9, 0),
        ("TH", 2, 7, 7),
        ("RU", 0, 0, 110),
    ]
    assert (found.stopped_before, found.stopped_after) == (0, 117)
    assert not found.cut


def test_what_changes_against_the_rules_in_force(store: Store) -> None:
    """Newly refused and freed are told apart from what is refused either way."""
    present = {SERVER_SCOPE: {"country.mode": "refuse", "country.list": ["TH", "VN", "RU"]}}
    found = foreseen(store, present, SERVER_SCOPE, {"country.list": ["AT", "VN"]})
    assert [(e.account, e.country, e.is_new, e.is_freed) for e in found.accounts] == [
        ("eve@b.test", "AT", True, False),
        ("old@b.test", "VN", False, False),
        ("ann@a.test", "TH", False, True),
        ("eve@b.test", "TH", False, True),
        ("bob@a.test", "TH", False, True),
    ]
    thailand = of_country(found, "TH")
    assert (thailand.freed_accounts, thailand.freed_refusals, thailand.accounts) == (3, 7, 0)
    assert (found.stopped_before, found.stopped_after) == (117, 0)
    assert (found.refused, found.new, found.freed) == (2, 1, 3)


@pytest.mark.parametrize(
    ("present", "scope", "proposed", "refused"),
    [
        ({}, A, ALLOW_DE, {"ann@a.test"}),
        ({}, ANN, ALLOW_DE, {"ann@a.test"}),
        ({}, BOB, ALLOW_DE, set()),
        ({B: {"country.mode": "off"}}, SERVER_SCOPE, ALLOW_DE, {"ann@a.test", "*"}),
        (
            {B: {"country.mode": "off"}},
            SERVER_SCOPE,
            ALLOW_DE | {"connect.enabled": False},
            {"ann@a.test"},
        ),
        ({SERVER_SCOPE: {"connect.enabled": False}, A: ALLOW_DE}, A, PASS, set()),
        ({SERVER_SCOPE: {"connect.enabled": False}, A: ALLOW_DE}, ANN, PASS, set()),
        ({SERVER_SCOPE: {"connect.enabled": False}, A: ALLOW_DE}, ANN, EXPIRED, {"ann@a.test"}),
        ({SERVER_SCOPE: ALLOW_DE}, ANN, PASS, {"ann@a.test"}),
        ({A: ALLOW_DE}, A, {"domain.enabled": False}, set()),
        ({A: ALLOW_DE}, A, {"country.mode": None}, set()),
        ({A: ALLOW_DE}, A, {"country.watch": True}, set()),
        ({}, SERVER_SCOPE, {"country.mode": "allow"}, set()),
    ],
)
def test_scopes_passes_and_switches(
    store: Store,
    present: dict[Scope, dict[str, Any]],
    scope: Scope,
    proposed: dict[str, Any],
    refused: set[str],
) -> None:
    """A12, A13, A17, E5: a domain's rules concern its accounts only; connect comes first."""
    found = foreseen(store, present, scope, proposed)
    everybody = {"eve@b.test", "old@b.test"} if "*" in refused else set()
    assert {e.account for e in found.accounts if e.after} == (refused | everybody) - {"*"}


def test_a_domain_s_attackers_are_its_own(store: Store) -> None:
    """A customer sees what concerns the customer."""
    refuse = {"country.mode": "refuse", "country.list": ["RU", "TH", "DE"]}
    attempts = {
        scope: {c.country: c.attempts for c in foreseen(store, {}, scope, refuse).countries}
        for scope in (A, B, BOB)
    }
    assert attempts == {
        A: {"DE": 0, "TH": 7, "RU": 100},
        B: {"TH": 0, "DE": 3},
        BOB: {"DE": 0, "TH": 7},
    }


def test_a_viewer_s_domains_are_all_that_is_looked_at(store: Store) -> None:
    """E22: of the rest not even a sum is seen."""
    found = foreseen(store, {}, SERVER_SCOPE, ALLOW_DE, domains={"b.test"})
    assert {e.domain for e in found.accounts} == {"b.test"}
    assert foreseen(store, {}, A, ALLOW_DE, domains={"b.test"}).countries == ()
    assert foreseen(store, {}, SERVER_SCOPE, ALLOW_DE, domains=()).countries == ()


def test_the_period_is_as_long_as_events_are_kept(store: Store) -> None:
    """And what lies before it does not count."""
    keep = {SERVER_SCOPE: {"keep.event_days": 10}}
    found = foreseen(store, keep, SERVER_SCOPE, ALLOW_DE)
    assert "old@b.test" not in {e.account for e in found.accounts}
    assert NOW - 11 * 86_400 < found.since <= NOW - 10 * 86_400
    assert foreseen(store, {}, SERVER_SCOPE, ALLOW_DE, days=5).since > found.since


codes = st.sampled_from(["DE", "AT", "TH", "VN", "RU"])
values = st.fixed_dictionaries(
    {},
    optional={
        "country.mode": st.sampled_from(["off", "allow", "refuse"]),
        "country.list": st.lists(codes, max_size=3),
        "country.watch": st.booleans(),
        "country.passes": st.lists(
            st.fixed_dictionaries(
                {"country": codes, "expires": st.sampled_from([NOW - 1, NOW, NOW + 1])}
            ),
            max_size=2,
        ),
    },
)
of_server = st.fixed_dictionaries(
    {},
    optional={
        "country.server": codes,
        "connect.enabled": st.booleans(),
        "exempt.accounts": st.just([{"entry": "b.test"}, {"entry": "ann@a.test"}]),
    },
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values, of_server, values, values, st.sampled_from([SERVER_SCOPE, A, ANN]), values)
def test_preview_and_verdict_never_differ(
    store: Store,
    server: dict[str, Any],
    more: dict[str, Any],
    domain: dict[str, Any],
    mailbox: dict[str, Any],
    scope: Scope,
    proposed: dict[str, Any],
) -> None:
    """E24: exactly those are foreseen refused whom the engine then refuses, before and after."""
    layers = {SERVER_SCOPE: server | more, A: domain, ANN: mailbox}
    changed = layers | {scope: layers[scope] | proposed}
    found = {
        (e.account, e.country): (e.before, e.after)
        for e in foreseen(store, layers, scope, proposed).accounts
    }
    for login in LOGINS:
        mine = scope.name in ("", login.account, login.account.rpartition("@")[2])
        stages = tuple(refusing(rules(each), login) for each in (layers, changed))
        # Who never came through is of interest only as freed.
        is_told = mine and not (login.refused and stages[1])
        expected = stages if is_told and any(stages) else None
        assert found.get((login.account, login.country)) == expected


def refusing(resolved: Resolved, login: Any) -> Stage | None:
    """The stage at which the engine refuses such a login."""
    asking = Asking(Snapshot(resolved))
    for stage in (Stage.CONNECT, Stage.AUTH):
        question = asking.question(stage, facts(country=login.country), login.account, wall=NOW)
        if decide(question).verdict is Verdict.DENY:
            return stage
    return None

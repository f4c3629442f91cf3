"""What is foreseen for an account and a country is what the engine then decides."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.border import Border
from core.engine.decide import decide
from core.words import Reason, Stage, Verdict
from tests.core.engine.asking import WALL, Asking, facts, snapshot

DOMAIN, MAILBOX = "example.test", "bob@example.test"
codes = st.sampled_from(["DE", "AT", "TH", "VN"])
moments = st.sampled_from([WALL - 1, WALL, WALL + 1])
passes = st.lists(st.fixed_dictionaries({"country": codes, "expires": moments}), max_size=3)
anywhere: dict[str, st.SearchStrategy[Any]] = {
    "country.mode": st.sampled_from(["off", "allow", "refuse"]),
    "country.list": st.lists(codes, max_size=3),
    "country.unknown": st.sampled_from(["allow", "refuse"]),
    "country.watch": st.booleans(),
    "country.passes": passes,
}
domains: dict[str, st.SearchStrategy[Any]] = {"domain.enabled": st.booleans()}
server: dict[str, st.SearchStrategy[Any]] = {
    "country.server": st.just("auto") | codes,
    "country.match": st.sampled_from(["either", "primary"]),
    "connect.enabled": st.booleans(),
    "exempt.accounts": st.lists(
        st.fixed_dictionaries({"entry": st.sampled_from([DOMAIN, MAILBOX]), "expires": moments}),
        max_size=2,
    ),
}


def values(known: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the settings."""
    return st.fixed_dictionaries({}, optional=known)


@given(
    values(anywhere | domains | server),
    values(anywhere | domains),
    values(anywhere),
    codes | st.just(""),
    codes | st.just(""),
    st.sampled_from([MAILBOX, "alice@example.test", "eve@other.test"]),
)
def test_preview_and_verdict_never_differ(
    of_server: dict[str, Any],
    of_domain: dict[str, Any],
    of_mailbox: dict[str, Any],
    country: str,
    detected: str,
    account: str,
) -> None:
    """E24, A20: the law, for all scopes, passes, exempt accounts and switches."""
    settings = snapshot(of_server, {DOMAIN: of_domain}, {MAILBOX: of_mailbox}, detected)
    asking = Asking(settings)
    refused_at = None
    for stage in (Stage.CONNECT, Stage.AUTH):
        decision = decide(asking.question(stage, facts(country=country), account))
        if decision.verdict is Verdict.DENY:
            assert decision.reason in (Reason.COUNTRY, Reason.COUNTRY_UNKNOWN)
            refused_at = refused_at or stage
    border = Border(settings.resolved, detected, WALL)
    assert border.stage(account, country) is refused_at
    assert border.stage(account, country) is refused_at, "asked again, it says the same"
    if refused_at:
        assert border.anywhere(country)


@pytest.mark.parametrize(("country", "refused"), [("DE", False), ("RU", True), ("", False)])
def test_one_scope_is_enough_to_look_closer(country: str, refused: bool) -> None:
    """What no scope refuses need not be read from the store."""
    rules = {"country.mode": "allow", "country.list": ["DE"]}
    border = Border(snapshot(mailboxes={MAILBOX: rules}).resolved, "", WALL)
    assert border.anywhere(country) is refused

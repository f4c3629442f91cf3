"""What needs a decision, and what does not."""

from __future__ import annotations

import time
from typing import Any

import pytest

from core.desk.desk import Desk
from core.licence.sentence import sentence
from core.licence.standing import Standing, State
from core.licence.tier import Tier
from core.sources.status import SourceStatus
from core.store.audit import StoredScope
from core.web.pages.countries_counts import CountryCounts
from core.web.pages.decisions import MARK, Decision, Known, decisions
from core.web.pages.decisions_watched import Watched
from tests.core.desk.samples import block
from tests.core.web.rig import Pages

DAY = 86_400.0
SERVER: StoredScope = ("server", "")
BOB: StoredScope = ("mailbox", "bob@alpha.example")
EVE: StoredScope = ("mailbox", "eve@alpha.example")
WELL = Standing(state=State.VALID, tier=Tier.PRO)


def _set(pages: Pages, scope: StoredScope, **values: Any) -> None:
    named = {name.replace("_", ".", 1): value for name, value in values.items()}
    pages.parts.store.settings.change(scope, named, "somebody", 1.0)


def _pass(code: str = "TH", days: float = 9) -> dict[str, Any]:
    return {"country": code, "expires": round(time.time() + days * DAY), "comment": "holiday"}


def _found(pages: Pages, **known: Any) -> list[Decision]:
    with pages.app.test_request_context("/"):
        desk = known.pop("desk", None) or pages.parts.desk("root")
        standing = known.pop("standing", WELL)
        return decisions(Known(desk, "DE", time.time(), standing, **known))


@pytest.fixture
def calm(pages: Pages) -> Pages:
    """Pages of a server on which nothing needs a decision."""
    _set(pages, SERVER, notify_address="karin@alpha.example")
    return pages


def test_a_calm_server_asks_for_nothing(calm: Pages) -> None:
    """Whoever is asked too often does not listen."""
    month = [CountryCounts("DE", logins=10)]
    assert _found(calm, month=month, sources=[SourceStatus("aws")]) == []


def test_a_missing_address_is_asked_for(pages: Pages) -> None:
    """B6, K5."""
    assert [each.key for each in _found(pages)] == ["notify"]


@pytest.fixture
def closed(calm: Pages) -> Pages:
    """A server that refuses all but Germany before the password, with a traveller."""
    _set(calm, SERVER, country_mode="allow", country_list=["DE"])
    _set(calm, BOB, country_passes=[_pass()])
    return calm


def test_a_pass_that_cannot_help_is_offered_a_way(closed: Pages) -> None:
    """A12, A17: one decision for a country, until the last of its passes ends."""
    _set(closed, EVE, country_passes=[_pass(days=20), _pass("FR", days=-1)])
    (found,) = _found(closed)
    assert found.grave
    assert found.title == "2 traveller passes for Thailand do not help"
    assert "bob@alpha.example, eve@alpha.example" in found.text
    assert found.key == f"pass TH {_pass(days=20)['expires']:.0f}"


@pytest.mark.parametrize(
    "server",
    [
        pytest.param({"connect_enabled": False}, id="only after the password"),
        pytest.param({"country_mode": "off"}, id="no rule"),
        pytest.param({"country_watch": True}, id="watch only"),
        pytest.param({"country_list": ["DE", "TH"]}, id="allowed anyway"),
        pytest.param({"country_server": "TH"}, id="the server's own"),
        pytest.param({"country_passes": [_pass()]}, id="open at the server"),
    ],
)
def test_a_pass_that_helps_is_no_decision(closed: Pages, server: dict[str, Any]) -> None:
    """A17."""
    _set(closed, SERVER, **server)
    assert not any(each.key.startswith("pass") for each in _found(closed))


def test_a_pass_in_a_domain_that_is_switched_off_is_none(closed: Pages) -> None:
    """It does not count, so nothing stands against it."""
    _set(closed, ("domain", "alpha.example"), domain_enabled=False)
    assert not any(each.key.startswith("pass") for each in _found(closed))


def test_logins_from_few_countries_propose_a_rule(calm: Pages) -> None:
    """A20, D13: with how many attempts come from elsewhere."""
    month = [
        CountryCounts("", logins=5000),
        CountryCounts("DE", logins=190, failed=3),
        CountryCounts("AT", logins=6),
        CountryCounts("TH", logins=4),
        CountryCounts("RU", refused=800, failed=97),
    ]
    (found,) = _found(calm, month=month)
    assert found.key == "countries DE"
    assert (
        "95% of the logins of 30 days whose country is known came from Germany; 897 attempts"
        in found.text
    )
    assert found.options[0].address == "/countries/choose?take=10"
    _set(calm, SERVER, country_mode="refuse")
    assert _found(calm, month=month) == []


def test_logins_from_everywhere_propose_none(calm: Pages) -> None:
    """Six countries alike are no home."""
    month = [CountryCounts(code, logins=50) for code in ("DE", "AT", "CH", "FR", "IT", "ES")]
    assert _found(calm, month=month) == []


def test_an_account_that_is_blocked_again_and_again(calm: Pages) -> None:
    """B4: twice in a week is more than a mistake; long ago is forgotten."""
    now = time.time()
    bob, eve = "bob@alpha.example", "eve@alpha.example"
    calm.parts.store.blocks.opened(
        *(block(bob, now - day * DAY) for day in (1, 2, 3)),
        *(block(eve, now - day * DAY) for day in (1, 12)),
    )
    (found,) = _found(calm)
    assert found.title == "bob@alpha.example was blocked 3 times in a week"


@pytest.mark.parametrize(
    ("watched", "first"),
    [
        pytest.param(Watched("network.cloud", 0, 90, 7), "Refuse from now on", id="strangers"),
        pytest.param(Watched("network.cloud", 2, 90, 7), "Look at them", id="people among them"),
        pytest.param(Watched("network.cloud", 0, 90, 4), "", id="too short"),
        pytest.param(Watched("network.cloud", 0, 19, 7), "", id="too few"),
        pytest.param(Watched("network.relay", 0, 90, 7), "", id="off"),
        pytest.param(Watched("country.watch", 0, 90, 7), "", id="no rule that watches"),
    ],
)
def test_a_check_that_watched_for_a_week_is_offered(
    calm: Pages, watched: Watched, first: str
) -> None:
    """A11: refusing comes first only where nobody gave a login name."""
    found = _found(calm, watched=[watched])
    assert [each.options[0].label for each in found] == ([first] if first else [])


def test_a_country_rule_that_watches_is_offered(calm: Pages) -> None:
    """A11: its title is the rule's, not the switch's."""
    _set(calm, SERVER, country_mode="allow", country_list=["DE"], country_watch=True)
    (found,) = _found(calm, watched=[Watched("country.watch", 0, 90, 7)])
    assert found.title == "“Country rule” could refuse"


@pytest.mark.parametrize(
    ("state", "days", "grave"),
    [
        (State.TRIAL, 3, [False]),
        (State.TRIAL, 20, []),
        (State.GRACE, 3, [True]),
        (State.LAPSED, 0, [True]),
        (State.NONE, 0, []),
    ],
)
def test_the_licence_is_told_in_time(
    calm: Pages, state: State, days: float, grave: list[bool]
) -> None:
    """E7: a trial in its last week, and whatever is not in order."""
    until = time.time() + days * DAY
    standing = Standing(
        state=state,
        tier=Tier.PRO,
        until=until,
        sentences=(sentence("It ends on {date}.", date=until),),
    )
    assert [each.grave for each in _found(calm, standing=standing)] == grave


def test_old_lists_are_told_and_the_databases_are_not(calm: Pages) -> None:
    """What nothing works without is the state's to tell."""
    sources = [SourceStatus("aws", problem="its data is old"), SourceStatus("asn", problem="gone")]
    (found,) = _found(calm, sources=sources)
    assert found.text == "aws: its data is old"


def test_without_a_store_what_is_known_is_told(calm: Pages) -> None:
    """The licence and the data need none."""
    here = calm.parts
    desk = Desk(here.config, here.panel, here.control, "root", None, "away")
    found = _found(calm, desk=desk, sources=[SourceStatus("aws", problem="old")])
    assert [each.key for each in found] == ["data aws"]


def test_marks_are_short_and_change_with_what_would_be_done() -> None:
    """What was put away comes back when it is another question."""
    one, other = (Decision(key, "", "", ()) for key in ("pass TH 1", "pass TH 2"))
    assert len(one.mark) == MARK
    assert one.mark != other.mark

"""Is it working: the light, what is wrong, when it was asked."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest

from core.desk.desk import Desk
from core.desk.hooks import HookReport
from core.desk.picture import Light, Problem
from core.licence.sentence import sentence
from core.licence.standing import Standing
from core.licence.standing import State as LicenceState
from core.licence.tier import Tier
from core.web.pages.dashboard_state import QUIET, Looked, State, state
from tests.core.desk import samples
from tests.core.desk.office import daemon_at
from tests.core.web.rig import Pages

HOUR = 3600.0

WELL = Standing(state=LicenceState.VALID, tier=Tier.PRO)


def _seen(
    pages: Pages,
    answer: dict[str, Any] | None,
    looked: Looked | None = None,
    later: float = 0.0,
    standing: Standing = WELL,
    store: bool = True,
) -> State:
    """The state while a daemon answers; None for one that is down."""
    here = pages.parts
    desk = (
        here.desk("root")
        if store
        else Desk(here.config, here.panel, here.control, "root", None, "the disk is away")
    )
    status = {"status": lambda _: samples.status(**(answer or {}))}
    served = nullcontext() if answer is None else daemon_at(here.config.control, status)
    with pages.app.test_request_context("/"), served:
        return state(desk, standing, (), looked, samples.NOW + later)


def test_all_is_well(pages: Pages) -> None:
    """D8: green, and each question with when it was asked."""
    seen = _seen(pages, {})
    assert seen.light is Light.GREEN
    assert seen.troubles == ()
    assert [(each.count, each.wanted) for each in seen.asked] == [
        (12, True),
        (0, True),
        (0, True),
    ]
    assert not seen.is_silent


def test_without_a_daemon_it_is_red_and_says_what_to_do(pages: Pages) -> None:
    """D8, B6: the missing address is told, too, because the settings are there."""
    seen = _seen(pages, None)
    assert seen.light is Light.RED
    assert seen.troubles[0].light is Light.RED
    assert "Start the service" in seen.troubles[0].advice
    assert "limits.show" in {each.endpoint for each in seen.troubles}
    assert seen.asked == ()


@pytest.mark.parametrize(
    ("part", "endpoint"),
    [
        ("notify.address", "limits.show"),
        ("country.list", "countries.choose"),
        ("data country", "system.show"),
        ("hook postfix", "system.show"),
        ("novelty", "system.show"),
    ],
)
def test_each_problem_leads_somewhere(pages: Pages, part: str, endpoint: str) -> None:
    """K5: what to do, and where."""
    (trouble,) = _seen(pages, {"problems": {part: "100 % wrong"}}).troubles
    assert trouble.endpoint == endpoint
    assert trouble.text.endswith("100 % wrong")


def test_old_lists_only_wait_for_a_decision(pages: Pages) -> None:
    """They colour the light, and stand in the other list."""
    seen = _seen(pages, {"problems": {"data aws": "old"}})
    assert (seen.light, seen.troubles) == (Light.AMBER, ())


def test_silence_is_told(pages: Pages) -> None:
    """D8: a hook that was lost makes no noise."""
    assert not _seen(pages, {}, later=QUIET - 60).troubles
    (trouble,) = _seen(pages, {}, later=QUIET + 2 * HOUR).troubles
    assert "No mail server has asked anything for 8 hours." in trouble.text
    assert trouble.light is Light.AMBER


def test_a_daemon_that_was_never_asked_is_silent(pages: Pages) -> None:
    """The first-run state hangs on it."""
    assert _seen(pages, {"stages": {"connect": {"asked": 0, "last": 0}}}).is_silent


def test_a_stage_that_is_switched_off_is_not_missed(pages: Pages) -> None:
    """A10: whoever switches it off knows why it is not asked."""
    pages.parts.store.settings.change(("server", ""), {"connect.enabled": False}, "t", 1.0)
    assert [each.wanted for each in _seen(pages, {}).asked] == [False, True, True]


def test_a_stage_that_the_licence_does_not_have_says_why(pages: Pages) -> None:
    """E10: nobody looks for a broken hook then."""
    assert [each.off for each in _seen(pages, {}).asked] == ["", "", ""]
    pages.sell(Tier.BASIC)
    before, *after = _seen(pages, {}).asked
    assert "need a PLUS licence" in before.off
    assert [each.off for each in after] == ["", ""]


def test_hooks_count_as_they_were_seen_last(pages: Pages) -> None:
    """D8: and nobody looks while the page waits."""
    looked = (
        (HookReport("postfix", "missing"),),
        (Problem("hook postfix", "missing", "Run it.", Light.RED),),
    )
    seen = _seen(pages, {}, looked)
    assert seen.light is Light.RED
    assert seen.hooks == looked[0]
    assert _seen(pages, {}).hooks is None


def test_a_store_that_is_away_is_told_beside_a_daemon_that_runs(pages: Pages) -> None:
    """The daemon may still have it open."""
    seen = _seen(pages, {}, store=False)
    assert seen.light is Light.RED
    assert [each.text for each in seen.troubles] == ["The disk is away"]


def test_a_licence_that_needs_a_look_is_told(pages: Pages) -> None:
    """E7: in its own words."""
    standing = Standing(
        state=LicenceState.LAPSED,
        tier=Tier.BASIC,
        sentences=(sentence("The licence ended on {date}.", date=samples.NOW),),
    )
    seen = _seen(pages, {}, standing=standing)
    assert seen.light is Light.AMBER
    assert seen.troubles[0].text.startswith("The licence ended on")

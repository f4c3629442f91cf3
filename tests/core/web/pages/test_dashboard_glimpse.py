"""What takes a while to see: looked at now and then, kept, and shared."""

from __future__ import annotations

import time

import pytest

from core.desk.desk import Desk
from core.web.pages import dashboard_glimpse
from core.web.pages.dashboard_glimpse import SECONDS, Glimpses, busiest
from core.words import Reason, Stage
from tests.core.desk.mail_hook import Hook
from tests.core.web.pages.came import a_month, event, refusal
from tests.core.web.rig import Pages


@pytest.fixture
def desk(pages: Pages) -> Desk:
    """On a store with a month, and a hook in place."""
    a_month(pages.parts.store)
    pages.panel.hooks_here = [Hook("postfix")]
    return pages.parts.desk("root")


def test_it_is_kept_for_a_while(pages: Pages, desk: Desk) -> None:
    """A page that is loaded twice does not look twice."""
    seen, now = Glimpses(), time.time()
    assert seen.last is None
    with pages.app.test_request_context("/"):
        first = seen.look(desk, now)
        assert seen.look(desk, now + SECONDS - 1) is first
        assert seen.is_fresh(now + 1)
        assert not seen.is_fresh(now + SECONDS)
        assert not seen.is_fresh(now - 60)  # the clock was set back
        assert seen.look(desk, now + SECONDS) is not first


def test_it_sees_the_hooks_the_month_and_the_busiest(pages: Pages, desk: Desk) -> None:
    """D8."""
    with pages.app.test_request_context("/"):
        seen = Glimpses().look(desk, time.time())
    assert [report.name for report in seen.looked[0]] == ["postfix"]
    assert {each.code for each in seen.month} == {"DE", "AT", "TH", "RU", "BR"}
    assert [rank.key for rank in seen.busiest.addresses] == ["203.0.113.7", "203.0.113.90"]


def test_a_store_that_is_away_leaves_the_hooks(pages: Pages) -> None:
    """And raises nothing."""
    here = pages.parts
    desk = Desk(here.config, here.panel, here.control, "root", None, "away")
    pages.panel.hooks_here = [Hook("postfix")]
    seen = Glimpses().look(desk, time.time())
    assert len(seen.looked[0]) == 1
    assert seen.month == ()


def test_networks_have_their_owners(
    pages: Pages, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number says little."""

    class Known:
        def name(self, address: str) -> str:
            return {"203.0.113.7": "Example Hosting"}[address]

    monkeypatch.setattr(dashboard_glimpse, "networks", Known)
    desk.store.record([refusal(1, asn=64500), refusal(1, asn=64500, address="203.0.113.7")])
    (network,) = busiest(desk.store, time.time()).networks
    assert (network.rank.key, network.owner) == ("64500", "Example Hosting")


def test_mailboxes_that_are_aimed_at(pages: Pages, desk: Desk) -> None:
    """D13: only what was refused counts, and only of the last day."""
    named = {"account": "eve@alpha.example", "stage": Stage.AUTH, "reason": Reason.COUNTRY}
    desk.store.record([refusal(1, count=6, **named), event(1, account="bob@alpha.example")])
    found = busiest(desk.store, time.time()).mailboxes
    assert [(rank.key, rank.count) for rank in found] == [("eve@alpha.example", 6)]

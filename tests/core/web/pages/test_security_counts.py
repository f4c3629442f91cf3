"""What the rules did."""

from __future__ import annotations

from core.settings.fields import FIELDS
from core.store.event import Event
from core.web.pages.security_counts import REASONS, deeds, stages
from core.words import Reason, Service, Stage, Verdict
from tests.core.web.rig import Pages


def test_every_rule_is_a_setting() -> None:
    assert REASONS.keys() <= FIELDS.keys()


def test_refused_and_watched_are_told_apart(pages: Pages) -> None:
    """A20"""
    now = pages.clock()
    pages.parts.store.record(
        [
            _event(now, Verdict.DENY, Reason.NETWORK_CLOUD, "", 3),
            _event(now, Verdict.ALLOW, Reason.NOTHING_AGAINST, Reason.NETWORK_CLOUD, 5),
            _event(now, Verdict.DENY, Reason.COUNTRY, Reason.NETWORK_CLOUD, 7),
            _event(now, Verdict.ALLOW, Reason.LOGIN_OK, "", 100),
        ]
    )
    found = deeds(pages.parts.store, now + 1)
    assert (found["network.cloud"].refused, found["network.cloud"].watched) == (3, 5)
    assert (found["country.mode"].refused, found["country.mode"].watched) == (7, 0)
    assert stages(pages.parts.store, now + 1) == {Stage.CONNECT: 0, Stage.AUTH: 10}


def _event(at: float, verdict: Verdict, reason: Reason, would: str, count: int) -> Event:
    return Event(
        at=at,
        last=at,
        stage=Stage.AUTH,
        service=Service.SUBMISSION,
        verdict=verdict,
        reason=reason,
        would=would,
        count=count,
    )

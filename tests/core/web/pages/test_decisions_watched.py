"""What checks that only watch would have refused."""

from __future__ import annotations

import time

from core.settings.fields import FIELDS
from core.web.pages.decisions_watched import SETTINGS, Watched, watched
from core.words import Reason, Stage, Verdict
from tests.core.web.pages.came import event
from tests.core.web.rig import Pages

CLOUD = Reason.NETWORK_CLOUD


def test_logins_and_strangers_are_told_apart(pages: Pages) -> None:
    """A11: a login name without a wrong password may be a person."""
    pages.parts.store.record(
        [
            event(1, stage=Stage.CONNECT, account="", would=CLOUD, count=30),
            event(30, stage=Stage.CONNECT, account="", would=CLOUD, count=5),
            event(1, would=CLOUD, count=2),
            event(1, would=CLOUD, reason=Reason.LOGIN_FAILED, count=9),
            event(1, would=Reason.COUNTRY, count=4),
        ]
    )
    found = {each.setting: each for each in watched(pages.parts.store, time.time())}
    cloud = found["network.cloud"]
    assert (cloud.named, cloud.others) == (2, 44)
    assert cloud.days in (2, 3)
    assert found["country.watch"] == Watched("country.watch", named=4, days=1)


def test_what_is_old_or_refused_or_sent_is_left_out(pages: Pages) -> None:
    """Only the last week, and only what was let through."""
    pages.parts.store.record(
        [
            event(9 * 24, would=CLOUD),
            event(1, would=CLOUD, verdict=Verdict.DENY),
            event(1, would=CLOUD, stage=Stage.SEND),
            event(1, would="novelty"),
            event(1),
        ]
    )
    assert watched(pages.parts.store, time.time()) == []


def test_every_reason_leads_to_a_setting_that_is_there() -> None:
    """A renamed setting would make a button that does nothing."""
    assert set(SETTINGS.values()) <= set(FIELDS)

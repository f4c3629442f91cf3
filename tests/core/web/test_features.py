"""Which features are on, and why not, as pages and programs hear it."""

from __future__ import annotations

import pytest

from core.licence.feature import Feature
from core.licence.tier import Tier
from core.panel import Role
from core.web.features import is_on, lacking, why_off
from tests.core.web.rig import Pages


@pytest.mark.parametrize(
    ("tier", "role", "feature", "missing"),
    [
        (Tier.PRO, Role.CUSTOMER, Feature.API, None),
        (Tier.PLUS, Role.ADMIN, Feature.API, None),
        (Tier.PLUS, Role.CUSTOMER, Feature.API, Feature.CUSTOMER_PAGES),
        (Tier.PLUS, Role.RESELLER, None, Feature.CUSTOMER_PAGES),
        (Tier.BASIC, Role.ADMIN, None, None),
        (Tier.BASIC, Role.ADMIN, Feature.API, Feature.API),
    ],
)
def test_what_an_entry_lacks(
    pages: Pages, tier: Tier, role: Role, feature: Feature | None, missing: Feature | None
) -> None:
    """E2, E7: the pages of customers need what the administrator's own do not."""
    pages.sell(tier)
    with pages.app.test_request_context():
        found = lacking(role, feature)
    assert (None if found is None else found.feature) is missing


def test_a_feature_that_is_off_says_why(pages: Pages) -> None:
    """E10."""
    pages.sell(Tier.BASIC)
    with pages.app.test_request_context():
        assert not is_on(Feature.CONNECT)
        assert "need a PLUS licence" in why_off(Feature.CONNECT)
        assert is_on(Feature.SEND_WINDOW)
        assert why_off(Feature.SEND_WINDOW) == ""

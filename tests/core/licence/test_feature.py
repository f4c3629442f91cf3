"""What each tier has, and what none may be without."""

from __future__ import annotations

import pytest

from core.licence.feature import OFFERS, Feature
from core.licence.tier import Tier


def test_every_feature_is_offered_and_explained() -> None:
    """E7: a table without gaps."""
    assert list(OFFERS) == list(Feature)
    for offer in OFFERS.values():
        assert offer.title
        assert offer.why.endswith(".")


@pytest.mark.parametrize(
    ("tier", "features"),
    [
        (
            Tier.BASIC,
            {
                "login",
                "send_window",
                "exemptions",
                "statistics",
                "lists",
                "attackers",
                "stolen",
                "notices",
            },
        ),
        (Tier.PLUS, {"connect", "domain_rules", "traveller_pass", "reports", "api"}),
        (Tier.PRO, {"customer_pages", "plans"}),
    ],
)
def test_tiers_are_those_of_the_facts(tier: Tier, features: set[str]) -> None:
    """E2, E7: connection stage from PLUS on, customers' pages in PRO; protection in every tier."""
    assert {feature for feature, offer in OFFERS.items() if offer.tier is tier} == features


def test_customer_pages_are_for_the_hosting_panels() -> None:
    """E2: the four panels of features.md 1; a server without a panel has everything but plans."""
    hosting = {"plesk", "cpanel", "directadmin", "interworx"}
    assert set(OFFERS[Feature.CUSTOMER_PAGES].panels) == hosting | {"standalone"}
    assert set(OFFERS[Feature.PLANS].panels) == hosting

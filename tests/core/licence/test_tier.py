"""Three tiers, each with everything of the one below."""

from __future__ import annotations

from itertools import product

import pytest

from core.licence.tier import Tier, full_tier, panel_title

RISING = [Tier.BASIC, Tier.PLUS, Tier.PRO]


@pytest.mark.parametrize(("high", "low"), list(product(range(3), repeat=2)))
def test_a_tier_has_everything_below_it(high: int, low: int) -> None:
    """E7."""
    assert RISING[high].covers(RISING[low]) == (high >= low)


@pytest.mark.parametrize(
    ("panel", "tier"),
    [
        ("plesk", Tier.PRO),
        ("cpanel", Tier.PRO),
        ("directadmin", Tier.PRO),
        ("interworx", Tier.PRO),
        ("mailenable", Tier.PLUS),
        ("zimbra", Tier.PLUS),
        ("standalone", Tier.PRO),
    ],
)
def test_products_are_those_of_the_facts(panel: str, tier: Tier) -> None:
    """features.md 1."""
    assert full_tier(panel) is tier


def test_panels_are_called_as_people_do() -> None:
    """And an unknown one by its own name."""
    assert [panel_title(name) for name in ("cpanel", "plesk", "odd")] == ["cPanel", "Plesk", "odd"]

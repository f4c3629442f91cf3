"""The tiers, and which is the full one of each product.

Facts: features.md 1 (PRO for the four hosting panels, PLUS for the two pure mail servers, a lower
edition without a suffix).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.words import Word


class Tier(Word):
    """What was bought. The value is written into keys and never changes."""

    BASIC = "Basic"
    PLUS = "PLUS"
    PRO = "PRO"

    def covers(self, other: Tier) -> bool:
        """Whether whoever has this tier has everything of the other."""
        return _HEIGHT[self] >= _HEIGHT[other]


_HEIGHT: Final = {Tier.BASIC: 0, Tier.PLUS: 1, Tier.PRO: 2}

PANEL_TITLES: Final[Mapping[str, str]] = {
    "plesk": "Plesk",
    "cpanel": "cPanel",
    "directadmin": "DirectAdmin",
    "interworx": "InterWorx",
    "mailenable": "MailEnable",
    "zimbra": "Zimbra",
}
"""What people call the panels. Product names: not translated."""

_FULL: Final[Mapping[str, Tier]] = {"mailenable": Tier.PLUS, "zimbra": Tier.PLUS}


def full_tier(panel: str) -> Tier:
    """The highest tier that is made for a panel, which a trial gives.

    Args:
        panel: its name, as in `core.panel.Panel`. A server without a panel has everything.
    """
    return _FULL.get(panel, Tier.PRO)


def panel_title(panel: str) -> str:
    """What people call the panel; its own name if it is none of those that are sold."""
    return PANEL_TITLES.get(panel, panel)

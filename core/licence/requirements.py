"""The published minimums: what a feature needs of a panel and its mail server.

Facts: features.md 1 and 8 (Plesk 18.0.23 with Postfix, MailEnable 10.35, Zimbra 9.0.0 Patch 8; no
minimum for cPanel, DirectAdmin and InterWorx). A panel's package takes its row from here, so that
there is one table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.licence.feature import Feature
from core.panel import Requirement
from core.words import N_

_AFTER = N_("Logins are still checked after the password.")

PUBLISHED: Final[Mapping[str, tuple[Requirement, ...]]] = {
    "plesk": (Requirement(Feature.CONNECT, "18.0.23", "Postfix", "", _AFTER),),
    "mailenable": (Requirement(Feature.CONNECT, "10.35", "", "", _AFTER),),
    "zimbra": (Requirement(Feature.CONNECT, "9.0.0 Patch 8", "", "", _AFTER),),
    "cpanel": (),
    "directadmin": (),
    "interworx": (),
    "standalone": (),
}
"""By the panel's name. A note is a sentence that follows the reason when it is not met."""

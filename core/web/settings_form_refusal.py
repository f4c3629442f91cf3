"""What a refused person would read, shown while the text is written.

The example is the same everywhere: an address and a domain that are nobody's (RFC 5737, RFC 2606).
"""

from __future__ import annotations

import time
from typing import Final

from flask_babel import gettext
from msgspec import Struct

from core.engine.refusal import plain
from core.errors import SettingError
from core.net.countries import name
from core.settings.fields import check
from core.settings.model import Settings
from core.settings.scope import Scope

SAMPLE_COUNTRY: Final = "FR"
SAMPLE_ADDRESS: Final = "203.0.113.7"
SAMPLE_DOMAIN: Final = "example.org"


class Refusal(Struct, frozen=True):
    """A refusal text and what stands around it in a form.

    Attributes:
        code: the status code before it (RFC 3463).
        sample: what is filled in, by placeholder.
        said: the text filled in; as it is where it cannot be.
        bare: the same in ASCII, which is all that SMTP knows.
    """

    code: str
    sample: dict[str, str]
    said: str
    bare: str


def refusal(setting: str, text: str, settings: Settings, scope: Scope, now: float) -> Refusal:
    """The example of a refusal.

    Args:
        setting: ``text.country``, ``text.network`` or ``text.send``.
        text: as it stands in the form.
        settings: what counts in the scope.
        scope: whose text it is.
        now: seconds since 1970.
    """
    until = time.gmtime(now + settings.send.block_seconds)
    sample = {
        "country": name(SAMPLE_COUNTRY),
        "address": SAMPLE_ADDRESS,
        "account": f"anna@{scope.name if scope.level == 'domain' else SAMPLE_DOMAIN}",
        "until": time.strftime("%Y-%m-%d %H:%M UTC", until),
        "contact": settings.text.contact,
    }
    try:
        said = check(setting, text).format(**sample)
    except SettingError:  # what is wrong with it stands beside the field
        said = text
    passing = setting == "text.send" and settings.send.answer == "temporary"
    return Refusal("4.7.1" if passing else "5.7.1", sample, said, plain(said))


def placeholders() -> dict[str, str]:
    """What may stand in a refusal, explained."""
    return {
        "{country}": gettext("the country's name"),
        "{address}": gettext("the refused address"),
        "{account}": gettext("the account's name"),
        "{until}": gettext("when a block ends"),
        "{contact}": gettext("whom to ask, as set below"),
    }

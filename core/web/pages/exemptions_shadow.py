"""Entries of domains and mailboxes that cannot help before the password (A11).

Only those of the page shown are looked at, all together: a scope's own rules do not matter here,
only that they count.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.control import Control
from core.desk.decision import by_daemon
from core.desk.shadow import shadows
from core.errors import ControlError
from core.licence.feature import Feature
from core.settings.entry import ExemptAddress
from core.settings.scope import DOMAIN_SWITCH, SERVER_SCOPE, Resolved, Scope
from core.web.features import is_on
from core.web.home_country import home_country
from core.web.pages.exemptions_list import Row
from core.web.parts import parts
from core.words import Verdict

_ANY = Scope("domain", "any.invalid")

_IMAPS = 993
"""A port at which nobody gets past the check before the password unasked."""


def shadowed(rows: Sequence[Row], rules: Resolved) -> dict[str, str]:
    """What stands against entries, by their keys; English, marked for translation.

    Args:
        rows: entries, as they are shown.
        rules: all settings.
    """
    concerned = [
        row
        for row in rows
        if row.place.name == "exempt.addresses"
        and row.place.scope != SERVER_SCOPE
        and rules.counts(row.place.scope)
    ]
    if not concerned or not is_on(Feature.CONNECT):
        return {}
    entries = tuple(ExemptAddress(row.entry.entry, "", row.entry.expires) for row in concerned)
    server = rules.overrides.get(SERVER_SCOPE, {})
    alone = Resolved(
        {SERVER_SCOPE: server, _ANY: {"exempt.addresses": entries, DOMAIN_SWITCH: True}}
    )
    refuses, now = _Refuser(parts().control), parts().clock()
    found = shadows(alone, _ANY, server_country=home_country(), refuses=refuses, now=now)
    why = {
        entry["entry"]: each.why
        for each in found
        if each.name == "exempt.addresses"
        for entry in each.value
    }
    return {row.key: why[row.entry.entry] for row in concerned if row.entry.entry in why}


class _Refuser:
    """Tells whether the daemon refuses an address before the password.

    Likely, where it cannot say; and then it is not asked again, because a daemon that hangs takes
    seconds each time.
    """

    def __init__(self, control: Control) -> None:
        self._control = control
        self._answers = True

    def __call__(self, address: str) -> bool:
        if not self._answers:
            return True
        try:
            said = by_daemon(self._control, address, "", _IMAPS)
        except ControlError:
            self._answers = False
            return True
        return said.explanation.verdict is not Verdict.ALLOW

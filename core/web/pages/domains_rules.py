"""Rules of a domain or mailbox: their form, and what narrower countries would have meant.

Whoever closes a country is first shown which of the own mailboxes came from there; the second press
on the button counts, for exactly what was looked at.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import msgspec
from msgspec import Struct
from werkzeug.datastructures import MultiDict

from core.desk.preview import DAYS, AccountEffect, Preview, preview
from core.settings import fields
from core.settings.scope import Resolved, Scope
from core.web.home_country import home_country
from core.web.parts import parts
from core.web.settings_form import SettingsForm, names_of
from core.web.visitor import visitor

GROUPS: Final = {
    **{group: names_of(group) for group in ("country", "network", "text")},
    "owner": [*names_of("owner"), "notify.language"],
    "stolen": names_of("stolen"),
}
"""What domains and mailboxes decide in the form; the switch of a domain stands beside it."""

NAMES: Final = [name for names in GROUPS.values() for name in names]

MOST_SHOWN: Final = 50
"""Accounts of a preview that are named."""


class Weighed(Struct, frozen=True):
    """What proposed country rules would have meant.

    Attributes:
        found: the preview; None when no country rule would change.
        mark: of what was proposed; sent again, it says that this has been looked at.
        shown: those who come through now and would not.
        freed: those who would come through again.
    """

    found: Preview | None
    mark: str = ""
    shown: tuple[AccountEffect, ...] = ()
    freed: tuple[AccountEffect, ...] = ()


def sheet_of(
    scope: Scope, sent: MultiDict[str, str] | None = None, rules: Resolved | None = None
) -> SettingsForm:
    """The form for the rules of a scope that the visitor sees.

    What only the administrator decides of stolen mailboxes is not shown to others: whoever stole
    one need not know what is looked for.

    Raises:
        StoreError: the store cannot be read.
    """
    hidden = () if visitor().sight.is_admin else GROUPS["stolen"]
    return SettingsForm(scope, [name for name in NAMES if name not in hidden], sent, rules)


def weighed(sheet: SettingsForm, sent: MultiDict[str, str]) -> Weighed | None:
    """What somebody is to look at before it is saved; None where there is nothing to look at.

    Args:
        sheet: with what was sent.
        sent: also says by `act` whether only a preview is wanted, and by `weighed` what was
            looked at.

    Raises:
        StoreError: the store cannot be read.
    """
    if sheet.faults:
        return None
    only_look = sent.get("act") == "preview"
    proposed = {n: value for n, value in sheet.wanted.items() if n.startswith("country.")}
    if not proposed:
        return Weighed(None) if only_look else None
    mark = _mark(sheet.scope, proposed)
    if not only_look and sent.get("weighed") == mark:
        return None
    level = sheet.scope.level
    found = preview(
        parts().store,
        sheet.rules,
        sheet.scope,
        {n: None if v is None else fields.check(n, v, level) for n, v in proposed.items()},
        parts().clock(),
        days=DAYS,
        domains=visitor().sight.domains,
        server_country=home_country(),
    )
    if not only_look and not found.new:
        return None
    return Weighed(
        found,
        mark,
        tuple(each for each in found.accounts if each.is_new)[:MOST_SHOWN],
        tuple(each for each in found.accounts if each.is_freed)[:MOST_SHOWN],
    )


def _mark(scope: Scope, proposed: dict[str, Any]) -> str:
    text = msgspec.json.encode([*scope, proposed], order="deterministic")
    return hashlib.sha256(text).hexdigest()[:20]

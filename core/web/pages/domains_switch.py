"""The switch of domains: whether their own rules count.

A plan that has Mailward off is stronger than the switch; whoever switches asks that first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext, ngettext

from core.desk import change
from core.desk.desk import Desk, Told
from core.errors import StoreChanged
from core.licence.feature import Feature
from core.settings.scope import DOMAIN_SWITCH, Scope
from core.web.features import why_off
from core.web.notices import tell
from core.web.pages.undo import MOST as MOST_UNDONE
from core.web.parts import parts
from core.web.visitor import visitor
from core.web.wording import number


def switch(desk: Desk, names: Iterable[str], on: bool) -> Told | None:
    """Have the rules of domains count or not; None when they already do.

    A domain that does what the server says for all needs no value of its own.

    Args:
        desk: whose.
        names: of the domains.
        on: whether their rules count.

    Raises:
        StoreChanged: somebody else was faster; nothing was changed.
        StoreError: nothing was changed.
    """
    usual = desk.rules().resolved.server.domain.enabled
    value = None if on is usual else on
    wanted: dict[Scope, dict[str, Any]] = {
        Scope("domain", name): {DOMAIN_SWITCH: value} for name in names
    }
    changes = change.preview(desk, wanted)
    return change.commit(desk, changes) if changes else None


def switch_and_tell(names: list[str], on: bool, whose: str) -> None:
    """Switch domains on or off, and say what came of it.

    Args:
        names: of domains that the visitor sees.
        on: whether their own rules shall count.
        whose: the customer or the domain.
    """
    if on and (off := why_off(Feature.DOMAIN_RULES)):
        tell(off, "bad")
        return
    try:
        told = switch(parts().desk(visitor().who), names, on)
    except StoreChanged:
        tell(gettext("Nothing was changed: somebody else was faster. Look again."), "bad")
        return
    if told is None:
        tell(gettext("Everything already was so."))
        return
    count = len(told.audit)
    said = (
        ngettext(
            "%(whose)s: own rules count.",
            "%(whose)s: the rules of %(count)s domains count.",
            count,
            whose=whose,
            count=number(count),
        )
        if on
        else ngettext(
            "%(whose)s: own rules are off, only the server's count.",
            "%(whose)s: the rules of %(count)s domains are off, only the server's count.",
            count,
            whose=whose,
            count=number(count),
        )
    )
    tell(said, undo=told.audit if count <= MOST_UNDONE else ())
    for line in told.lines:
        tell(line, "warn")

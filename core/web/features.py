"""Whether the licence and the server have a feature, as the pages and the JSON interface ask."""

from __future__ import annotations

from core.licence.feature import Feature
from core.licence.gate import Answer
from core.panel import Role
from core.web.parts import parts
from core.web.wording import sentences


def is_on(feature: Feature) -> bool:
    """Whether it can be used."""
    return _answer(feature).on


def why_off(feature: Feature) -> str:
    """Why a feature is off, in the visitor's language; "" when it is on."""
    said = _answer(feature)
    return "" if said.on else sentences(said.sentences)


def lacking(role: Role, feature: Feature | None = None) -> Answer | None:
    """The first feature that is off of those that an entry needs; None when all are on.

    Args:
        role: of whoever enters; resellers and customers have pages only where that is (E2, E7).
        feature: what the entry itself needs; None for nothing.
    """
    needed = [] if feature is None else [feature]
    if role is not Role.ADMIN:
        needed.insert(0, Feature.CUSTOMER_PAGES)
    return next((said for said in map(_answer, needed) if not said.on), None)


def _answer(feature: Feature) -> Answer:
    return parts().situation().gate.answer(feature)

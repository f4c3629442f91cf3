"""Whether licence, server and plan have a feature, as the pages and the JSON interface ask."""

from __future__ import annotations

from flask_babel import gettext

from core.licence.feature import Feature
from core.licence.gate import Answer
from core.panel import MailDomain, Role
from core.settings.account import domain_of
from core.settings.scope import SERVER_SCOPE, Scope
from core.web.parts import parts
from core.web.wording import sentences


def is_on(feature: Feature) -> bool:
    """Whether it can be used."""
    return _answer(feature).on


def why_off(feature: Feature) -> str:
    """Why a feature is off, in the visitor's language; "" when it is on."""
    said = _answer(feature)
    return "" if said.on else sentences(said.sentences)


def plan_words(domain: MailDomain) -> str:
    """Why a domain is off by its plan."""
    if domain.plan:
        return str(gettext("The plan “%(plan)s” has Mailward off.", plan=domain.plan))
    return str(gettext("The plan has Mailward off."))


def why_locked(scope: Scope, feature: Feature = Feature.DOMAIN_RULES) -> str:
    """Why nothing more can be set in a scope, "" where it can; the server's own is never locked.

    Args:
        scope: where.
        feature: what the licence must have for it.
    """
    if scope == SERVER_SCOPE:
        return ""
    name = domain_of(scope.name) if scope.level == "mailbox" else scope.name
    domain = parts().directory.all().get(name)
    by_plan = plan_words(domain) if domain is not None and not domain.enabled else ""
    return why_off(feature) or by_plan


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

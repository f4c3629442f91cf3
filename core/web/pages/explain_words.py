"""What a check found, as a sentence in the visitor's language.

The engine's own evidence is English and goes into logs. Where it can be said again from what is
known, it is; otherwise the evidence stands for itself.
"""

from __future__ import annotations

from flask_babel import gettext, ngettext

from core.engine.checks import Opinion
from core.settings.model import Settings
from core.sources.facts import AddressFacts
from core.web.evidence import evidence as said_again
from core.web.wording import country, number
from core.words import Reason


def evidence(opinion: Opinion, facts: AddressFacts, settings: Settings) -> str:
    """What a check found.

    Args:
        opinion: the check's.
        facts: what is known of the address.
        settings: what counts at that stage.
    """
    where = opinion.evidence.removeprefix(f"{facts.address} is in ")
    match opinion.reason:
        case Reason.LOCAL:
            return str(
                gettext(
                    "%(address)s is the server's own, private, or this machine itself.",
                    address=facts.address,
                )
            )
        case Reason.COUNTRY:
            return _country(facts, settings)
        case Reason.COUNTRY_UNKNOWN:
            return str(gettext("Nobody knows the country of %(address)s.", address=facts.address))
        case Reason.EXEMPT_ADDRESS if where != opinion.evidence:
            return str(
                gettext("%(address)s is exempt by: %(entry)s", address=facts.address, entry=where)
            )
        case (
            Reason.NETWORK_CLOUD
            | Reason.NETWORK_ANONYMISER
            | Reason.NETWORK_RELAY
            | Reason.NETWORK_ATTACKER
        ) if where != opinion.evidence:
            return str(gettext("%(address)s is in %(entry)s", address=facts.address, entry=where))
        case Reason.ACCOUNT_STOLEN:
            return said_again(opinion.evidence)
        case Reason.ATTACKER_SEEN:
            return _attacker(opinion.evidence, facts.address)
        case Reason.SEND_LIMIT:
            return _send_limit(settings)
    return opinion.evidence


def _attacker(line: str, address: str) -> str:
    """What an attacker did; a network's is told behind its name."""
    rest = line.removeprefix(f"{address} ")
    inside, _, what = rest.removeprefix("is in ").partition(": ")
    if not rest.startswith("is in ") or not what:
        return f"{address}: {said_again(rest)}" if rest != line else line
    return f"{address} ({inside}): {said_again(what)}"


def _country(facts: AddressFacts, settings: Settings) -> str:
    first = facts.country or facts.second
    places = country(first)
    if facts.second not in ("", first):
        places = gettext(
            "%(first)s or, by another source, %(second)s",
            first=places,
            second=country(facts.second),
        )
    if settings.country.mode == "allow":
        return str(
            gettext(
                "%(address)s is in %(country)s: not among the allowed countries.",
                address=facts.address,
                country=places,
            )
        )
    return str(
        gettext(
            "%(address)s is in %(country)s: among the refused countries.",
            address=facts.address,
            country=places,
        )
    )


def _send_limit(settings: Settings) -> str:
    limit = settings.send.limit
    return str(
        ngettext(
            "One more mail would be past the limit: %(said)s mail within %(minutes)s minutes.",
            "One more mail would be past the limit: %(said)s mails within %(minutes)s minutes.",
            limit,
            said=number(limit),
            minutes=number(settings.send.seconds / 60),
        )
    )

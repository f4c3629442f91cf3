"""What the country rule says of a country: one function for verdicts and for previews of them.

Knows no addresses: which countries an address is in, and whether that matters, is the check's
business (`core.engine.checks.country`).
"""

from __future__ import annotations

import time

from core.engine.policy import Policy
from core.net.countries import name
from core.settings.model import CountryPass
from core.words import Reason

Ruling = CountryPass | Reason | None
"""The pass that lets a login through, or the reason to refuse it; None when all is well."""


def ruling(policy: Policy, first: str, second: str, wall: float) -> Ruling:
    """What the rule says, whether or not it only watches.

    Args:
        policy: what counts.
        first: the country, "" when it is not known.
        second: the other source's opinion, "" without one.
        wall: seconds since 1970, for passes that end.
    """
    if policy.country_mode == "off":
        return None
    if not first:
        return Reason.COUNTRY_UNKNOWN if policy.unknown_refused else None
    if _is_permitted(policy, first):
        return None
    second = second if policy.second_counts else ""
    if second and _is_permitted(policy, second):
        return None
    if policy.passes:
        for code in (first, second):
            found = policy.passes.get(code)
            if found is not None and found.expires > wall:
                return found
    return Reason.COUNTRY


def describe(found: CountryPass) -> str:
    """A pass in one line: the evidence of a decision."""
    try:
        until = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(found.expires))
    except (ValueError, OverflowError, OSError):
        until = "the end of the calendar"
    note = f" ({found.comment})" if found.comment else ""
    return f"traveller pass for {name(found.country)} until {until}{note}"


def _is_permitted(policy: Policy, code: str) -> bool:
    if code == policy.server_country:
        return True
    return (code in policy.countries) == (policy.country_mode == "allow")

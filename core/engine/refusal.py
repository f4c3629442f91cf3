"""What a refused person reads: one line, with a status code that tells temporary from final."""

from __future__ import annotations

import time
import unicodedata

from core.engine.decide import Decision
from core.engine.policy import Policy
from core.engine.request import Request
from core.net.countries import name
from core.sources.facts import AddressFacts
from core.words import BLOCKED_REASONS, Reason, Verdict

LONGEST = 400
"""Octets of a text: an SMTP reply line holds 512 (RFC 5321 4.5.3.1.5), with the server's part."""


def text(
    decision: Decision, request: Request, facts: AddressFacts, policy: Policy, until: float
) -> str:
    """The refusal's text, without a status code.

    Args:
        decision: what was decided; must be a refusal.
        request, facts, policy: what it was decided about, and by.
        until: when the account's block or the attacker's refusal ends, seconds since 1970; 0
            without one.
    """
    if decision.reason in (Reason.ACCOUNT_STOLEN, Reason.BLOCKED_BY_HAND):
        template = policy.text.blocked
    elif decision.reason in BLOCKED_REASONS:
        template = policy.text.send
    elif decision.reason in (Reason.COUNTRY, Reason.COUNTRY_UNKNOWN):
        template = policy.text.country
    elif decision.reason is Reason.ATTACKER_SEEN:
        template = policy.text.attacker
    else:
        template = policy.text.network
    code = facts.country or facts.second
    line = template.format(
        country=name(code) if code else "an unknown country",
        address=facts.address,
        account=request.account,
        until=time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(until))
        if until
        else "further notice",
        contact=policy.text.contact,
    )
    return _one_line(line)


def status(decision: Decision) -> str:
    """The enhanced status code (RFC 3463): 5.7.1 refused for good, 4.7.1 for now."""
    return "4.7.1" if decision.verdict is Verdict.DEFER else "5.7.1"


def _one_line(line: str) -> str:
    """Whatever stands in an account's name, the wire gets one line of bounded length."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in line)
    return plain.encode("utf-8", "replace")[:LONGEST].decode("utf-8", "ignore")


_GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}
)


def plain(text: str) -> str:
    """ASCII for SMTP replies, which know nothing else without SMTPUTF8 (RFC 6531): é becomes e."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(_GERMAN))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return bare.encode("ascii", "replace").decode("ascii")

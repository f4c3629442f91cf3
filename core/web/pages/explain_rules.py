"""Which rules decide about a client, before the password and after it, and who set them."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext
from msgspec import Struct

from core.desk.setting import value_of
from core.settings.account import domain_of, is_account_or_domain
from core.settings.fields import FIELDS, GROUPS
from core.settings.scope import ADDS_UP, SERVER_SCOPE, Resolved, Scope
from core.web.setting_links import setting_link
from core.web.settings_form_words import place, words
from core.words import Reason

RULES: Final = (
    "connect.enabled",
    "country.mode",
    "country.list",
    "country.watch",
    "country.unknown",
    "country.passes",
    "network.attacker",
    "attack.mode",
    "network.cloud",
    "network.anonymiser",
    "network.relay",
    "exempt.addresses",
    "send.limit",
    "send.seconds",
    "send.watch",
)
"""The settings by which checks decide, in the order in which people look for them."""

SETTING_OF: Final = {
    Reason.EXEMPT_ADDRESS: "exempt.addresses",
    Reason.EXEMPT_ACCOUNT: "exempt.accounts",
    Reason.TRAVELLER_PASS: "country.passes",
    Reason.COUNTRY: "country.list",
    Reason.COUNTRY_UNKNOWN: "country.unknown",
    Reason.NETWORK_CLOUD: "network.cloud",
    Reason.NETWORK_ANONYMISER: "network.anonymiser",
    Reason.NETWORK_RELAY: "network.relay",
    Reason.NETWORK_ATTACKER: "network.attacker",
    Reason.ATTACKER_SEEN: "attack.mode",
    Reason.SEND_LIMIT: "send.limit",
}
"""The setting that decides, by the reason."""


class Rule(Struct, frozen=True):
    """One setting in one scope.

    Attributes:
        value: in words.
        origin: who set it: "the server", "domain example.test", "default".
        is_own: whether somebody has set it.
        link: where it is changed.
    """

    value: str
    origin: str
    is_own: bool
    link: str


class RuleLine(Struct, frozen=True):
    """One setting before the password and after it; None where it does not count."""

    title: str
    before: Rule | None
    after: Rule | None


def scope_of_account(account: str) -> Scope:
    """The scope whose settings count for an account; the server's for one without a domain."""
    known = bool(domain_of(account)) and is_account_or_domain(account)
    return Scope("mailbox", account) if known else SERVER_SCOPE


def rule(rules: Resolved, name: str, scope: Scope) -> Rule:
    """One setting as it counts in a scope."""
    value = value_of(rules.of(scope), name)
    origin = rules.origin(name, scope)
    from_several = name in ADDS_UP and len(value) and scope != SERVER_SCOPE
    said = gettext("all scopes together") if from_several else place(origin)
    return Rule(words(name, value), said, origin is not None, setting_link(name, origin or scope))


def rule_lines(rules: Resolved, account: str) -> list[RuleLine]:
    """The table of the rules.

    Args:
        rules: all settings.
        account: the login name, "" for a client that has not logged in.
    """
    found = []
    scope = scope_of_account(rules.account(account))
    for name in RULES:
        is_send = name.startswith("send.")
        before = None if is_send else rule(rules, name, SERVER_SCOPE)
        has_after = bool(account) and name != "connect.enabled"
        after = rule(rules, name, scope) if has_after else None
        if before or after:
            found.append(RuleLine(_title(name), before, after))
    return found


def _title(name: str) -> str:
    title = str(gettext(FIELDS[name].title))
    if not name.endswith(".watch"):
        return title
    group = gettext(GROUPS[FIELDS[name].group].title)
    return f"{group}: {title}"

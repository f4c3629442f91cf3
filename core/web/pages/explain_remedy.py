"""What would help somebody who is refused, and what would keep out somebody who is not.

Only what really changes the answer: where the server refuses before the password, no rule of a
domain or mailbox is offered.
"""

from __future__ import annotations

from typing import Final

from flask import url_for
from flask_babel import gettext
from msgspec import Struct

from core.engine.explain import Explanation, StagePath
from core.labels import NETWORK_KINDS
from core.settings.account import domain_of
from core.web.setting_links import setting_link
from core.web.wording import country
from core.words import BLOCKED_REASONS, Reason, Stage, Verdict


class Remedy(Struct, frozen=True):
    """One thing that can be done.

    Attributes:
        title: as a link has it.
        about: when it is right, and what comes with it.
        href: the page where it is done, with everything filled in.
        icon: its name in the icon set.
    """

    title: str
    about: str
    href: str
    icon: str


_NETWORKS: Final = {
    Reason.NETWORK_CLOUD: "network.cloud",
    Reason.NETWORK_ANONYMISER: "network.anonymiser",
    Reason.NETWORK_RELAY: "network.relay",
    Reason.NETWORK_ATTACKER: "network.attacker",
    Reason.ATTACKER_SEEN: "attack.mode",
}

_COUNTRIES: Final = frozenset({Reason.COUNTRY, Reason.COUNTRY_UNKNOWN})


def remedies(explanation: Explanation) -> list[Remedy]:
    """What can be done about an answer, the narrowest first."""
    for path in explanation.stages:
        if path.decision.verdict is not Verdict.ALLOW:
            return _against(explanation, path)
    suspicious = [_close(explanation.account)] if explanation.signals else []
    return suspicious + _for_refusing(explanation)


def _against(explanation: Explanation, path: StagePath) -> list[Remedy]:
    reason = path.decision.reason
    if reason in BLOCKED_REASONS:
        return _against_block(explanation.account, reason)
    found = []
    if reason is Reason.ATTACKER_SEEN:
        found.append(_let_pass(explanation))
    is_after = path.stage is not Stage.CONNECT and bool(domain_of(explanation.account))
    if reason in _COUNTRIES:
        found += _against_country(explanation, reason, is_after)
    found.append(_exempt(explanation, is_after))
    if reason in _NETWORKS:
        found.append(_only_watch(reason))
    return found


def _only_watch(reason: Reason) -> Remedy:
    title = gettext("Only watch this kind of network")
    about = gettext("Everybody in such networks may log in then; the log says who does.")
    if reason is Reason.ATTACKER_SEEN:
        title = gettext("Only watch attackers seen here")
        about = gettext("Whoever guesses passwords may go on then; the log says who does.")
    return Remedy(title, about, setting_link(_NETWORKS[reason]), "eye")


def _against_country(explanation: Explanation, reason: Reason, is_after: bool) -> list[Remedy]:
    if reason is Reason.COUNTRY_UNKNOWN:
        return [
            Remedy(
                gettext("Let unknown countries pass"),
                gettext("Few addresses have no country; most of them are new."),
                setting_link("country.unknown"),
                "question-circle",
            )
        ]
    code = explanation.facts.country or explanation.facts.second
    found = []
    if domain_of(explanation.account):
        found.append(_pass(explanation, code, is_after))
    found.append(
        Remedy(
            gettext("Allow %(country)s", country=country(code)),
            gettext(
                "For everybody on this server. A preview shows who was refused from there in the "
                "last 30 days."
            ),
            url_for("countries.show", allow=code),
            "globe2",
        )
    )
    return found


def _pass(explanation: Explanation, code: str, is_after: bool) -> Remedy:
    about = gettext(
        "%(account)s may log in from %(country)s until a day; then it closes by itself.",
        account=explanation.account,
        country=country(code),
    )
    if not is_after:
        about += " " + gettext(
            "Before the password the country has to be open for everybody as long: the form has a "
            "tick for that."
        )
    return Remedy(
        gettext("Issue a traveller pass"),
        about,
        url_for(
            "travellers.show",
            account=explanation.account,
            country=code,
            address=explanation.address,
            server=None if is_after else "1",
        ),
        "airplane",
    )


def _exempt(explanation: Explanation, is_after: bool) -> Remedy:
    about = gettext("For an office or a server whose address stays the same.")
    if not is_after:
        about += " " + gettext(
            "For the whole server: before the password, nobody knows yet which account is wanted."
        )
    return Remedy(
        gettext("Exempt %(address)s", address=explanation.address),
        about,
        url_for(
            "exemptions.show",
            entry=explanation.address,
            account=explanation.account if is_after else None,
            scope="mailbox" if is_after else None,
        ),
        "person-check",
    )


def _let_pass(explanation: Explanation) -> Remedy:
    return Remedy(
        gettext("Let %(address)s pass again", address=explanation.address),
        gettext("Shows what was tried from there, and ends the refusal."),
        url_for("attackers.show", address=explanation.address),
        "unlock",
    )


def _against_block(account: str, reason: Reason) -> list[Remedy]:
    release = Remedy(
        gettext("Release the account"),
        gettext("Change its password first: somebody else may know it."),
        url_for("limits.show", q=account),
        "unlock",
    )
    if reason is Reason.BLOCKED_BY_HAND:
        return [release]
    if reason is Reason.ACCOUNT_STOLEN:
        return [_close(account), release]
    return [
        release,
        Remedy(
            gettext("Exempt %(account)s from the limit", account=account),
            gettext("For a newsletter that has to send this much."),
            url_for("exemptions.show", entry=account, list="send"),
            "person-check",
        ),
        Remedy(
            gettext("Raise the limit"),
            gettext("For everybody, or for one domain or mailbox alone."),
            setting_link("send.limit"),
            "send-check",
        ),
    ]


def _close(account: str) -> Remedy:
    return Remedy(
        gettext("Say what was seen of %(account)s", account=account),
        gettext("That it was the owner, or that it has been dealt with: that ends the block, too."),
        url_for("stolen.show", account=account),
        "person-check",
    )


def _for_refusing(explanation: Explanation) -> list[Remedy]:
    """Somebody is let in and perhaps should not be."""
    facts = explanation.facts
    if facts.local or not facts.version:
        return []
    found = [
        Remedy(
            gettext("Have %(kind)s refused", kind=gettext(NETWORK_KINDS[kind])),
            gettext("Networks of this kind are let pass now, or the address is exempt."),
            setting_link(f"network.{kind}"),
            "shield-lock",
        )
        for kind in dict.fromkeys(hit.kind for hit in facts.hits)
    ]
    code = facts.country or facts.second
    if code:
        found.append(
            Remedy(
                gettext("Refuse %(country)s", country=country(code)),
                gettext("A preview shows who would have been refused in the last 30 days."),
                url_for("countries.show", refuse=code),
                "globe2",
            )
        )
    return found

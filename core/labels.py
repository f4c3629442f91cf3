"""What people call the words of the domain, in English, marked for translation.

The words themselves (`core.words`) are written into logs and the store and never change; these
texts may. Nothing is translated here: whoever shows a text does that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from core.words import N_, NetworkKind, Reason, Service, SignalKind, Stage, Verdict, Word

STAGES: Final[Mapping[Stage, str]] = {
    Stage.CONNECT: N_("before the password"),
    Stage.AUTH: N_("after the password"),
    Stage.SEND: N_("sending"),
}

STAGE_EXPLANATIONS: Final[Mapping[Stage, str]] = {
    Stage.CONNECT: N_(
        "A client connects; the account is not known yet, so only the server's settings count."
    ),
    Stage.AUTH: N_("The password was right; the settings of the domain and the mailbox count."),
    Stage.SEND: N_("The account wants to send one more mail."),
}

SERVICES: Final[Mapping[Service, str]] = {
    Service.SUBMISSION: N_("Submission (587)"),
    Service.SMTPS: N_("Submission with TLS (465)"),
    Service.SMTP: N_("SMTP (25)"),
    Service.IMAP: N_("IMAP (143)"),
    Service.IMAPS: N_("IMAP with TLS (993)"),
    Service.POP3: N_("POP3 (110)"),
    Service.POP3S: N_("POP3 with TLS (995)"),
    Service.LOCAL: N_("script on the server"),
    Service.UNKNOWN: N_("unknown service"),
}

VERDICTS: Final[Mapping[Verdict, str]] = {
    Verdict.ALLOW: N_("allowed"),
    Verdict.DENY: N_("refused"),
    Verdict.DEFER: N_("refused for now"),
}

NETWORK_KINDS: Final[Mapping[NetworkKind, str]] = {
    NetworkKind.CLOUD: N_("hosting or cloud network"),
    NetworkKind.ANONYMISER: N_("VPN or Tor"),
    NetworkKind.RELAY: N_("Google or Microsoft on behalf of a person"),
    NetworkKind.ATTACKER: N_("known attacker"),
}

REASONS: Final[Mapping[Reason, str]] = {
    Reason.NOTHING_AGAINST: N_("nothing against it"),
    Reason.LOCAL: N_("local address"),
    Reason.EXEMPT_ADDRESS: N_("exempt address"),
    Reason.EXEMPT_ACCOUNT: N_("exempt account"),
    Reason.TRAVELLER_PASS: N_("traveller pass"),
    Reason.COUNTRY: N_("country not allowed"),
    Reason.COUNTRY_UNKNOWN: N_("unknown country"),
    Reason.NETWORK_CLOUD: N_("hosting or cloud network"),
    Reason.NETWORK_ANONYMISER: N_("VPN or Tor"),
    Reason.NETWORK_RELAY: N_("Google's or Microsoft's servers"),
    Reason.NETWORK_ATTACKER: N_("known attacker"),
    Reason.ATTACKER_SEEN: N_("attacked this server"),
    Reason.SEND_LIMIT: N_("sent too many mails"),
    Reason.ACCOUNT_BLOCKED: N_("blocked from sending"),
    Reason.ACCOUNT_STOLEN: N_("probably stolen"),
    Reason.BLOCKED_BY_HAND: N_("blocked by hand"),
    Reason.LOGIN_OK: N_("logged in"),
    Reason.LOGIN_FAILED: N_("wrong password"),
    Reason.FAULT: N_("fault in Mailward"),
}

EXPLANATIONS: Final[Mapping[Reason, str]] = {
    Reason.NOTHING_AGAINST: N_("Allowed because no check had anything against it."),
    Reason.LOCAL: N_(
        "Allowed because the address is the server's own, private, or this machine itself."
    ),
    Reason.EXEMPT_ADDRESS: N_(
        "Allowed because the address is in a list of exempt addresses; to check it again, remove "
        "the entry."
    ),
    Reason.EXEMPT_ACCOUNT: N_(
        "Allowed because the account or its domain is exempt; to check it again, remove the entry."
    ),
    Reason.TRAVELLER_PASS: N_(
        "Allowed because a traveller pass opens this country for the account until a date; it "
        "ends by itself, or remove it."
    ),
    Reason.COUNTRY: N_(
        "Refused because logins from this country are not allowed; for a person who travels, issue "
        "a traveller pass, for an office or a server, exempt its address."
    ),
    Reason.COUNTRY_UNKNOWN: N_(
        "Refused because nobody knows the country of the address; exempt the address, or let "
        "unknown countries pass."
    ),
    Reason.NETWORK_CLOUD: N_(
        "Refused because the address belongs to a hosting or cloud network; if a web shop or "
        "another server sends through this mailbox, exempt its address."
    ),
    Reason.NETWORK_ANONYMISER: N_(
        "Refused because the address belongs to a VPN service or Tor; switch the VPN off for mail, "
        "or exempt the address."
    ),
    Reason.NETWORK_RELAY: N_(
        "Refused because Google or Microsoft logs in on behalf of a person, and such logins are "
        "switched off; let them pass, or log in directly."
    ),
    Reason.NETWORK_ATTACKER: N_(
        "Refused because the network is known for attacks; if you know who it is, exempt the "
        "address."
    ),
    Reason.ATTACKER_SEEN: N_(
        "Refused because this address, or its network, tried to guess passwords on this server; it "
        "ends by itself, or remove it from the attackers."
    ),
    Reason.SEND_LIMIT: N_(
        "Blocked because the account sent more mails than are permitted; change its password, then "
        "release it. A newsletter's account can be exempted from the limit."
    ),
    Reason.ACCOUNT_BLOCKED: N_(
        "Refused because the account is blocked from sending after too many mails; change its "
        "password, then release it, or wait until the block ends."
    ),
    Reason.ACCOUNT_STOLEN: N_(
        "Blocked because the account was used as a stolen one is; change its password, then "
        "release it. If it was its owner, release it."
    ),
    Reason.BLOCKED_BY_HAND: N_(
        "Blocked because somebody who may do so blocked the account from sending; release it when "
        "its password is changed."
    ),
    Reason.LOGIN_OK: N_("The password was right and the login went through."),
    Reason.LOGIN_FAILED: N_(
        "The password was wrong or the account does not exist; many of these from one address are "
        "somebody guessing."
    ),
    Reason.FAULT: N_(
        "Allowed because something in Mailward failed, and its own faults refuse nobody; look at "
        "the system page."
    ),
}
"""One sentence on why, and what to do about it."""

SIGNALS: Final[Mapping[SignalKind, str]] = {
    SignalKind.COUNTRIES: N_("logins from many countries"),
    SignalKind.NETWORKS: N_("logins from many networks"),
    SignalKind.TRAVEL: N_("impossible journey"),
    SignalKind.NEW_COUNTRY: N_("first login from a country"),
    SignalKind.NEW_NETWORK: N_("first login from a hosting or VPN network"),
    SignalKind.PASSWORD_KNOWN: N_("right password, refused login"),
    SignalKind.VOLUME: N_("far more mails than usual"),
    SignalKind.RECIPIENTS: N_("far more recipients than usual"),
    SignalKind.FAILED_RECIPIENTS: N_("many refused recipients"),
}

CHECKS: Final[Mapping[str, str]] = {
    "exempt": N_("Exemptions"),
    "blocked_account": N_("Blocked accounts"),
    "attacker": N_("Known attackers"),
    "network": N_("Kinds of network"),
    "country": N_("Countries"),
    "send_window": N_("Sending limit"),
}
"""What the engine's checks are called, by the name in an event."""

LEVELS: Final[Mapping[str, str]] = {
    "server": N_("whole server"),
    "domain": N_("domain"),
    "mailbox": N_("mailbox"),
}
"""Where a setting is set, by `core.settings.about.Level`."""

UNITS: Final[Mapping[str, str]] = {
    "": "",
    "seconds": N_("seconds"),
    "hours": N_("hours"),
    "days": N_("days"),
    "mails": N_("mails"),
    "hour": N_("o'clock"),
    "countries": N_("countries"),
    "networks": N_("networks"),
    "accounts": N_("accounts"),
    "passwords": N_("passwords"),
    "addresses": N_("addresses"),
    "refusals": N_("refusals"),
    "km/h": N_("km/h"),
    "times": N_("times as much"),
    "percent": N_("percent"),
}
"""What a setting's number counts, by `core.settings.about.Unit`."""

LABELS: Final[Mapping[type[Word], Mapping[Any, str]]] = {
    Stage: STAGES,
    Service: SERVICES,
    Verdict: VERDICTS,
    NetworkKind: NETWORK_KINDS,
    Reason: REASONS,
    SignalKind: SIGNALS,
}
"""By kind of word: some words of different kinds have the same text, and are then equal."""


def label(word: str) -> str:
    """What people call a word; a word that only another version knows stands for itself."""
    return LABELS[type(word)].get(word, str(word)) if isinstance(word, Word) else word

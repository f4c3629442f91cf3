"""The words of the domain that every room shares: stages, services, verdicts, reasons.

Holds names only; `core.labels` says what people call them. Their string values are written into
logs, the store and the JSON interface, so they never change once released.
"""

from __future__ import annotations

from enum import StrEnum


class Word(StrEnum):
    """A word that hashes like its text: `Enum.__hash__` is Python code, too slow for every mail."""

    __hash__ = str.__hash__


def N_(text: str) -> str:  # noqa: N802  the name by which gettext's tools find such texts
    """Mark a text that people read, so that it is collected for translation; changes nothing.

    Rooms below the pages hold English only. Whoever shows the text translates it.
    """
    return text


class Stage(Word):
    """The moment at which a question is asked."""

    CONNECT = "connect"
    AUTH = "auth"
    SEND = "send"


class Service(Word):
    """What the client talks to."""

    SUBMISSION = "submission"
    SMTPS = "smtps"
    SMTP = "smtp"
    IMAP = "imap"
    IMAPS = "imaps"
    POP3 = "pop3"
    POP3S = "pop3s"
    LOCAL = "local"
    UNKNOWN = "unknown"


SERVICE_OF_PORT = {
    25: Service.SMTP,
    110: Service.POP3,
    143: Service.IMAP,
    465: Service.SMTPS,
    587: Service.SUBMISSION,
    993: Service.IMAPS,
    995: Service.POP3S,
}
"""Well-known port of each service (IANA service name registry)."""

SUBMISSION_SERVICES = frozenset({Service.SUBMISSION, Service.SMTPS})
"""Services that only people who will log in connect to; port 25 also carries everybody's mail."""


class Verdict(Word):
    """The answer to a question."""

    ALLOW = "allow"
    DENY = "deny"
    DEFER = "defer"


class Reason(Word):
    """Why a verdict fell: stable codes for logs, searches and integrators."""

    NOTHING_AGAINST = "nothing_against"
    LOCAL = "local"
    EXEMPT_ADDRESS = "exempt_address"
    EXEMPT_ACCOUNT = "exempt_account"
    TRAVELLER_PASS = "traveller_pass"  # noqa: S105  it opens a country, not an account
    COUNTRY = "country"
    COUNTRY_UNKNOWN = "country_unknown"
    NETWORK_CLOUD = "network_cloud"
    NETWORK_ANONYMISER = "network_anonymiser"
    NETWORK_RELAY = "network_relay"
    NETWORK_ATTACKER = "network_attacker"
    ATTACKER_SEEN = "attacker_seen"
    SEND_LIMIT = "send_limit"
    ACCOUNT_BLOCKED = "account_blocked"
    ACCOUNT_STOLEN = "account_stolen"
    BLOCKED_BY_HAND = "blocked_by_hand"
    LOGIN_OK = "login_ok"
    LOGIN_FAILED = "login_failed"
    FAULT = "fault"


BLOCKED_REASONS = frozenset(
    {
        Reason.SEND_LIMIT,
        Reason.ACCOUNT_BLOCKED,
        Reason.ACCOUNT_STOLEN,
        Reason.BLOCKED_BY_HAND,
    }
)
"""Why an account is refused that is blocked, or that is blocked at this moment."""


class NetworkKind(Word):
    """What a network is used for, as far as that matters to a login."""

    CLOUD = "cloud"
    ANONYMISER = "anonymiser"
    RELAY = "relay"
    ATTACKER = "attacker"


class SignalKind(Word):
    """What makes an account look stolen."""

    COUNTRIES = "countries"
    NETWORKS = "networks"
    TRAVEL = "travel"
    NEW_COUNTRY = "new_country"
    NEW_NETWORK = "new_network"
    PASSWORD_KNOWN = "password_known"  # noqa: S105  it is a kind of signal
    VOLUME = "volume"
    RECIPIENTS = "recipients"
    FAILED_RECIPIENTS = "failed_recipients"

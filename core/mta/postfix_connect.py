"""Asking before the login: what a submission service needs, so that nothing else changes for it.

Postfix asks at the connection only with `smtpd_delay_reject=no` (facts/mta_hooks.md 2, findings 2
and 3), and then evaluates every list at its own moment: clients before the login, HELO before the
login, senders at MAIL. A list that counted on the login having happened must move to a later
moment; where no later moment has exactly the same effect the service is left alone, with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from core.mta.master_cf import Service
from core.mta.postfix_config import PostfixConfig
from core.mta.restrictions import (
    LOGIN,
    Restriction,
    before_login,
    ends,
    leading_permits,
    permits,
    refuses,
    render,
    wants_login,
)
from core.words import SERVICE_OF_PORT, SUBMISSION_SERVICES

CLIENT, HELO, SENDER, RELAY, RECIPIENT = (
    f"smtpd_{moment}_restrictions" for moment in ("client", "helo", "sender", "relay", "recipient")
)
DELAY = "smtpd_delay_reject"

_PORTS = {str(port) for port, service in SERVICE_OF_PORT.items() if service in SUBMISSION_SERVICES}
_NAMES = {"submission", "smtps", "submissions", "ssmtp"} | _PORTS


class LeftAloneError(Exception):
    """A service cannot be asked about before the login without changing what it does."""


@dataclass
class Guard:
    """What a service's own options become.

    Attributes:
        ask: the client list begins with our question.
        options: parameter -> value, where blanks and `$` names are still as they were.
        notes: what moves, for people.
    """

    options: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def candidates(config: PostfixConfig) -> list[Service]:
    """The services that only people who will log in connect to.

    That is an smtpd with SASL whose port is 587 or 465, that speaks TLS from the start, or whose
    own options refuse everybody without a login, on whatever port.
    """
    return [service for service in config.services if _is_submission(config, service)]


def takes_logins(config: PostfixConfig, service: Service) -> bool:
    """Whether a service is an SMTP server that offers AUTH."""
    return is_smtpd(service) and config.enabled("smtpd_sasl_auth_enable", service)


def is_smtpd(service: Service) -> bool:
    """Whether a service is an SMTP server for clients from outside."""
    return service.type in {"inet", "pass"} and service.command.rpartition("/")[2] == "smtpd"


def _is_submission(config: PostfixConfig, service: Service) -> bool:
    if service.type != "inet" or not takes_logins(config, service):
        return False
    if service.port_name in _NAMES or config.enabled("smtpd_tls_wrappermode", service):
        return True
    lists = [each for each in (CLIENT, RELAY, RECIPIENT) if each in service.options]
    return any(wants_login(config.entries(each, service)) for each in lists)


def guard(config: PostfixConfig, service: Service, question: str) -> Guard:
    """What `service` needs so that `question` is asked before the login.

    Raises:
        LeftAloneError: it cannot be done without changing what the service does; the text says why.
    """
    found = Guard()
    client = config.entries(CLIENT, service)
    written = config.raw(CLIENT, service)
    if not config.enabled(DELAY, service):
        # Its lists already work at their own moments.
        found.options[CLIENT] = _joined(question, written)
        return found
    found.options[DELAY] = "no"
    _check_sender(found, config.entries(SENDER, service))
    _move_helo(found, config.entries(HELO, service))
    if all(entry.needs_client_only for entry in client):
        found.options[CLIENT] = _joined(question, written)
        return found
    found.options[CLIENT] = question
    if refuses(client):
        _move_client(found, config, service)
    return found


def _check_sender(found: Guard, sender: tuple[Restriction, ...]) -> None:
    """Senders are looked at in MAIL then, after the login but before the first recipient."""
    lost = [entry.name for entry in sender if entry.needs_recipient and not entry.warns]
    if lost:
        raise LeftAloneError(
            f"{lost[0]} in {SENDER} would lose its effect; move it to {RECIPIENT} first"
        )
    if any(entry.name == "check_policy_service" for entry in sender):
        found.notes.append(f"the policy service in {SENDER} is asked in MAIL, without a recipient")


def _move_helo(found: Guard, helo: tuple[Restriction, ...]) -> None:
    """HELO is looked at before the login then: keep what applies to those who will log in."""
    kept = before_login(helo)
    lost = [entry.name for entry in kept if entry.needs_recipient and not entry.warns]
    if lost:
        raise LeftAloneError(
            f"{lost[0]} in {HELO} would lose its effect; move it to {RECIPIENT} first"
        )
    if len(kept) < len(helo) and refuses(helo):
        found.options[HELO] = render(kept)
        found.notes.append(f"what stands behind {LOGIN} in {HELO} never applied to a login")


def _move_client(found: Guard, config: PostfixConfig, service: Service) -> None:
    """Give the old client list, as a whole, the first later moment with exactly its effect."""
    client, written = config.entries(CLIENT, service), config.raw(CLIENT, service)
    for name in (RELAY, RECIPIENT):
        if config.entries(name, service) == client:
            found.notes.append(f"its {CLIENT} stand in {name} already and are not needed twice")
            return
    recipient = config.entries(RECIPIENT, service)
    # A permit skips what stands behind it: right only where that would be skipped anyway.
    if not recipient or permits(client) <= leading_permits(recipient):
        rest = "" if ends(client) else config.raw(RECIPIENT, service)
        found.options[RECIPIENT] = _joined(written, rest)
        found.notes.append(f"its {CLIENT} ({written}) move to {RECIPIENT}, behind the login")
        return
    sender = config.entries(SENDER, service)
    if not permits(sender) and not any(_unknown_in_mail(entry) for entry in client):
        found.options[SENDER] = _joined(config.raw(SENDER, service), written)
        found.notes.append(f"its {CLIENT} ({written}) move to {SENDER}, behind the login")
        return
    raise LeftAloneError(
        f"its {CLIENT} ({written}) count on a login and fit in no later list as they are"
    )


def _unknown_in_mail(entry: Restriction) -> bool:
    known = entry.needs_client_only or entry.name == LOGIN
    return entry.needs_recipient or not known


def _joined(*values: str) -> str:
    return ",".join(value for value in values if value.strip())

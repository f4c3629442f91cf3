"""Postfix's other policy services, told apart by their names and ports; Zimbra's, too.

Postfix asks each of them in the order of its lists (SMTPD_POLICY_README), so several get on well,
unless two of them limit the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from core.mta.neighbours.finding import Finding, Site, Weight
from core.mta.postfix_syntax import logical_lines, one_line
from core.words import N_

CONFIGURATIONS: Final = ("/etc/postfix", "/opt/zimbra/common/conf")
"""Folders with a main.cf and a master.cf; the second is Zimbra's (facts/zimbra.md)."""

_LIMITS: Final = N_(
    "It can limit how much accounts send, too: the stricter of the two decides, and only its own "
    "log says so."
)
_LIMITS_ADVICE: Final = N_(
    "Let one of them limit accounts: switch its quotas off, or let Mailward's limit only watch "
    "(send.watch)."
)
_INCOMING: Final = N_("It looks at mail that comes in; Mailward at logins and mail that goes out.")
_LEAVE: Final = N_("Leave it as it is.")
_UNKNOWN: Final = N_("Nobody here knows what it does; it may refuse people whom Mailward lets in.")
_UNKNOWN_ADVICE: Final = N_("Look whether it counts mails or logins. If it does, let one do it.")


class _Known(NamedTuple):
    """A program, and the pattern of what it is called or where it listens."""

    name: str
    pattern: str
    limits: bool


_PROGRAMS: Final = tuple(
    _Known(name, pattern, limits)
    for name, pattern, limits in (
        ("cbpolicyd (PolicyD)", r"cbpolicyd|policyd-cluebringer|cluebringer|:10031\b", True),
        ("postfwd", r"postfwd|:1004[05]\b", True),
        ("iRedAPD", r"iredapd|:777[78]\b", True),
        ("mtpolicyd", r"mtpolicyd|:12345\b", True),
        ("policyd-rate-limit", r"policyd-rate-limit|ratelimit", True),
        ("policyd-weight", r"policyd-weight|:12525\b", False),
        ("an SPF checker", r"spf", False),
        ("Postgrey", r"postgrey|:10023\b", False),
        ("another greylisting", r"gr[ae]ylist|milter-greylist|sqlgrey|gld|:2501\b|:2525\b", False),
        ("Dovecot's quota-status", r"dovecot|quota|:1234\b|:12340\b", False),
        ("Zimbra's policy service", r"zmpostfixpolicyd", False),
    )
)


def look(site: Site) -> Iterator[Finding]:
    """Each policy service that is not ours, once."""
    for folder in CONFIGURATIONS:
        master = site.text(f"{folder}/master.cf")
        seen: set[str] = set()
        main = site.text(f"{folder}/main.cf")
        for name, text in ((f"{folder}/main.cf", main), (f"{folder}/master.cf", master)):
            for endpoint in _endpoints(text):
                if endpoint in seen or "mailward" in endpoint:
                    continue
                seen.add(endpoint)
                yield _finding(endpoint, _behind(endpoint, master), name)


def _endpoints(text: str) -> Iterator[str]:
    """What `check_policy_service` is given: ``inet:host:port``, ``unix:path``, ``{ inet:...}``."""
    for line in logical_lines(text):
        written = one_line(text, line.pieces)
        for found in re.finditer(r"check_policy_service[\s,]+(\{[^}]*\}|[^\s,]+)", written):
            words = found[1].strip("{} ").replace(",", " ").split()
            if words:
                yield words[0]


def _behind(endpoint: str, master: str) -> str:
    """The line of master.cf that starts it, where Postfix does."""
    name = endpoint.rpartition("/")[2]
    for line in logical_lines(master):
        written = one_line(master, line.pieces)
        if written.split()[0].rpartition("/")[2] == name and "spawn" in written.split():
            return written
    return ""


def _finding(endpoint: str, line: str, where: str) -> Finding:
    said = f"{endpoint} {line}".lower()
    for known in _PROGRAMS:
        if re.search(known.pattern, said):
            return Finding(
                known.name,
                f"check_policy_service {endpoint}",
                where,
                Weight.OVERLAPS if known.limits else Weight.BESIDE,
                _LIMITS if known.limits else _INCOMING,
                _LIMITS_ADVICE if known.limits else _LEAVE,
            )
    return Finding(
        "another policy service",
        f"check_policy_service {endpoint}",
        where,
        Weight.OVERLAPS,
        _UNKNOWN,
        _UNKNOWN_ADVICE,
    )

"""ConfigServer Firewall and its daemon lfd: csf.conf (facts/features.md 10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from core.mta.neighbours.finding import Finding, Site, Weight, assignments, number
from core.words import N_

PROGRAM: Final = "CSF"
FILE: Final = "/etc/csf/csf.conf"
DISABLED: Final = "/etc/csf/csf.disable"
"""Made by `csf -x`."""

_FAILURES: Final = ("LF_SMTPAUTH", "LF_POP3D", "LF_IMAPD")
_TRACKING: Final = ("LT_POP3D", "LT_IMAPD")
_RELAY: Final = (
    "RT_RELAY",
    "RT_AUTHRELAY",
    "RT_POPRELAY",
    "RT_LOCALRELAY",
    "RT_LOCALHOSTRELAY",
)
_FLOODS: Final = ("PORTFLOOD", "CONNLIMIT")
_PORTS: Final = frozenset({"25", "110", "143", "465", "587", "993", "995"})


def look(site: Site) -> Iterator[Finding]:
    """What CSF does to people who log in or send."""
    if site.has(DISABLED):
        return
    values = assignments(site.text(FILE))
    yield from _authentication(values)
    yield from _failures(values)
    yield from _limits(values)


def _shown(values: dict[str, str], *names: str) -> str:
    return ", ".join(f'{name} = "{values.get(name, "")}"' for name in names)


def _authentication(values: dict[str, str]) -> Iterator[Finding]:
    if values.get("SMTPAUTH_RESTRICT", "0") in ("", "0"):
        return
    names = ["SMTPAUTH_RESTRICT"]
    if values.get("CC_ALLOW_SMTPAUTH"):
        names.append("CC_ALLOW_SMTPAUTH")
    yield Finding(
        PROGRAM,
        _shown(values, *names),
        FILE,
        Weight.COLLIDES,
        N_(
            "Exim hides AUTH from other countries before Mailward is asked: people there cannot "
            "log in, no log says why, and no exemption or traveller pass helps them."
        ),
        N_(
            "Put the countries into country.list, set SMTPAUTH_RESTRICT to 0, take the lines out "
            "of Exim's configuration that CSF's readme.txt asked for, and run `csf -ra`."
        ),
    )


def _failures(values: dict[str, str]) -> Iterator[Finding]:
    counted = [name for name in _FAILURES if number(values.get(name, ""))]
    if counted:
        yield Finding(
            PROGRAM,
            _shown(values, *counted),
            FILE,
            Weight.OVERLAPS,
            N_(
                "It counts failed logins of an address: one phone with an old password shuts out "
                "an office, and an attacker with many addresses none of them."
            ),
            N_(
                "Set them to 0 or, to keep a coarse net, to 50 or more; Mailward counts accounts "
                "and passwords instead, and can ban by CSF (docs/bans.md)."
            ),
        )
    spread = [name for name in ("LF_DISTSMTP",) if number(values.get(name, ""))]
    spread += [name for name in _TRACKING if number(values.get(name, ""))]
    if spread:
        yield Finding(
            PROGRAM,
            _shown(values, *spread),
            FILE,
            Weight.OVERLAPS,
            N_(
                "It blocks addresses for logins of one account from several places, or too often: "
                "people with several devices are such an account."
            ),
            N_("Set them to 0; Mailward's `stolen` settings look at countries and distances."),
        )


def _limits(values: dict[str, str]) -> Iterator[Finding]:
    blocking = [
        name for name in _RELAY if number(values.get(f"{name}_BLOCK", "")) and _limit(values, name)
    ]
    if blocking:
        yield Finding(
            PROGRAM,
            _shown(values, *(f"{name}_LIMIT" for name in blocking)),
            FILE,
            Weight.OVERLAPS,
            N_(
                "It blocks the address from which many mails are sent in an hour: the whole office "
                "of somebody who sends a newsletter."
            ),
            N_("Set the matching _BLOCK to 0; Mailward limits the account (send.limit)."),
        )
    floods = [name for name in _FLOODS if _mail_ports(values.get(name, ""))]
    if floods:
        yield Finding(
            PROGRAM,
            _shown(values, *floods),
            FILE,
            Weight.OVERLAPS,
            N_(
                "The firewall drops connections to mail ports when there are many of one address, "
                "as of an office or of a mobile network; no log of the mail server says so."
            ),
            N_("Leave the mail ports out, or let many more connections pass."),
        )
    if number(values.get("SMTP_BLOCK", "")):
        yield Finding(
            PROGRAM,
            _shown(values, "SMTP_BLOCK"),
            FILE,
            Weight.BESIDE,
            N_("It keeps scripts from sending past the mail server, which Mailward cannot."),
            N_("Leave it on."),
        )


def _limit(values: dict[str, str], name: str) -> int:
    return number(values.get(f"{name}_LIMIT", ""))


def _mail_ports(value: str) -> list[str]:
    """Ports of mail in ``22;tcp;5;300,587;tcp;20;5``, and in ``22;5,587;20``."""
    rules = (re.split(r"[;:]", each.strip()) for each in value.split(","))
    return [rule[0] for rule in rules if rule[0] in _PORTS]

"""Postfix restriction lists: what an entry may do, and at which moment it can do it.

Needed because asking before the login (`smtpd_delay_reject=no`) moves every list to its own moment:
`permit_sasl_authenticated` never holds before the login, and a recipient is not known at MAIL.
Source: postconf(5), the smtpd_*_restrictions parameters; SMTPD_ACCESS_README, "Delayed evaluation".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.mta.postfix_syntax import split

LOGIN = "permit_sasl_authenticated"

_WITH_ARGUMENT = re.compile(
    r"check_\w+_access|check_policy_service|reject_rbl_client|reject_rhsbl_\w+"
    r"|permit_dnswl_client|permit_rhswl_client|sleep"
)
_CLIENT_ONLY = re.compile(
    r"permit_mynetworks|permit_inet_interfaces|permit_dnswl_client|permit_rhswl_client"
    r"|reject_unknown(_reverse)?_client(_hostname)?|reject_rbl_client"
    r"|reject_rhsbl(_reverse)?_client|check_client_(a_|mx_|ns_)?access"
    r"|check_reverse_client_hostname(_a|_mx|_ns)?_access|sleep|permit|reject|defer"
)
_RECIPIENT = re.compile(
    r"check_recipient_\w*access|\w+_recipient(_domain)?|reject_rhsbl_recipient|permit_mx_backup"
    r"|permit_auth_destination|(reject|defer)_unauth_destination|reject_multi_recipient_bounce"
)
_REJECTS = re.compile(r"reject\w*|defer(?!_if_permit|_if_reject)\w*")
_PLAIN_PERMITS = re.compile(r"permit\w*")
_HARMLESS = re.compile(r"sleep")


@dataclass(frozen=True)
class Restriction:
    """One entry of a list.

    Attributes:
        name: `permit_mynetworks`, `check_policy_service`, or a restriction class.
        argument: what follows it, "" for most.
        warns: `warn_if_reject` stands before it: it only logs.
    """

    name: str
    argument: str = ""
    warns: bool = False

    @property
    def may_permit(self) -> bool:
        """It can end its list with a permit: tables, policy services and classes can, too."""
        refuses_only = _REJECTS.fullmatch(self.name) or _HARMLESS.fullmatch(self.name)
        return not self.warns and not refuses_only

    @property
    def may_refuse(self) -> bool:
        """It can end in a refusal."""
        can = not (_PLAIN_PERMITS.fullmatch(self.name) or _HARMLESS.fullmatch(self.name))
        return can and not self.warns

    @property
    def needs_client_only(self) -> bool:
        """It looks at nothing but the client's address and names."""
        return _CLIENT_ONLY.fullmatch(self.name) is not None

    @property
    def needs_recipient(self) -> bool:
        """It looks at the recipient."""
        return _RECIPIENT.fullmatch(self.name) is not None

    @property
    def ends(self) -> bool:
        """Nothing behind it is ever looked at."""
        return self.name in {"permit", "reject", "defer"} and not self.warns

    def __str__(self) -> str:
        """As it stands in a list."""
        shown = f"{self.name} {self.argument}" if self.argument else self.name
        return f"warn_if_reject {shown}" if self.warns else shown


def parse(value: str) -> tuple[Restriction, ...]:
    """The entries of a list, in order."""
    found = []
    warns = False
    todo = list(reversed(split(value)))
    while todo:
        word = todo.pop()
        if word == "warn_if_reject":
            warns = True
            continue
        argument = todo.pop() if todo and _WITH_ARGUMENT.fullmatch(word) else ""
        found.append(Restriction(word, argument, warns))
        warns = False
    return tuple(found)


def render(entries: Sequence[Restriction]) -> str:
    """The entries as a list."""
    return ", ".join(map(str, entries))


def before_login(entries: Sequence[Restriction]) -> tuple[Restriction, ...]:
    """What somebody who has logged in is subject to: the entries before the login permits."""
    names = [entry.name for entry in entries]
    return tuple(entries[: names.index(LOGIN)] if LOGIN in names else entries)


def leading_permits(entries: Sequence[Restriction]) -> frozenset[str]:
    """The unconditional permits with which a list begins."""
    found = set()
    for entry in entries:
        if not _PLAIN_PERMITS.fullmatch(entry.name) or entry.warns:
            break
        found.add(entry.name)
    return frozenset(found)


def permits(entries: Sequence[Restriction]) -> frozenset[str]:
    """Everything in a list that can permit."""
    return frozenset(entry.name for entry in entries if entry.may_permit)


def refuses(entries: Sequence[Restriction]) -> bool:
    """Whether a list can refuse anything."""
    return any(entry.may_refuse for entry in entries)


def ends(entries: Sequence[Restriction]) -> bool:
    """Whether a list decides about everybody, so that nothing behind it matters."""
    return any(entry.ends for entry in entries)


def wants_login(entries: Sequence[Restriction]) -> bool:
    """Whether a list refuses everybody who has not logged in."""
    last = entries[-1] if entries else Restriction("")
    return last.name == "reject" and not last.warns and LOGIN in permits(entries)

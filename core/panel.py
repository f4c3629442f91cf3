"""The contract between the engine and one control panel.

A panel package says what is true of that panel and nothing else; a server without a panel has
`core.standalone`. What a panel cannot express here is a reason to widen this file for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from msgspec import Struct

from core.words import Stage


class Role(StrEnum):
    """Who is looking at a page."""

    ADMIN = "admin"
    RESELLER = "reseller"
    CUSTOMER = "customer"


class HookState(StrEnum):
    """What `MailHook.verify` finds in the mail server's configuration."""

    INSTALLED = "installed"
    MISSING = "missing"
    EDITED = "edited by someone else"


class PanelInfo(Struct, frozen=True):
    """What `Panel.probe` found. Versions are as printed, "" when there is none."""

    name: str
    version: str
    edition: str
    mail_server: str
    mail_server_version: str


class MailDomain(Struct, frozen=True):
    """A mail domain.

    Attributes:
        name: of the domain.
        customer, reseller: their logins in the panel; "" for the server's own.
        enabled: whether its plan has Mailward on.
        mailboxes: whole addresses; empty also where the panel cannot list them.
        plan: the plan's name, "" where there are none.
    """

    name: str
    customer: str
    reseller: str
    enabled: bool
    mailboxes: tuple[str, ...] = ()
    plan: str = ""


class Viewer(Struct, frozen=True):
    """The person a page is shown to, as the panel's own session says.

    Attributes:
        role, login: who it is for the panel.
        domains: those that they own or look after; an administrator looks after all.
        language, zone: what the panel knows of them: ``de``, ``Europe/Berlin``; "" if nothing.
    """

    role: Role
    login: str
    domains: tuple[str, ...] = ()
    language: str = ""
    zone: str = ""


class Visit(Struct, frozen=True):
    """A page request, as far as it tells who is asking.

    Attributes:
        uid: the user at the other end of the unix socket, as the kernel says; None over TCP.
        headers: names in lower case.
        cookies: by name.
        address: where a TCP connection comes from, "" over a unix socket.
    """

    uid: int | None
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    address: str = ""


class Requirement(Struct, frozen=True):
    """What a feature needs; "" means that there is no minimum."""

    feature: str
    panel_minimum: str
    mail_server: str
    mail_server_minimum: str
    note: str


class Bridge(Struct, frozen=True):
    """What carries page requests from the panel to us (docs/bridge.md).

    Attributes:
        group: the group as which it runs; its members reach the pages' socket.
        secret: file in which it finds the secret that it signs with, made by the installer and
            readable by that group alone; "" where it reads the pages' own.
        watched: files of the panel's whose change makes root look whether all is as it should be.
        user: a system user that is made for it, with a group of that name; "" where the panel has
            one of its own.
        customers: whether customers' pages are carried by processes of their own unix users, who
            are no members of the group: a second socket is opened then, which everybody reaches
            and at which nobody is more than the customer that the kernel says they are.
    """

    group: str
    secret: str = ""
    watched: tuple[str, ...] = ()
    user: str = ""
    customers: bool = False


class Doors(Struct, frozen=True):
    """Where the daemon listens, as mail servers are told.

    Attributes:
        policy: endpoints of the policy wire; a hook takes the one that its mail server can reach.
        dovecot: endpoint of Dovecot's wire, "" when it is closed.
        dovecot_secret: what Dovecot must send.
        user: the user as whom the daemon makes its sockets.
    """

    policy: tuple[str, ...]
    dovecot: str
    dovecot_secret: str
    user: str


class Change(Protocol):
    """A change plan as the caller of a hook sees it; `core.system.plan` implements it.

    Attributes:
        left: after `apply`, `undo` or `resume`: what had to be left in place, in words.
    """

    left: tuple[str, ...]

    def describe(self) -> str:
        """The plan as text for people, with a diff of every file it would edit."""
        ...

    def as_data(self) -> dict[str, Any]:
        """The plan as plain values, for programs."""
        ...

    def apply(self, confirm: Callable[[], None] | None = None, *, again: bool = False) -> bool:
        """Make the changes; False when everything already was as planned.

        Args:
            confirm: looks, once all is done, whether it works; where it raises, all is put back.
            again: only what is on record is made again; False where nothing is, as it was never
                made, or somebody has taken it back meanwhile.

        Raises:
            PlanError: it failed, and everything was put back.
        """
        ...

    def resume(self, confirm: Callable[[], None] | None = None) -> bool:
        """Finish what was interrupted; False when nothing was.

        Raises:
            PlanError: as `apply`.
        """
        ...

    def undo(self) -> bool:
        """Take the changes back, other people's edits kept; False when there was nothing to do."""
        ...


class Knock(Struct, frozen=True):
    """What came of knocking at one port of a mail server.

    Attributes:
        port: which, for people: ``submission (127.0.0.1 port 587)``.
        answer: whether the daemon was asked about the knock; "cannot say" where the port greets
            and need not ask, or where nobody can tell.
        problem: what is wrong, "" when nothing is.
    """

    port: str
    answer: Literal["asked", "not asked", "cannot say"]
    problem: str = ""


@runtime_checkable
class Knocker(Protocol):
    """A hook that tells of each port by itself, for a page that shows all of them."""

    def knock(self, asked: Callable[[str], bool]) -> list[Knock]:
        """As `MailHook.probe`, but goes on after the first port that has a problem.

        Args:
            asked: tells whether the daemon has seen a request with this marker.

        Raises:
            MailwardError: the mail server's configuration cannot be read.
        """
        ...


class MailHook(Protocol):
    """How one mail server is made to ask us.

    Attributes:
        name: of the mail server, and of what is on record about it.
        stages: at which it asks; empty for one that is on record, while its mail server has no
            place here any more: what it changed is to be taken back.
    """

    name: str
    stages: frozenset[Stage]

    def plan(self) -> Change:
        """The changes that would install this hook."""
        ...

    def recorded(self) -> Change | None:
        """The change that is in place or was interrupted, to undo or resume it."""
        ...

    def verify(self) -> HookState:
        """Compare the configuration with what the plan would write."""
        ...

    def probe(self, asked: Callable[[str], bool]) -> None:
        """Knock at every guarded port and make sure that the daemon was asked.

        Args:
            asked: tells whether the daemon has seen a request with this marker.

        Raises:
            PlanError: a port shows no banner, or the daemon was not asked.
        """
        ...


class Remark(Struct, frozen=True):
    """Something about this server that only its panel's package can see.

    Attributes:
        subject: what it is about, for people.
        text: what is so.
        advice: what to do, "" where nothing is to be done.
        is_ill: something does not work; otherwise it is worth a look.
    """

    subject: str
    text: str
    advice: str = ""
    is_ill: bool = False


@runtime_checkable
class Remarking(Protocol):
    """A panel that has remarks for `mailward doctor`."""

    def remarks(self) -> list[Remark]:
        """What is to be told, asked anew; nothing where all is well.

        Raises:
            MailwardError: the panel does not answer.
        """
        ...


class Panel(Protocol):
    """One control panel, or a server without one.

    Besides what it is asked, a panel tells one thing, where it has an event for it: after the
    password of a mailbox was changed its handler runs ``mailward password-changed ACCOUNT``, which
    ends what came of the old one. A panel that cannot tell has a `Requirement` that says so.
    """

    name: str
    requirements: Sequence[Requirement]

    def probe(self) -> PanelInfo:
        """Find the panel.

        Raises:
            PanelAbsent: it is not installed here.
            PanelBroken: it is installed but does not answer.
            PanelTooOld: it is older than its oldest supported version.
            MailServerUnsupported: its mail server cannot be asked to ask us.
        """
        ...

    def domains(self) -> list[MailDomain]:
        """Every mail domain of the server, with its customer, reseller and plan switch."""
        ...

    def viewer(self, visit: Visit) -> Viewer | None:
        """Who is looking, where the panel's bridge has not signed it (`core.web.bridge`).

        Everything in the visit but the uid is what any local process may have written, so a panel
        believes what its own session says and the uid confirms.

        Returns:
            None for somebody unknown, who then sees nothing. The domains may be left empty: they
            are looked up by role and login among `domains`.

        Raises:
            VisitRefused: as None, with the reason in words.
        """
        ...

    def bridge(self) -> Bridge | None:
        """What carries the pages; None for a server whose pages are opened by signed links."""
        ...

    def registration(self, state: Path) -> Change | None:
        """What makes the panel show us: menu entries, plan items, its own hooks.

        Args:
            state: folder of undo records.

        Returns:
            None where installing the panel's own package did all of it.
        """
        ...

    def hooks(self, doors: Doors, state: Path) -> list[MailHook]:
        """The hooks for the mail servers that run here.

        Args:
            doors: where the daemon listens.
            state: folder of their undo records.
        """
        ...

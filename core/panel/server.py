"""What a panel says of its server: itself, its mail domains, its bridge, what needs what."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from msgspec import Struct

GLUE: Final = Path(__file__).parents[1] / "data" / "bridge"
"""What the bridges of several panels are made of, kept once: each lays it where its panel looks."""


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
        login: the user of the system who may log in by that name alone, and then means the mailbox
            of that name here; "" where nobody does.
    """

    name: str
    customer: str
    reseller: str
    enabled: bool
    mailboxes: tuple[str, ...] = ()
    plan: str = ""
    login: str = ""


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

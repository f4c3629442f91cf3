"""Settings about who is told: the administrator, and the owners of domains."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from core.settings.about import DOMAINS, ONLY_DOMAINS, SERVER, about
from core.words import N_

Every = Literal["off", "daily", "weekly"]
"""How often a report is mailed."""

_EVERY = {"off": N_("never"), "daily": N_("every day"), "weekly": N_("every Monday")}

_MAIL_ADDRESS = Meta(pattern="^$|^[^@\\s]+@[^@\\s]+$", max_length=320)

_WEB_ADDRESS = Meta(pattern="^$|^https?://[^\\s/?#]+[^\\s#]*$", max_length=500)


class Notify(Struct, frozen=True):
    """Who is told."""

    address: Annotated[
        str,
        _MAIL_ADDRESS,
        about(
            N_("Administrator's mail address"),
            N_(
                "The administrator's mail address: told when an account is blocked, and sent the "
                "reports."
            ),
            N_("A blocked account is usually a stolen one."),
            N_("While it is empty nobody is told."),
            levels=SERVER,
        ),
    ] = ""
    report: Annotated[
        Every,
        about(
            N_("Administrator's report"),
            N_(
                "How often the administrator is mailed a report: every day about the day before, "
                "or every Monday about the week before."
            ),
            N_("What was refused, who was blocked and what needs a decision, without looking."),
            N_("Whoever gets it every day stops reading it."),
            levels=SERVER,
            choices=_EVERY,
        ),
    ] = "weekly"
    report_hour: Annotated[
        int,
        Meta(ge=0, le=23),
        about(
            N_("Reports are sent at"),
            N_(
                "The hour of the day from which on reports are sent, 0 to 23, in the server's zone."
            ),
            N_("A report is read when it comes at the beginning of the working day."),
            N_("Many owners' reports are spread over the hours after it."),
            levels=SERVER,
            unit="hour",
        ),
    ] = 7
    language: Annotated[
        Literal["en", "de"],
        about(
            N_("Language of mails"),
            N_("The language of reports and notices."),
            N_("People act on what they can read."),
            N_("What is not translated yet stays English."),
            levels=DOMAINS,
            customer=True,
            choices={"en": N_("English"), "de": N_("German")},
        ),
    ] = "en"
    stolen: Annotated[
        bool,
        about(
            N_("Tell the administrator of stolen accounts"),
            N_("Whether the administrator is mailed when an account looks stolen."),
            N_("One mail for each account and day, with the evidence."),
            N_("While it is off, only the pages and the command line tell."),
            levels=SERVER,
        ),
    ] = True
    pages: Annotated[
        str,
        _WEB_ADDRESS,
        about(
            N_("Address of the administrator's pages"),
            N_(
                "Where the administrator opens these pages, https://...; it may end in = where "
                "the panel takes the page from the query. Reports link to it."
            ),
            N_("One click from a report to what it is about."),
            N_("A wrong address leads nowhere; while it is empty there are no links."),
            levels=SERVER,
        ),
    ] = ""


class Owner(Struct, frozen=True):
    """What a domain's owner is mailed."""

    address: Annotated[
        str,
        _MAIL_ADDRESS,
        about(
            N_("Owner's mail address"),
            N_("The mail address of the domain's owner, for reports and notices of this domain."),
            N_("The owner can change a password at once; the administrator may have to ask."),
            N_("Whoever reads that mailbox reads which mailboxes of the domain are attacked."),
            levels=ONLY_DOMAINS,
            customer=True,
        ),
    ] = ""
    report: Annotated[
        Every,
        about(
            N_("Owner's report"),
            N_(
                "How often the owner is mailed a report on the domain: every day about the day "
                "before, or every Monday about the week before."
            ),
            N_("Owners see that their mailboxes are guarded, and which are aimed at."),
            N_("Nothing is sent while the owner's address is empty."),
            levels=DOMAINS,
            customer=True,
            choices=_EVERY,
        ),
    ] = "weekly"
    blocked: Annotated[
        bool,
        about(
            N_("Tell the owner of a blocked mailbox"),
            N_("Whether the owner is mailed when a mailbox of the domain is blocked from sending."),
            N_("A blocked mailbox is usually a stolen one, and its password must be changed."),
            N_("Nothing is sent while the owner's address is empty."),
            levels=DOMAINS,
            customer=True,
        ),
    ] = True
    stolen: Annotated[
        bool,
        about(
            N_("Tell the owner of a stolen mailbox"),
            N_("Whether the owner is mailed when a mailbox of the domain looks stolen."),
            N_("The owner knows at once who was where, and can change the password."),
            N_("Nothing is sent while the owner's address is empty."),
            levels=DOMAINS,
            customer=True,
        ),
    ] = True
    pages: Annotated[
        str,
        _WEB_ADDRESS,
        about(
            N_("Address of the customers' pages"),
            N_(
                "Where customers open these pages, https://...; it may end in = where the "
                "panel takes the page from the query. Owners' mails link to it."
            ),
            N_("One click from a notice to the blocked mailbox."),
            N_("Customers must be able to open it; the administrator's address may not be theirs."),
            levels=SERVER,
        ),
    ] = ""

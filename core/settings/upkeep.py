"""Settings about running Mailward: who is told, what refused people read, records, data."""

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


class Text(Struct, frozen=True):
    """What a refused person reads.

    {country}, {address}, {account}, {until} and {contact} are filled in.
    """

    country: Annotated[
        str,
        Meta(min_length=1, max_length=300),
        about(
            N_("Country refused"),
            N_("Refusal because of the country."),
            N_("Mail programs show it: say what happened and whom to ask."),
            N_("One line, without line breaks."),
            levels=DOMAINS,
            customer=True,
        ),
    ] = "Logins from {country} are not permitted; ask {contact}"
    network: Annotated[
        str,
        Meta(min_length=1, max_length=300),
        about(
            N_("Network refused"),
            N_("Refusal because of the network."),
            N_("Mail programs show it: say what happened and whom to ask."),
            N_("One line, without line breaks."),
            levels=DOMAINS,
            customer=True,
        ),
    ] = "Logins from this network ({address}) are not permitted; ask {contact}"
    attacker: Annotated[
        str,
        Meta(min_length=1, max_length=300),
        about(
            N_("Attacker refused"),
            N_("Refusal of an address, or a network, that guessed passwords on this server."),
            N_("Somebody who shares the address with an attacker must find you."),
            N_("One line, without line breaks."),
            levels=DOMAINS,
            customer=True,
        ),
    ] = "Too many failed logins from {address}: refused until {until}; ask {contact}"
    send: Annotated[
        str,
        Meta(min_length=1, max_length=300),
        about(
            N_("Sending refused"),
            N_("Refusal of a mail while the account is blocked."),
            N_("Mail programs show it: say what happened and whom to ask."),
            N_("One line, without line breaks."),
            levels=DOMAINS,
            customer=True,
        ),
    ] = "{account} has sent too many mails and is blocked until {until}; ask {contact}"
    blocked: Annotated[
        str,
        Meta(min_length=1, max_length=300),
        about(
            N_("Sending refused to a stolen account"),
            N_("Refusal of a mail while the account is blocked as stolen, or by hand."),
            N_("Mail programs show it: say what happened and whom to ask."),
            N_("One line, without line breaks."),
            levels=DOMAINS,
            customer=True,
        ),
    ] = "{account} is blocked until {until}, its password must be changed; ask {contact}"
    contact: Annotated[
        str,
        Meta(min_length=1, max_length=120),
        about(
            N_("Whom to ask"),
            N_("Whom to ask, as it stands in the refusals."),
            N_("People who were refused wrongly must find you."),
            N_("Everybody who is refused reads it, attackers too."),
            levels=DOMAINS,
            customer=True,
        ),
    ] = N_("your mail administrator")


class Keep(Struct, frozen=True):
    """How long records are kept."""

    event_days: Annotated[
        int,
        Meta(ge=1, le=3650),
        about(
            N_("Events are kept for"),
            N_("Days that events are kept."),
            N_("The log answers 'why was I refused last week'."),
            N_("Longer costs disk; addresses are personal data, so keep no longer than you need."),
            levels=SERVER,
            unit="days",
        ),
    ] = 30
    statistics_days: Annotated[
        int,
        Meta(ge=1, le=3650),
        about(
            N_("Statistics are kept for"),
            N_("Days that hourly statistics are kept."),
            N_("They show the year."),
            N_("They hold no addresses and cost little."),
            levels=SERVER,
            unit="days",
        ),
    ] = 400


class Data(Struct, frozen=True):
    """Where country and network data come from."""

    provider: Annotated[
        Literal["dbip", "maxmind", "ipinfo", "file", "none"],
        about(
            N_("Where the data come from"),
            N_("Who supplies the country and network databases."),
            N_("DB-IP needs no account; MaxMind and IPinfo need yours."),
            N_("'none' keeps what is there for ever, and it ages."),
            levels=SERVER,
            choices={
                "dbip": N_("DB-IP (free)"),
                "maxmind": N_("MaxMind"),
                "ipinfo": N_("IPinfo"),
                "file": N_("files on this server"),
                "none": N_("nobody: keep what is there"),
            },
        ),
    ] = "dbip"
    maxmind_account: Annotated[
        str,
        Meta(pattern="^[0-9]*$"),
        about(
            N_("MaxMind account number"),
            N_("MaxMind account number."),
            N_("For their databases."),
            N_("None."),
            levels=SERVER,
        ),
    ] = ""
    maxmind_key: Annotated[
        str,
        Meta(max_length=100),
        about(
            N_("MaxMind licence key"),
            N_("MaxMind licence key."),
            N_("For their databases."),
            N_("A secret."),
            levels=SERVER,
            secret=True,
        ),
    ] = ""
    ipinfo_token: Annotated[
        str,
        Meta(max_length=100),
        about(
            N_("IPinfo token"),
            N_("IPinfo token."),
            N_("For their database."),
            N_("A secret."),
            levels=SERVER,
            secret=True,
        ),
    ] = ""
    country_file: Annotated[
        str,
        Meta(max_length=4096),
        about(
            N_("Country database file"),
            N_("Country database on this server, for 'file'."),
            N_("Offline servers."),
            N_("None."),
            levels=SERVER,
        ),
    ] = ""
    asn_file: Annotated[
        str,
        Meta(max_length=4096),
        about(
            N_("Network database file"),
            N_("ASN database on this server, for 'file'."),
            N_("Offline servers."),
            N_("None."),
            levels=SERVER,
        ),
    ] = ""
    feeds: Annotated[
        tuple[str, ...],
        about(
            N_("Network lists"),
            N_(
                "Which published network lists are fetched; 'default' stands for the recommended "
                "ones."
            ),
            N_("Clouds publish their networks; Spamhaus publishes hijacked ones."),
            N_("A list you do not know may refuse people you do."),
            levels=SERVER,
        ),
    ] = ("default",)

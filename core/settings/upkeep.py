"""Settings about running Mailward: what refused people read, records, data."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from core.settings.about import DOMAINS, SERVER, about
from core.words import N_


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

"""Settings about running Mailward: who is told, what refused people read, records, data."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from core.settings.about import SERVER, about


class Notify(Struct, frozen=True):
    """Who is told."""

    address: Annotated[
        str,
        Meta(pattern="^$|^[^@\\s]+@[^@\\s]+$", max_length=320),
        about(
            "The administrator's mail address: told when an account is blocked.",
            "A blocked account is usually a stolen one.",
            "While it is empty nobody is told.",
            SERVER,
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
            "Refusal because of the country.",
            "Mail programs show it: say what happened and whom to ask.",
            "One line, without line breaks.",
        ),
    ] = "Logins from {country} are not permitted; ask {contact}"
    network: Annotated[
        str,
        Meta(min_length=1, max_length=300),
        about(
            "Refusal because of the network.",
            "Mail programs show it: say what happened and whom to ask.",
            "One line, without line breaks.",
        ),
    ] = "Logins from this network ({address}) are not permitted; ask {contact}"
    send: Annotated[
        str,
        Meta(min_length=1, max_length=300),
        about(
            "Refusal of a mail while the account is blocked.",
            "Mail programs show it: say what happened and whom to ask.",
            "One line, without line breaks.",
        ),
    ] = "{account} has sent too many mails and is blocked until {until}; ask {contact}"
    contact: Annotated[
        str,
        Meta(min_length=1, max_length=120),
        about(
            "Whom to ask, as it stands in the refusals.",
            "People who were refused wrongly must find you.",
            "Everybody who is refused reads it, attackers too.",
        ),
    ] = "your mail administrator"


class Keep(Struct, frozen=True):
    """How long records are kept."""

    event_days: Annotated[
        int,
        Meta(ge=1, le=3650),
        about(
            "Days that events are kept.",
            "The log answers 'why was I refused last week'.",
            "Longer costs disk; addresses are personal data, so keep no longer than you need.",
            SERVER,
        ),
    ] = 30
    statistics_days: Annotated[
        int,
        Meta(ge=1, le=3650),
        about(
            "Days that hourly statistics are kept.",
            "They show the year.",
            "They hold no addresses and cost little.",
            SERVER,
        ),
    ] = 400


class Data(Struct, frozen=True):
    """Where country and network data come from."""

    provider: Annotated[
        Literal["dbip", "maxmind", "ipinfo", "file", "none"],
        about(
            "Who supplies the country and network databases.",
            "DB-IP needs no account; MaxMind and IPinfo need yours.",
            "'none' keeps what is there for ever, and it ages.",
            SERVER,
        ),
    ] = "dbip"
    maxmind_account: Annotated[
        str,
        Meta(pattern="^[0-9]*$"),
        about("MaxMind account number.", "For their databases.", "None.", SERVER),
    ] = ""
    maxmind_key: Annotated[
        str,
        Meta(max_length=100),
        about("MaxMind licence key.", "For their databases.", "A secret.", SERVER, True),
    ] = ""
    ipinfo_token: Annotated[
        str,
        Meta(max_length=100),
        about("IPinfo token.", "For their database.", "A secret.", SERVER, True),
    ] = ""
    country_file: Annotated[
        str,
        Meta(max_length=4096),
        about("Country database on this server, for 'file'.", "Offline servers.", "None.", SERVER),
    ] = ""
    asn_file: Annotated[
        str,
        Meta(max_length=4096),
        about("ASN database on this server, for 'file'.", "Offline servers.", "None.", SERVER),
    ] = ""
    feeds: Annotated[
        tuple[str, ...],
        about(
            "Which published network lists are fetched; 'default' stands for the recommended ones.",
            "Clouds publish their networks; Spamhaus publishes hijacked ones.",
            "A list you do not know may refuse people you do.",
            SERVER,
        ),
    ] = ("default",)

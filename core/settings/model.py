"""Every setting: its type, default, limits, help, and the scopes where it is legal.

The one place a setting is declared. Validation, the command line, the pages and the reference in
docs/settings.md all read it from here. Does not resolve scopes (`core.settings.scope`) and stores
nothing.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from core.settings.about import SERVER, about
from core.settings.upkeep import Data, Keep, Notify, Text

Switch = Literal["off", "watch", "refuse"]
CountryCode = Annotated[str, Meta(pattern="^[A-Z]{2}$")]


class ExemptAddress(Struct, frozen=True, forbid_unknown_fields=True):
    """One exempt address, network or autonomous system.

    Attributes:
        entry: an address, a CIDR network, or ``AS`` and a number.
        comment: why it is there; shown in every explanation that it decides.
        expires: seconds since 1970 (UTC) after which it no longer counts, 0 for never.
    """

    entry: Annotated[str, Meta(min_length=2, max_length=64)]
    comment: Annotated[str, Meta(max_length=500)] = ""
    expires: Annotated[float, Meta(ge=0)] = 0


class ExemptAccount(Struct, frozen=True, forbid_unknown_fields=True):
    """One exempt account (``user@example.test``) or whole domain (``example.test``)."""

    entry: Annotated[str, Meta(min_length=1, max_length=320)]
    comment: Annotated[str, Meta(max_length=500)] = ""
    expires: Annotated[float, Meta(ge=0)] = 0


class Country(Struct, frozen=True):
    """From which countries people may log in."""

    mode: Annotated[
        Literal["off", "allow", "refuse"],
        about(
            "Whether the country list names the allowed countries, the refused ones, or nothing.",
            "Most customers log in from one or two countries; most attackers from elsewhere.",
            "With 'allow', a traveller outside the list is refused; exempt the mailbox first.",
        ),
    ] = "off"
    list: Annotated[
        tuple[CountryCode, ...],
        about(
            "The countries that country.mode speaks of, as two-letter ISO codes.",
            "Take them from the country statistics: the countries your customers log in from.",
            "Country databases are wrong for a few logins in a hundred.",
        ),
    ] = ()
    server: Annotated[
        str,
        Meta(pattern="^([A-Z]{2}|auto)$"),
        about(
            "The server's own country, always allowed; 'auto' detects it from its public address.",
            "The neighbours and the administrator must never be locked out.",
            "Behind address translation it cannot be detected: set it by hand.",
            SERVER,
        ),
    ] = "auto"
    unknown: Annotated[
        Literal["allow", "refuse"],
        about(
            "What happens to an address whose country is not known.",
            "New networks are missing from every database for weeks.",
            "'refuse' locks those networks out.",
        ),
    ] = "allow"
    match: Annotated[
        Literal["either", "primary"],
        about(
            "Whether a login is fine when either of two country sources allows it, or only the "
            "first is asked.",
            "Asking both makes a wrong refusal three to ten times rarer.",
            "With 'either', an address on which the sources differ may pass.",
            SERVER,
        ),
    ] = "either"
    watch: Annotated[
        bool,
        about(
            "Only note which logins the country list would refuse, and refuse none.",
            "Look at the log for a week before you refuse.",
            "While it is on, nothing is refused for its country.",
        ),
    ] = False


class Network(Struct, frozen=True):
    """From which kinds of network people may log in."""

    cloud: Annotated[
        Switch,
        about(
            "Logins from hosting and cloud networks: let pass, note, or refuse.",
            "People sit at access networks; rented servers guess passwords.",
            "Web shops and other servers that send through a mailbox need an exemption.",
        ),
    ] = "watch"
    anonymiser: Annotated[
        Switch,
        about(
            "Logins from VPN services and Tor exits: let pass, note, or refuse.",
            "They hide the country.",
            "Some people use a VPN all day.",
        ),
    ] = "watch"
    relay: Annotated[
        Switch,
        about(
            "Logins by Google's and Microsoft's servers on behalf of people (Gmail 'send mail as', "
            "Outlook mobile): let pass, note, or refuse. While they pass, their country is not "
            "looked at.",
            "They say nothing of where the person is.",
            "'refuse' breaks those programs for everybody.",
        ),
    ] = "off"
    attacker: Annotated[
        Switch,
        about(
            "Logins from networks known for attacks: let pass, note, or refuse.",
            "Nobody's customer logs in from a hijacked network.",
            "A list may be wrong about an address: exempt it.",
        ),
    ] = "refuse"


class Login(Struct, frozen=True):
    """How login names are read."""

    default_domain: Annotated[
        str,
        Meta(max_length=253),
        about(
            "The domain of login names that have none.",
            "'bob' and 'bob@example.test' are then one account.",
            "A wrong domain gives the rules of another customer.",
            SERVER,
        ),
    ] = ""


class Connect(Struct, frozen=True):
    """The check before the password."""

    enabled: Annotated[
        bool,
        about(
            "Check an address with the server's settings before it may try a password.",
            "An attacker who cannot try cannot guess.",
            "The account is not known yet, so only the server's own rules and exemptions count.",
            SERVER,
        ),
    ] = True


class Send(Struct, frozen=True):
    """How much one account may send."""

    limit: Annotated[
        int,
        Meta(ge=1, le=1_000_000),
        about(
            "How many mails an account may send within send.seconds; the next one blocks it.",
            "A stolen account sends thousands before anybody looks.",
            "A newsletter sent through a normal mailbox is stopped: exempt that account.",
        ),
    ] = 150
    seconds: Annotated[
        int,
        Meta(ge=1, le=86_400),
        about(
            "Length of the sending window, in seconds.",
            "Short windows catch bursts, long ones catch patience.",
            "A long window with a small limit stops busy people.",
        ),
    ] = 300
    block_seconds: Annotated[
        int,
        Meta(ge=1, le=2_592_000),
        about(
            "How long an account stays blocked after it passed the limit, in seconds.",
            "Long enough for somebody to change the password.",
            "The owner cannot send until then, or until you release the account.",
        ),
    ] = 21_600
    unit: Annotated[
        Literal["messages", "recipients"],
        about(
            "Whether a mail counts once, or once for each recipient.",
            "Spam often has many recipients a mail.",
            "A mail to a large team counts a lot.",
        ),
    ] = "messages"
    watch: Annotated[
        bool,
        about(
            "Only note which accounts would be blocked, and block none.",
            "Find the newsletters before they find you.",
            "While it is on, a stolen account is not stopped.",
        ),
    ] = False
    answer: Annotated[
        Literal["temporary", "permanent"],
        about(
            "Whether a blocked account's mail is refused for now (4xx) or for good (5xx).",
            "With 4xx a mail program keeps the mail and tries again.",
            "With 5xx lists mark addresses as dead.",
            SERVER,
        ),
    ] = "temporary"


class Exempt(Struct, frozen=True):
    """Who is not checked."""

    addresses: Annotated[
        tuple[ExemptAddress, ...],
        about(
            "Addresses, networks and autonomous systems that pass every country and network check.",
            "Your office, your monitoring, a customer's web shop.",
            "Whoever is inside is not held back; keep the list short and let entries expire.",
        ),
    ] = ()
    accounts: Annotated[
        tuple[ExemptAccount, ...],
        about(
            "Accounts and domains whose logins pass every country and network check after the "
            "password.",
            "A person who travels a lot.",
            "The check before the password does not know the account and still refuses.",
            SERVER,
        ),
    ] = ()
    send: Annotated[
        tuple[ExemptAccount, ...],
        about(
            "Accounts and domains that may send without limit.",
            "Newsletters and shops.",
            "When such an account is stolen nothing stops it.",
            SERVER,
        ),
    ] = ()


class Settings(Struct, frozen=True):
    """All settings of one scope, resolved; the defaults are what a fresh install runs on."""

    country: Country = Country()
    network: Network = Network()
    login: Login = Login()
    connect: Connect = Connect()
    send: Send = Send()
    exempt: Exempt = Exempt()
    notify: Notify = Notify()
    text: Text = Text()
    keep: Keep = Keep()
    data: Data = Data()

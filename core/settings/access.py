"""Settings about logins: countries, kinds of network, whose rules count, how names are read."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from core.settings.about import DOMAINS, SERVER, about
from core.settings.entry import CountryCode, CountryPass
from core.words import N_

Switch = Literal["off", "watch", "refuse"]

SWITCH = {"off": N_("off"), "watch": N_("watch only"), "refuse": N_("refuse")}


class Country(Struct, frozen=True):
    """From which countries people may log in."""

    mode: Annotated[
        Literal["off", "allow", "refuse"],
        about(
            N_("Country rule"),
            N_("Whether the country list names the allowed countries, the refused ones, or none."),
            N_("Most customers log in from one or two countries; most attackers from elsewhere."),
            N_(
                "With 'allow', a traveller outside the list is refused; issue a traveller pass "
                "first."
            ),
            customer=True,
            choices={
                "off": N_("off"),
                "allow": N_("allow only the countries listed"),
                "refuse": N_("refuse the countries listed"),
            },
        ),
    ] = "off"
    list: Annotated[
        tuple[CountryCode, ...],
        about(
            N_("Countries listed"),
            N_("The countries that the country rule speaks of."),
            N_("Take them from the country statistics: the countries your customers log in from."),
            N_("Country databases are wrong for a few logins in a hundred."),
            customer=True,
        ),
    ] = ()
    passes: Annotated[
        tuple[CountryPass, ...],
        about(
            N_("Traveller passes"),
            N_("Countries from which logins pass the country check until a date."),
            N_("Somebody travels for two weeks, and the country closes again by itself."),
            N_(
                "While it lasts, anybody in that country may try; a domain's or mailbox's pass "
                "does not help before the password, where the account is not known yet."
            ),
            customer=True,
        ),
    ] = ()
    server: Annotated[
        str,
        Meta(pattern="^([A-Z]{2}|auto)$"),
        about(
            N_("The server's own country"),
            N_(
                "The server's own country, always allowed; 'auto' detects it from its public "
                "address."
            ),
            N_("The neighbours and the administrator must never be locked out."),
            N_("Behind address translation it cannot be detected: set it by hand."),
            levels=SERVER,
        ),
    ] = "auto"
    unknown: Annotated[
        Literal["allow", "refuse"],
        about(
            N_("Unknown country"),
            N_("What happens to an address whose country is not known."),
            N_("New networks are missing from every database for weeks."),
            N_("'refuse' locks those networks out."),
            customer=True,
            choices={"allow": N_("let pass"), "refuse": N_("refuse")},
        ),
    ] = "allow"
    match: Annotated[
        Literal["either", "primary"],
        about(
            N_("When two sources differ"),
            N_(
                "Whether a login is fine when either of two country sources allows it, or only the "
                "first is asked."
            ),
            N_("Asking both makes a wrong refusal three to ten times rarer."),
            N_("With 'either', an address on which the sources differ may pass."),
            levels=SERVER,
            choices={
                "either": N_("fine when either source allows it"),
                "primary": N_("only the first source counts"),
            },
        ),
    ] = "either"
    watch: Annotated[
        bool,
        about(
            N_("Watch only"),
            N_("Only note which logins the country list would refuse, and refuse none."),
            N_("Look at the log for a week before you refuse."),
            N_("While it is on, nothing is refused for its country."),
            customer=True,
        ),
    ] = False


class Network(Struct, frozen=True):
    """From which kinds of network people may log in."""

    cloud: Annotated[
        Switch,
        about(
            N_("Hosting and cloud networks"),
            N_("Logins from hosting and cloud networks: let pass, note, or refuse."),
            N_("People sit at access networks; rented servers guess passwords."),
            N_("Web shops and other servers that send through a mailbox need an exemption."),
            customer=True,
            choices=SWITCH,
        ),
    ] = "watch"
    anonymiser: Annotated[
        Switch,
        about(
            N_("VPN services and Tor"),
            N_("Logins from VPN services and Tor exits: let pass, note, or refuse."),
            N_("They hide the country."),
            N_("Some people use a VPN all day."),
            customer=True,
            choices=SWITCH,
        ),
    ] = "watch"
    relay: Annotated[
        Switch,
        about(
            N_("Google's and Microsoft's servers"),
            N_(
                "Logins by Google's and Microsoft's servers on behalf of people (Gmail 'send mail "
                "as', Outlook mobile): let pass, note, or refuse. While they pass, their country "
                "is not looked at."
            ),
            N_("They say nothing of where the person is."),
            N_("'refuse' breaks those programs for everybody."),
            customer=True,
            choices=SWITCH,
        ),
    ] = "off"
    attacker: Annotated[
        Switch,
        about(
            N_("Known attackers"),
            N_("Logins from networks known for attacks: let pass, note, or refuse."),
            N_("Nobody's customer logs in from a hijacked network."),
            N_("A list may be wrong about an address: exempt it."),
            customer=True,
            choices=SWITCH,
        ),
    ] = "refuse"


class Domain(Struct, frozen=True):
    """Whether a domain's own rules count."""

    enabled: Annotated[
        bool,
        about(
            N_("Own rules count"),
            N_(
                "Whether the rules of a domain and of its mailboxes count; while this is off, only "
                "the server's do. Set for the server, it is what domains do that do not say."
            ),
            N_("One switch takes a domain's rules out of the way and keeps them for later."),
            N_(
                "While it is off, the domain's exemptions and traveller passes do not count either."
            ),
            levels=DOMAINS,
            customer=True,
        ),
    ] = True


class Login(Struct, frozen=True):
    """How login names are read."""

    default_domain: Annotated[
        str,
        Meta(max_length=253),
        about(
            N_("Default domain"),
            N_("The domain of login names that have none."),
            N_("'bob' and 'bob@example.test' are then one account."),
            N_("A wrong domain gives the rules of another customer."),
            levels=SERVER,
        ),
    ] = ""


class Connect(Struct, frozen=True):
    """The check before the password."""

    enabled: Annotated[
        bool,
        about(
            N_("Check before the password"),
            N_("Check an address with the server's settings before it may try a password."),
            N_("An attacker who cannot try cannot guess."),
            N_(
                "The account is not known yet, so only the server's own rules and exemptions count."
            ),
            levels=SERVER,
        ),
    ] = True

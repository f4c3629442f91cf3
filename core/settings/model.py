"""All settings in one: what a scope has, by group.

The groups are declared beside each other (`core.settings.access`, `core.settings.sending`,
`core.settings.stolen`, `core.settings.notice`, `core.settings.upkeep`), each field with its type,
default, limits, help, and the scopes where it is legal. Validation, the command line, the pages and
the reference in docs/settings.md all read it from there. Does not resolve scopes
(`core.settings.scope`) and stores nothing.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from core.settings.about import group
from core.settings.access import Connect, Country, Domain, Login, Network, Switch
from core.settings.attack import Attack
from core.settings.ban import Ban
from core.settings.entry import CountryPass, ExemptAccount, ExemptAddress
from core.settings.lists import Lists
from core.settings.notice import Notify, Owner
from core.settings.sending import Exempt, Send
from core.settings.share import Share
from core.settings.stolen import Stolen
from core.settings.upkeep import Data, Keep, Text
from core.settings.webhook import Webhook
from core.words import N_

__all__ = ["CountryPass", "ExemptAccount", "ExemptAddress", "Send", "Settings", "Switch"]


class Settings(Struct, frozen=True):
    """All settings of one scope, resolved; the defaults are what a fresh install runs on."""

    country: Annotated[
        Country, group(N_("Countries"), N_("From which countries people may log in."))
    ] = Country()
    network: Annotated[
        Network, group(N_("Networks"), N_("From which kinds of network people may log in."))
    ] = Network()
    attack: Annotated[
        Attack, group(N_("Attackers"), N_("Who guesses passwords here, and what becomes of it."))
    ] = Attack()
    ban: Annotated[Ban, group(N_("Bans"), N_("Which attackers the firewall shuts out."))] = Ban()
    lists: Annotated[
        Lists, group(N_("Lists of attackers"), N_("Which lists of attackers count."))
    ] = Lists()
    share: Annotated[
        Share, group(N_("Sharing"), N_("What own servers tell each other about attackers."))
    ] = Share()
    domain: Annotated[Domain, group(N_("Domains"), N_("Whether a domain's own rules count."))] = (
        Domain()
    )
    login: Annotated[Login, group(N_("Login names"), N_("How login names are read."))] = Login()
    connect: Annotated[
        Connect, group(N_("Before the password"), N_("The check before the password."))
    ] = Connect()
    send: Annotated[Send, group(N_("Sending"), N_("How much one account may send."))] = Send()
    stolen: Annotated[
        Stolen, group(N_("Stolen accounts"), N_("When an account looks stolen, and what is done."))
    ] = Stolen()
    exempt: Annotated[Exempt, group(N_("Exemptions"), N_("Who is not checked."))] = Exempt()
    notify: Annotated[Notify, group(N_("Notices"), N_("Who is told."))] = Notify()
    webhook: Annotated[
        Webhook, group(N_("Webhook"), N_("Which program elsewhere is told what happens."))
    ] = Webhook()
    owner: Annotated[Owner, group(N_("Owners"), N_("What a domain's owner is mailed."))] = Owner()
    text: Annotated[
        Text,
        group(
            N_("Refusal texts"),
            N_(
                "What a refused person reads. {country}, {address}, {account}, {until} and "
                "{contact} are filled in."
            ),
        ),
    ] = Text()
    keep: Annotated[Keep, group(N_("Records"), N_("How long records are kept."))] = Keep()
    data: Annotated[Data, group(N_("Data"), N_("Where country and network data come from."))] = (
        Data()
    )

"""Settings about bans: attackers that do not stop are shut out in front of the mail server."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from core.settings.about import SERVER, about
from core.words import N_

Action = Literal["off", "nftables", "command"]


class Ban(Struct, frozen=True):
    """Who is shut out by the firewall, and how."""

    action: Annotated[
        Action,
        about(
            N_("Bans"),
            N_(
                "Who bans attackers that go on: nobody, this server's nftables, or the command "
                "that root has named in mailward.toml."
            ),
            N_(
                "Whoever is refused thousands of times costs connections; the firewall drops "
                "packets for nothing."
            ),
            N_(
                "A banned address gets no answer and no reason, so nobody behind it can tell what "
                "happened."
            ),
            levels=SERVER,
            choices={
                "off": N_("off"),
                "nftables": N_("nftables"),
                "command": N_("command"),
            },
        ),
    ] = "off"
    after: Annotated[
        int,
        Meta(ge=5, le=100_000),
        about(
            N_("Banned after"),
            N_(
                "How often an address must be refused as an attacker, after it was found to be "
                "one, before it is banned."
            ),
            N_("Most attackers leave when they are refused; a ban is for the others."),
            N_("Few: a forgotten phone behind an attacker's address is banned, too."),
            levels=SERVER,
            unit="refusals",
        ),
    ] = 100
    hours: Annotated[
        int,
        Meta(ge=1, le=720),
        about(
            N_("Banned for"),
            N_("How long a ban lasts at most; it ends earlier when the address is let go."),
            N_("Addresses change hands."),
            N_("Long: whoever gets the address next is shut out until then."),
            levels=SERVER,
            unit="hours",
        ),
    ] = 24
    limit: Annotated[
        int,
        Meta(ge=10, le=50_000),
        about(
            N_("Bans at most"),
            N_("How many addresses are banned at once; past it those go that end first."),
            N_("A botnet must not fill the firewall's memory."),
            N_("Many: a slow command takes long to ban them."),
            levels=SERVER,
            unit="addresses",
        ),
    ] = 5_000
    smtp: Annotated[
        bool,
        about(
            N_("Ban at port 25 as well"),
            N_(
                "Whether bans by nftables count at port 25, too, besides 110, 143, 465, 587, 993 "
                "and 995."
            ),
            N_("Some attackers log in there, where that is permitted."),
            N_("Mail from a banned mail server does not arrive."),
            levels=SERVER,
        ),
    ] = False

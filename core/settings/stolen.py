"""Settings about stolen accounts: what looks like one, and what is done about it.

A customer may set none of them: whoever sends spam through a mailbox of the own domain must not be
able to look away.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from core.settings.about import DOMAINS, about
from core.words import N_


class Stolen(Struct, frozen=True):
    """When an account is taken for a stolen one."""

    action: Annotated[
        Literal["inform", "block", "off"],
        about(
            N_("When an account looks stolen"),
            N_(
                "What happens when an account logs in or sends as a stolen one does: tell, tell "
                "and block it from sending, or look away."
            ),
            N_("A stolen account shows itself before it sends its first thousand mails."),
            N_(
                "With 'block', somebody who travels or uses a VPN may have to be released; look "
                "at the signals for some weeks first."
            ),
            choices={
                "inform": N_("tell the administrator and the owner"),
                "block": N_("tell them, and block the account from sending"),
                "off": N_("nothing: look away"),
            },
        ),
    ] = "inform"
    hours: Annotated[
        int,
        Meta(ge=1, le=168),
        about(
            N_("Logins are compared over"),
            N_("How many hours back countries, networks and distances of logins are looked at."),
            N_("Thieves share a password: it is used from many places within hours."),
            N_("Over several days, people who travel look like thieves."),
            unit="hours",
        ),
    ] = 24
    countries: Annotated[
        int,
        Meta(ge=0, le=50),
        about(
            N_("Countries within that time"),
            N_(
                "From how many countries an account must log in to look stolen; the countries it "
                "is known from count as one. 0 switches this off."
            ),
            N_("Hardly anybody is in three countries on one day."),
            N_(
                "With 2, the first login of each journey, across a border or by a VPN, makes an "
                "account look stolen."
            ),
            unit="countries",
        ),
    ] = 3
    networks: Annotated[
        int,
        Meta(ge=0, le=200),
        about(
            N_("Networks within that time"),
            N_(
                "From how many new networks an account must log in to look stolen. All addresses "
                "of one provider count as one network. 0 switches this off."
            ),
            N_("Botnets use another home's connection for each login."),
            N_("Ten people who share a mailbox bring ten networks."),
            unit="networks",
        ),
    ] = 12
    speed: Annotated[
        int,
        Meta(ge=0, le=100_000),
        about(
            N_("Fastest journey"),
            N_(
                "Two logins from countries so far apart that nobody travels from one to the other "
                "in the time between them make an account look stolen. 0 switches this off."
            ),
            N_("An airliner makes 900 kilometres an hour; only a second person is faster."),
            N_(
                "Who leaves a computer on at home and reads mail abroad is in two places at once; "
                "a traveller pass says that it is fine."
            ),
            unit="km/h",
        ),
    ] = 1000
    volume: Annotated[
        int,
        Meta(ge=0, le=1000),
        about(
            N_("Times its usual sending"),
            N_(
                "How many times as much as in its busiest hour of the last weeks an account must "
                "send within an hour to look stolen. 0 switches this off."
            ),
            N_("A thief sends at once what the owner sends in a year."),
            N_("The first newsletter of an account counts; exempt accounts that send newsletters."),
            unit="times",
        ),
    ] = 5
    failed: Annotated[
        int,
        Meta(ge=0, le=100),
        about(
            N_("Refused recipients"),
            N_(
                "What share of the recipients of one hour must be refused for good to make an "
                "account look stolen, from 25 refused ones on. 0 switches this off."
            ),
            N_("Bought lists of addresses are full of dead ones."),
            N_("An old list of customers is, too. It needs the mail log."),
            unit="percent",
        ),
    ] = 40
    block_seconds: Annotated[
        int,
        Meta(ge=1, le=2_592_000),
        about(
            N_("Blocked for"),
            N_("How long an account that looks stolen is blocked from sending."),
            N_("Long enough for somebody to change the password."),
            N_("The owner cannot send until then, or until the account is released."),
            unit="seconds",
        ),
    ] = 86_400
    lift: Annotated[
        bool,
        about(
            N_("A changed password ends the block"),
            N_(
                "Whether an account that sent too much or looked stolen may send again as soon as "
                "its password is changed, where the panel tells. A block for sending too much is "
                "lifted in this way only once within the time that it lasts (send.block_seconds)."
            ),
            N_("A new password locks the thief out; nobody needs to wait."),
            N_("A thief who can change the password could do it too."),
            levels=DOMAINS,
        ),
    ] = True

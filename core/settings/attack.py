"""Settings about attackers: when somebody who guesses passwords here is refused, and how long."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from core.settings.about import SERVER, about
from core.settings.access import SWITCH, Switch
from core.words import N_


class Attack(Struct, frozen=True):
    """Who guesses passwords on this server, and what becomes of it."""

    mode: Annotated[
        Switch,
        about(
            N_("Attackers seen here"),
            N_("Addresses that guess passwords on this server: let try, note, or refuse."),
            N_("Who was refused before the password cannot guess it."),
            N_(
                "Somebody who shares an attacker's address for the first time is refused with it; "
                "accounts that logged in from there before are spared."
            ),
            levels=SERVER,
            choices=SWITCH,
        ),
    ] = "refuse"
    accounts: Annotated[
        int,
        Meta(ge=3, le=1000),
        about(
            N_("Accounts tried"),
            N_(
                "From how many different accounts that it could not log in to on an address is "
                "taken for an attacker. An account that nobody uses counts three times, but three "
                "different tries it must be; one that was at home there before does not count."
            ),
            N_("A phone with an old password fails all day, but for one account."),
            N_("Few: an office in which many passwords were changed may look like an attacker."),
            levels=SERVER,
            unit="accounts",
        ),
    ] = 6
    passwords: Annotated[
        int,
        Meta(ge=5, le=1000),
        about(
            N_("Passwords tried"),
            N_(
                "From how many different wrong passwords for one account on an address is taken "
                "for an attacker, where the mail server tells wrong passwords apart (Dovecot)."
            ),
            N_("A person runs out of ideas, a program does not."),
            N_("Few: somebody who has forgotten the password is refused."),
            levels=SERVER,
            unit="passwords",
        ),
    ] = 12
    seconds: Annotated[
        int,
        Meta(ge=600, le=2_592_000),
        about(
            N_("Forgotten after"),
            N_("After this time what was tried counts half, after twice the time a quarter."),
            N_("Patient attackers try a few times a day."),
            N_("Long: mistakes of many days add up."),
            levels=SERVER,
            unit="seconds",
        ),
    ] = 86_400
    hours: Annotated[
        int,
        Meta(ge=1, le=720),
        about(
            N_("Refused for"),
            N_(
                "How long an attacker is refused the first time; each further time four times as "
                "long, 30 days at most."
            ),
            N_("Addresses change hands; attackers come back."),
            N_("Whoever gets an attacker's address next is refused until then."),
            levels=SERVER,
            unit="hours",
        ),
    ] = 24
    networks: Annotated[
        Switch,
        about(
            N_("Attacking networks"),
            N_(
                "Networks (/24, IPv6: /48) several addresses of which guess passwords here: let "
                "try, note, or refuse."
            ),
            N_("Attackers change addresses, but rarely networks."),
            N_("Neighbours who were never here before are refused, too."),
            levels=SERVER,
            choices=SWITCH,
        ),
    ] = "refuse"
    systems: Annotated[
        Switch,
        about(
            N_("Attacking systems"),
            N_(
                "Whole providers (autonomous systems) from many networks of which passwords are "
                "guessed and from which nobody logs in: let try, note, or refuse."
            ),
            N_("Some providers rent to attackers and to hardly anybody else."),
            N_("A new customer of such a provider is refused."),
            levels=SERVER,
            choices=SWITCH,
        ),
    ] = "watch"
    remember_days: Annotated[
        int,
        Meta(ge=7, le=365),
        about(
            N_("Good logins are remembered for"),
            N_(
                "Days that a good login is remembered: from where it came, its account is spared "
                "when others attack from there, or attack it."
            ),
            N_("Nobody is locked out of the own mailbox because of an attacker."),
            N_("They say who logs in from where, so keep them no longer than you need."),
            levels=SERVER,
            unit="days",
        ),
    ] = 60

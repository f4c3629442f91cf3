"""Settings about sending, and about who is not checked.

A customer may set none of the limits: the owner of a stolen mailbox must not be able to lift them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from core.settings.about import SERVER, about
from core.settings.entry import ExemptAccount, ExemptAddress
from core.words import N_


class Send(Struct, frozen=True):
    """How much one account may send."""

    limit: Annotated[
        int,
        Meta(ge=1, le=1_000_000),
        about(
            N_("Mails permitted"),
            N_(
                "How many mails an account may send within the sending window; the next one "
                "blocks it."
            ),
            N_("A stolen account sends thousands before anybody looks."),
            N_("A newsletter sent through a normal mailbox is stopped: exempt that account."),
            unit="mails",
        ),
    ] = 150
    seconds: Annotated[
        int,
        Meta(ge=1, le=86_400),
        about(
            N_("Within"),
            N_("Length of the sending window."),
            N_("Short windows catch bursts, long ones catch patience."),
            N_("A long window with a small limit stops busy people."),
            unit="seconds",
        ),
    ] = 300
    block_seconds: Annotated[
        int,
        Meta(ge=1, le=2_592_000),
        about(
            N_("Blocked for"),
            N_("How long an account stays blocked after it passed the limit."),
            N_("Long enough for somebody to change the password."),
            N_("The owner cannot send until then, or until you release the account."),
            unit="seconds",
        ),
    ] = 21_600
    unit: Annotated[
        Literal["messages", "recipients"],
        about(
            N_("What is counted"),
            N_("Whether a mail counts once, or once for each recipient."),
            N_("Spam often has many recipients a mail."),
            N_("A mail to a large team counts a lot."),
            choices={"messages": N_("mails"), "recipients": N_("recipients of mails")},
        ),
    ] = "messages"
    watch: Annotated[
        bool,
        about(
            N_("Watch only"),
            N_("Only note which accounts would be blocked, and block none."),
            N_("Find the newsletters before they find you."),
            N_("While it is on, a stolen account is not stopped."),
        ),
    ] = False
    answer: Annotated[
        Literal["temporary", "permanent"],
        about(
            N_("How mail is refused"),
            N_("Whether a blocked account's mail is refused for now (4xx) or for good (5xx)."),
            N_("With 4xx a mail program keeps the mail and tries again."),
            N_("With 5xx lists mark addresses as dead."),
            levels=SERVER,
            choices={"temporary": N_("for now (4xx)"), "permanent": N_("for good (5xx)")},
        ),
    ] = "temporary"


class Exempt(Struct, frozen=True):
    """Who is not checked."""

    addresses: Annotated[
        tuple[ExemptAddress, ...],
        about(
            N_("Exempt addresses"),
            N_(
                "Addresses, networks and autonomous systems that pass every country and network "
                "check."
            ),
            N_("Your office, your monitoring, a customer's web shop."),
            N_("Whoever is inside is not held back; keep the list short and let entries expire."),
            customer=True,
        ),
    ] = ()
    accounts: Annotated[
        tuple[ExemptAccount, ...],
        about(
            N_("Exempt accounts"),
            N_(
                "Accounts and domains whose logins pass every country and network check after the "
                "password."
            ),
            N_("A person who travels a lot."),
            N_("The check before the password does not know the account and still refuses."),
            levels=SERVER,
        ),
    ] = ()
    send: Annotated[
        tuple[ExemptAccount, ...],
        about(
            N_("Senders without limit"),
            N_("Accounts and domains that may send without limit."),
            N_("Newsletters and shops."),
            N_("When such an account is stolen nothing stops it."),
            levels=SERVER,
        ),
    ] = ()

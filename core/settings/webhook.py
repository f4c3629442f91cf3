"""Settings about the webhook: which program elsewhere is told what happens here."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from core.settings.about import SERVER, about
from core.words import N_

Kind = Literal["block", "release", "stolen", "attacker", "health"]
"""What can be told. The values stand in what is sent, so they never change once released."""

_LOOPBACK: Final = "(localhost|127\\.0\\.0\\.1|\\[::1\\])"
_URL: Final = Meta(
    pattern=f"^$|^(https://[^\\s/?#@]+|http://{_LOOPBACK}(:[0-9]{{1,5}})?)([/?][^\\s#]*)?$",
    max_length=500,
)


class Webhook(Struct, frozen=True):
    """Who is told by HTTP, and of what."""

    url: Annotated[
        str,
        _URL,
        about(
            N_("Address of the webhook"),
            N_(
                "The program that is told, https://...; http:// only on this server itself. "
                "`mailward test-webhook` tries it."
            ),
            N_("Your billing, chat or ticket system learns of a blocked account within a second."),
            N_("Whoever runs it reads which accounts are attacked, blocked or stolen."),
            levels=SERVER,
        ),
    ] = ""
    secret: Annotated[
        str,
        Meta(pattern="^$|^[!-~]{16,200}$"),
        about(
            N_("Secret of the webhook"),
            N_("What is sent is signed with it; 16 letters at least, made by chance."),
            N_("So that the receiver can tell what comes from here from what anybody sends."),
            N_("While it is empty nothing is signed."),
            levels=SERVER,
            secret=True,
        ),
    ] = ""
    events: Annotated[
        tuple[Kind, ...],
        about(
            N_("What is told"),
            N_(
                "Any of: block (an account may not send), release (a block ended early), stolen "
                "(an account looks stolen), attacker (who is refused since a while, collected), "
                "health (a part of Mailward fails, or works again)."
            ),
            N_("A program that acts on blocks need not hear of every attacker."),
            N_("The kind attacker may come every few minutes all day."),
            levels=SERVER,
        ),
    ] = ("block", "release", "stolen")

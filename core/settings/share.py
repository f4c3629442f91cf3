"""Settings about attackers that one's own servers tell each other."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from core.settings.about import SERVER, about
from core.settings.access import SWITCH
from core.words import N_

Peer = Annotated[str, Meta(pattern="^https://[^\\s/?#@]+([/?][^\\s#]*)?$", max_length=500)]

MOST_PEERS = 50

_ARM = {"watch": SWITCH["watch"], "refuse": SWITCH["refuse"]}


class Share(Struct, frozen=True):
    """What is told to own servers, and what is believed of them."""

    mode: Annotated[
        Literal["off", "take", "give", "both"],
        about(
            N_("Sharing"),
            N_(
                "Whether this server tells your others who attacks it, takes what they tell, or "
                "both."
            ),
            N_("An attacker who was caught at one server is known to all."),
            N_("A mistake of one server is made by all who take from it."),
            levels=SERVER,
            choices={
                "off": N_("off"),
                "take": N_("take from others"),
                "give": N_("tell others"),
                "both": N_("take and tell"),
            },
        ),
    ] = "off"
    peers: Annotated[
        tuple[Peer, ...],
        Meta(max_length=MOST_PEERS),
        about(
            N_("Other servers"),
            N_(
                "Where the others publish theirs: whole addresses, "
                "https://mx2.example.org/mailward-share.json, which is the other server's "
                "share.file."
            ),
            N_("Each server asks those that you name, and no others."),
            N_("Only own servers: whoever has the secret can say that anybody attacks."),
            levels=SERVER,
        ),
    ] = ()
    secret: Annotated[
        str,
        Meta(pattern="^$|^[!-~]{32,200}$"),
        about(
            N_("Secret of the servers"),
            N_("The same on all servers that share; 32 letters at least, made by chance."),
            N_(
                "Addresses are told as hashes that only who has it can compare, and signed with it."
            ),
            N_("A secret."),
            levels=SERVER,
            secret=True,
        ),
    ] = ""
    file: Annotated[
        str,
        Meta(pattern="^$|^/[^\\x00-\\x1f]+$", max_length=4096),
        about(
            N_("File for the others"),
            N_(
                "Where this server writes what it tells, every ten minutes: a file that a web "
                "server hands out by https."
            ),
            N_("Your other servers fetch it; they name its address in share.peers."),
            N_(
                "The folder must be writable for the user mailward. Without a file, run "
                "`mailward lists publish FILE` regularly."
            ),
            levels=SERVER,
        ),
    ] = ""
    arm: Annotated[
        Literal["watch", "refuse"],
        about(
            N_("What others tell"),
            N_("Whether somebody whom another server calls an attacker is noted, or refused."),
            N_("Watch for a week, then look at `mailward lists`."),
            N_("A mistake of one server is made by all who take from it."),
            levels=SERVER,
            choices=_ARM,
        ),
    ] = "watch"

    @property
    def gives(self) -> bool:
        """Whether this server tells others."""
        return self.mode in ("give", "both")

    @property
    def takes(self) -> bool:
        """Whether this server believes others."""
        return self.mode in ("take", "both")


def source_of(peer: str) -> str:
    """What a peer's list is called in evidence and status: ``share mx2.example.org``.

    Args:
        peer: its address, as it is set.
    """
    parts = urlsplit(peer)
    try:
        port = f":{parts.port}" if parts.port not in (None, 443) else ""
    except ValueError:
        port = ""
    return f"share {parts.hostname or peer}{port}"

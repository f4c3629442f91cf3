"""Settings about lists of attackers that others keep: which count, and the keys to them.

Each list is a setting of its own name. What the lists are, and how they are asked or fetched, is
`core.sources.catalogue`'s. Spamhaus DROP and ASN-DROP are not here: they are fetched by
``data.feeds`` and count by ``network.attacker`` alone.
"""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from core.settings.about import SERVER, about
from core.settings.access import SWITCH, Switch
from core.words import N_

_LABEL: Final = Meta(pattern="^[A-Za-z0-9-]{0,63}$")
"""The key becomes a part of the name that is asked (RFC 1035: a label has 63 letters at most)."""

_KEY: Final = Meta(max_length=200, pattern="^[!-~]*$")
"""The key becomes a header."""

_URL: Final = Meta(pattern="^$|^https?://[^\\s/?#@]+(/[^\\s?#]*)?$", max_length=500)

_WATCH_FIRST: Final = N_(
    "A list may be wrong about an address: let it watch for a week, and look at `mailward lists` "
    "for those who had the right password."
)
_FREE: Final = N_(
    "Its keeper gives it away and names no licence; the terms are between you and the keeper. "
    "Let it watch for a week first."
)
_NON_COMMERCIAL: Final = N_(
    "Its terms permit no commercial use: not for a server that earns money, unless its keeper "
    "agrees. Let it watch for a week first."
)
_MANY_KINDS: Final = N_("Who attacks elsewhere today attacks here tomorrow.")
_LOGINS: Final = N_("It is made for logins, and knows attackers who have never been here.")


def _list(title: str, what: str, why: str, risk: str) -> Meta:
    return about(title, what, why, risk, levels=SERVER, choices=SWITCH)


def _secret(title: str, what: str, why: str) -> Meta:
    return about(title, what, why, N_("A secret."), levels=SERVER, secret=True)


class Lists(Struct, frozen=True):
    """Which lists of attackers count, beside ``network.attacker``, which is over them all."""

    spamrats: Annotated[
        Switch,
        _list(
            N_("SpamRATS RATS-Auth"),
            N_(
                "Ask SpamRATS by the DNS who guesses passwords elsewhere; it needs your key "
                "(lists.spamrats_key), which is free for most, but not for providers of mail "
                "protection."
            ),
            _LOGINS,
            _WATCH_FIRST,
        ),
    ] = "off"
    spamhaus_authbl: Annotated[
        Switch,
        _list(
            N_("Spamhaus AuthBL"),
            N_(
                "Ask Spamhaus by the DNS who guesses passwords elsewhere; it needs the key of your "
                "Data Query Service (lists.spamhaus_key)."
            ),
            _LOGINS,
            _WATCH_FIRST,
        ),
    ] = "off"
    abusix: Annotated[
        Switch,
        _list(
            N_("Abusix AuthBL"),
            N_(
                "Ask Abusix by the DNS who guesses passwords elsewhere; it needs your key "
                "(lists.abusix_key)."
            ),
            _LOGINS,
            _WATCH_FIRST,
        ),
    ] = "off"
    blocklist_de: Annotated[
        Switch,
        _list(
            N_("Blocklist.de"),
            N_("Fetch from blocklist.de who attacked mail servers within the last two days."),
            _MANY_KINDS,
            _FREE,
        ),
    ] = "off"
    cins: Annotated[
        Switch,
        _list(
            N_("CINS Army"),
            N_("Fetch the addresses that Sentinel's sensors rate worst."),
            _MANY_KINDS,
            _FREE,
        ),
    ] = "off"
    greensnow: Annotated[
        Switch,
        _list(
            N_("GreenSnow"),
            N_("Fetch from GreenSnow who attacked SMTP, IMAP, POP3, SSH and control panels."),
            _MANY_KINDS,
            _FREE,
        ),
    ] = "off"
    bruteforceblocker: Annotated[
        Switch,
        _list(
            N_("BruteForceBlocker"),
            N_("Fetch who guessed passwords of SSH within the last thirty days."),
            _MANY_KINDS,
            _FREE,
        ),
    ] = "off"
    et_compromised: Annotated[
        Switch,
        _list(
            N_("Emerging Threats: compromised"),
            N_("Fetch the hosts that Emerging Threats holds for broken into."),
            _MANY_KINDS,
            _FREE,
        ),
    ] = "off"
    dshield: Annotated[
        Switch,
        _list(
            N_("DShield"),
            N_(
                "Fetch the twenty networks that attack most, by the SANS Internet Storm Center "
                "(CC BY-NC-SA 2.5)."
            ),
            _MANY_KINDS,
            _NON_COMMERCIAL,
        ),
    ] = "off"
    turris: Annotated[
        Switch,
        _list(
            N_("Turris Sentinel"),
            N_("Fetch the greylist of the routers of CZ.NIC's Turris project."),
            _MANY_KINDS,
            _NON_COMMERCIAL,
        ),
    ] = "off"
    abuseipdb: Annotated[
        Switch,
        _list(
            N_("AbuseIPDB"),
            N_(
                "Fetch from AbuseIPDB who was reported most, every six hours; it needs your key "
                "(lists.abuseipdb_key). A free account may fetch five times a day, ten thousand "
                "addresses."
            ),
            _MANY_KINDS,
            _WATCH_FIRST,
        ),
    ] = "off"
    crowdsec: Annotated[
        Switch,
        _list(
            N_("CrowdSec"),
            N_(
                "Take the decisions of your own CrowdSec (lists.crowdsec_url, "
                "lists.crowdsec_key); make the key with `cscli bouncers add mailward`."
            ),
            N_("Whoever attacks the web or SSH of this server is refused at its mail, too."),
            _WATCH_FIRST,
        ),
    ] = "off"
    spamrats_key: Annotated[
        str,
        _LABEL,
        _secret(N_("Key of SpamRATS"), N_("Your key of SpamRATS."), N_("For their list.")),
    ] = ""
    spamhaus_key: Annotated[
        str,
        _LABEL,
        _secret(
            N_("Key of Spamhaus"),
            N_("Your key of Spamhaus's Data Query Service (DQS)."),
            N_("For their list."),
        ),
    ] = ""
    abusix_key: Annotated[
        str,
        _LABEL,
        _secret(N_("Key of Abusix"), N_("Your key of Abusix."), N_("For their list.")),
    ] = ""
    abuseipdb_key: Annotated[
        str,
        _KEY,
        _secret(N_("Key of AbuseIPDB"), N_("Your API key of AbuseIPDB."), N_("For their list.")),
    ] = ""
    crowdsec_url: Annotated[
        str,
        _URL,
        about(
            N_("Address of CrowdSec"),
            N_("Where the local API of your CrowdSec answers."),
            N_("CrowdSec usually answers on this server, at port 8080."),
            N_("On another server it must be https, or the key travels readable."),
            levels=SERVER,
        ),
    ] = "http://127.0.0.1:8080"
    crowdsec_key: Annotated[
        str,
        _KEY,
        _secret(
            N_("Key of CrowdSec"),
            N_("The key that `cscli bouncers add mailward` prints."),
            N_("CrowdSec answers nobody without one."),
        ),
    ] = ""


NAMES: Final = tuple(
    name for name in Lists.__struct_fields__ if not name.endswith(("_key", "_url"))
)
"""The lists, by the last part of their setting's name."""


def mode(lists: Lists, name: str) -> Switch:
    """What is set for a list.

    Raises:
        KeyError: there is no list of that name.
    """
    if name not in NAMES:
        raise KeyError(name)
    found: Switch = getattr(lists, name)
    return found

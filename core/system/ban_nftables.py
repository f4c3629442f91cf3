"""Bans by nftables: one table of our own, which nobody else's rules know of.

The table is made anew as a whole, in one transaction, so that applying twice is applying once, and
there is no moment without bans; what ends ends by itself in the kernel. Taking back is deleting the
table. Other tables are never read, written or flushed. Syntax: nft(8), of nftables 0.8 and newer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from core.errors import PlanError
from core.system.ban_choice import Chosen
from core.system.host import NOT_FOUND, Host, Result

TABLE: Final = "inet mailward"

PORTS: Final = (110, 143, 465, 587, 993, 995)
"""Where people log in."""

SMTP: Final = 25

PRIORITY: Final = -10
"""Before the usual filter: what is dropped here costs other rules nothing."""

_SETS: Final = {4: ("banned4", "ipv4_addr", "ip"), 6: ("banned6", "ipv6_addr", "ip6")}

_NO_TABLE: Final = "No such file or directory"


def ruleset(chosen: Iterable[Chosen], *, smtp: bool) -> str:
    """What ``nft -f -`` reads.

    Args:
        chosen: whom; without any of them nothing of ours remains.
        smtp: shut port 25, too.
    """
    bans = list(chosen)
    # Naming a table makes it, so that deleting it is never an error.
    gone = f"table {TABLE}\ndelete table {TABLE}\n"
    if not bans:
        return gone
    ports = ", ".join(map(str, sorted((*PORTS, SMTP) if smtp else PORTS)))
    sets, rules = [], []
    for version, (name, kind, protocol) in _SETS.items():
        mine = [each for each in bans if each.prefix.version == version]
        listed = ",\n\t\t\t".join(f"{each.text} timeout {each.seconds}s" for each in mine)
        elements = f"\t\telements = {{\n\t\t\t{listed}\n\t\t}}\n" if mine else ""
        sets.append(
            f"\tset {name} {{\n\t\ttype {kind}\n\t\tflags interval, timeout\n{elements}\t}}\n"
        )
        rules.append(f"\t\ttcp dport {{ {ports} }} {protocol} saddr @{name} drop\n")
    chain = (
        f"\tchain input {{\n\t\ttype filter hook input priority {PRIORITY}; policy accept;\n"
        f"{''.join(rules)}\t}}\n"
    )
    return f"{gone}table {TABLE} {{\n{''.join(sets)}{chain}}}\n"


class Nftables:
    """The firewall of a machine, as far as it is ours.

    Args:
        host: the machine.
    """

    def __init__(self, host: Host) -> None:
        self._host = host

    def apply(self, chosen: Iterable[Chosen], *, smtp: bool) -> None:
        """Let exactly these be banned.

        Raises:
            PlanError: nft does not do it; the bans are what they were.
        """
        self._require(self._host.run(("nft", "-f", "-"), text=ruleset(chosen, smtp=smtp)))

    def clear(self) -> None:
        """Let nobody be banned by us. Where there is no nft there is nothing to take back.

        Raises:
            PlanError: nft does not do it.
        """
        result = self._host.run(("nft", "-f", "-"), text=ruleset((), smtp=False))
        if result.code != NOT_FOUND:
            self._require(result)

    def banned(self) -> list[str]:
        """Who is banned by us now.

        Raises:
            PlanError: nft does not say.
        """
        result = self._host.run(("nft", "-j", "list", "table", *TABLE.split()))
        if result.code and _NO_TABLE in result.stderr:
            return []
        self._require(result)
        try:
            document: dict[str, Any] = msgspec.json.decode(result.stdout)
            sets = [each["set"] for each in document["nftables"] if "set" in each]
            return [_written(member) for each in sets for member in each.get("elem", [])]
        except (msgspec.DecodeError, KeyError, TypeError) as error:
            raise PlanError(f"what nft says cannot be read: {error}") from error

    def _require(self, result: Result) -> None:
        if result.code == NOT_FOUND:
            raise PlanError("nft is not here: install the package nftables, or set ban.action")
        result.require(PlanError)


def _written(member: Any) -> str:
    value = member["elem"]["val"] if isinstance(member, dict) and "elem" in member else member
    if isinstance(value, dict):
        return f"{value['prefix']['addr']}/{value['prefix']['len']}"
    return str(value)

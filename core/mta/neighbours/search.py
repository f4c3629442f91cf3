"""Looks for every neighbour that is known, and goes on when one of them cannot be understood."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct

from core.mta.neighbours import (
    cpanel,
    csf,
    directadmin,
    dovecot,
    fail2ban,
    imunify,
    plesk,
    policy_services,
)
from core.mta.neighbours.finding import Finding, Site, Weight
from core.system.host import Host

Look = Callable[[Site], Iterator[Finding]]

LOOKS: Final[dict[str, Look]] = {
    "CSF": csf.look,
    "Dovecot": dovecot.look,
    "Postfix": policy_services.look,
    "cPanel": cpanel.look,
    "DirectAdmin": directadmin.look,
    "Plesk": plesk.look,
    "Imunify360": imunify.look,
    "fail2ban": fail2ban.look,
}
"""Whose files are looked at, in the order in which equally grave findings are told."""

_GRAVITY: Final = tuple(Weight)


class Found(Struct, frozen=True):
    """What was found.

    Attributes:
        findings: the gravest first.
        unread: files that only root may read.
        faults: readers that failed, with why: a fault of ours.
    """

    findings: tuple[Finding, ...]
    unread: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def search(host: Host) -> Found:
    """Look at a machine's files. Changes nothing, and never raises."""
    site = Site(host)
    findings: list[Finding] = []
    faults: list[str] = []
    for name, look in LOOKS.items():
        try:
            findings += look(site)
        except Exception as error:  # noqa: BLE001  a stranger's file must not hide the other findings
            faults.append(f"{name}: {str(error) or type(error).__name__}")
    findings.sort(key=lambda each: _GRAVITY.index(each.weight))
    return Found(tuple(findings), tuple(dict.fromkeys(site.unread)), tuple(faults))

"""What a Plesk's file system holds; what its servers write, and the tests, is not looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.lab import snapshot as lab
from tests.lab.snapshot import difference

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.snapshot import Snapshot

__all__ = ["difference", "snapshot"]

LIVE = (
    "var/lib/dovecot/",
    "var/lib/postfix/",
    "var/lib/psa/",
    "var/spool/postfix/active",
    "var/spool/postfix/deferred",
    "var/spool/postfix/incoming",
    "var/spool/postfix/maildrop",
    "var/spool/postfix/pid",
    "var/spool/postfix/private",
    "var/spool/postfix/public",
)
"""What servers write by themselves."""

KEPT = ("opt/psa/tmp", "root/mailward.zip")
"""What the tests put there."""


def snapshot(root: Path) -> Snapshot:
    """As `tests.lab.snapshot.snapshot`."""
    return lab.snapshot(root, LIVE, KEPT)

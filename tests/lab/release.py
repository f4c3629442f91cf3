"""The Debian releases whose mail servers the tests talk to, and what the lab needs of each.

It only names things: `sources.py` finds the archive, `debian.py` fetches.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

LAB = Path(__file__).resolve().parents[2] / ".lab"
"""Everything that the lab makes is below this folder of the project; git ignores it."""


class LabUnavailableError(Exception):
    """This machine cannot have the lab. The text says why in one line."""


@dataclass(frozen=True)
class Release:
    """One Debian release.

    codename: as in the archive's `dists/` folder; postfix, dovecot: the versions it carries;
    packages: what to unpack, their dependencies come along.
    """

    codename: str
    postfix: str
    dovecot: str
    packages: tuple[str, ...]

    @property
    def root(self) -> Path:
        """The unpacked system. Servers never run here, but in a `LabMachine` made from it."""
        return LAB / self.codename


SERVERS = ("postfix", "dovecot-imapd", "dovecot-pop3d")

TOOLS = ("coreutils", "dash", "diffutils", "findutils", "grep", "netbase", "openssl", "sed")
"""What the servers' own start scripts call. An empty dpkg status knows no essential packages."""

UNWANTED = (
    "adduser",
    "cdebconf",
    "debconf",
    "dpkg",
    "init-system-helpers",
    "libllvm14",
    "locales",
    "lsb-base",
    "passwd",
    "postgresql-client-common",
    "postgresql-common",
    "ssl-cert",
    "sysvinit-utils",
    "ucf",
)
"""Dependencies that only maintainer scripts, or PostgreSQL's JIT, need: said to be installed."""

RELEASES = {
    release.codename: release
    for release in (
        Release("bullseye", "3.5", "2.3.13", SERVERS + TOOLS),
        Release("bookworm", "3.7", "2.3.19", (*SERVERS, *TOOLS, "postgresql-15")),
        Release("trixie", "3.10", "2.4.1", (*SERVERS, *TOOLS, "perl-base")),
    )
}

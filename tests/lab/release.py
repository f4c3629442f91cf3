"""What the lab unpacks, and of which Debian release: mail servers, and a browser.

It only names things: `sources.py` finds the archive, `debian.py` fetches.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

LAB = Path(__file__).resolve().parents[2] / ".lab"
"""Everything that the lab makes is below this folder of the project; git ignores it."""


class LabUnavailableError(Exception):
    """This machine cannot have the lab. The text says why in one line."""


@dataclass(frozen=True, kw_only=True)
class Tree:
    """Packages that are unpacked together, into one folder.

    codename: the Debian release, as in the archive's `dists/` folder; packages: what to unpack,
    their dependencies come along; unwanted: dependencies that are said to be installed.
    """

    codename: str
    packages: tuple[str, ...]
    unwanted: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of its folder, and what people call it."""
        return self.codename

    @property
    def root(self) -> Path:
        """The unpacked files."""
        return LAB / self.name


@dataclass(frozen=True, kw_only=True)
class Release(Tree):
    """A whole system of one Debian release, with mail servers.

    Servers never run in its root, but in a `LabMachine` made from it.
    postfix, dovecot: the versions it carries.
    """

    postfix: str
    dovecot: str


@dataclass(frozen=True, kw_only=True)
class Programs(Tree):
    """Programs that run in the machine itself, on its own C library. folder: where they are."""

    folder: str

    @property
    def name(self) -> str:
        """The name of its folder: not the release's, which is a whole system."""
        return self.folder


@dataclass(frozen=True, kw_only=True)
class Addition(Tree):
    """What is laid over a machine of the same release, because its packages exclude others there.

    Its `usr` is added to the machine's; nothing else of it is used, and the C library is not in it.
    version: of the server that it is about.
    """

    version: str
    folder: str

    @property
    def name(self) -> str:
        """The name of its folder: the release's own is taken."""
        return self.folder


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
    codename: Release(
        codename=codename,
        postfix=postfix,
        dovecot=dovecot,
        packages=(*SERVERS, *TOOLS, *more),
        unwanted=UNWANTED,
    )
    for codename, postfix, dovecot, more in (
        ("bullseye", "3.5", "2.3.13", ()),
        ("bookworm", "3.7", "2.3.19", ("postgresql-15",)),
        ("trixie", "3.10", "2.4.1", ("perl-base",)),
    )
}

NEWEST = "trixie-backports"
"""The suite with the newest Exim that there is; its number grows, and 4.100 came after 4.99."""

EXIM = ("exim4-daemon-heavy",)
NEWEST_EXIM = tuple(f"{name}/{NEWEST}" for name in (*EXIM, "exim4-base"))

EXIMS = {
    codename: Addition(
        folder=f"exim-{codename}",
        codename=codename,
        version=version,
        packages=packages,
        unwanted=(
            *("adduser", "cron", "debconf", "dpkg", "exim4-config", "init-system-helpers"),
            *("libc6", "libfile-fcntllock-perl", "mariadb-common", "netbase", "ucf"),
            *perl,
        ),
    )
    for codename, version, packages, perl in (
        ("bullseye", "4.94", EXIM, ("perl", "perl-base", "perl-modules-5.32")),
        ("bookworm", "4.96", EXIM, ("perl", "perl-base", "perl-modules-5.36")),
        ("trixie", "4.98", EXIM, ("perl-modules-5.40",)),
        (NEWEST, "4.1", NEWEST_EXIM, ("perl-modules-5.40",)),
    )
}
"""Debian lets a machine have Exim or Postfix. Perl's library comes along, its modules do not.

Since trixie a perl of any architecture is asked for, which no package that is only said to be there
can be.
"""

PLESK = Addition(
    folder="plesk-bookworm",
    codename="bookworm",
    version="8.2",
    packages=(
        *("php8.2-cli", "php8.2-curl", "php8.2-sqlite3", "python3.11", "passwd"),
        *("libsasl2-modules", "sasl2-bin"),
    ),
    unwanted=(
        *("libc6", "debconf", "dpkg", "ucf", "adduser", "init-system-helpers", "netbase"),
        *("psmisc", "tzdata", "media-types", "lsb-base", "sysvinit-utils"),
    ),
)
"""What the double of Plesk has beside its mail servers: PHP, Python, the tools for accounts, and
Cyrus SASL, by which Plesk's Postfix checks passwords."""

PHPS = {
    version: Addition(
        folder=f"php-{codename}",
        codename=codename,
        version=version,
        packages=(f"php{version}-cli",),
        unwanted=(
            *("libc6", "debconf", "dpkg", "ucf", "psmisc", "media-types", "mime-support"),
            *("debconf-2.0", "sensible-utils"),
        ),
    )
    for version, codename in (("7.4", "bullseye"), ("8.4", "trixie"))
}
"""The oldest and the newest PHP on which panels run what we give them, beside `PLESK`'s."""

PACKAGERS = Addition(
    folder="packagers",
    codename="bookworm",
    version="1.21",
    packages=("cpio", "dpkg", "python3.11", "rpm", "rpm2cpio", "tar"),
    unwanted=(
        *("libc6", "debconf", "ucf", "media-types", "lsb-base", "init-system-helpers"),
        "perl-modules-5.36",
    ),
)
"""dpkg and rpm themselves, which install packages of ours in a machine, and a Python for them."""

CHROMIUM = Programs(
    folder="chromium",
    codename="bookworm",
    packages=(
        "chromium-headless-shell",
        "fonts-dejavu-core",
        "fonts-droid-fallback",
        "pngquant",
    ),
    unwanted=("debconf", "dpkg", "libc6", "ucf", "x11-utils", "xdg-utils"),
)
"""Without the C library: two of them in one process do not work, and the machine's is loaded first.

DejaVu draws the pages; Droid's fallback has the Chinese, Japanese and Korean signs.
pngquant makes pictures of pages small.
"""

NFTABLES = Programs(
    folder="nftables",
    codename="bookworm",
    packages=("iproute2", "nftables"),
    unwanted=("debconf", "dpkg", "libc6"),
)
"""The firewall's own program. It talks to the machine's kernel, in a namespace of its own."""

TREES: dict[str, Tree] = {
    tree.name: tree
    for tree in (
        *(*RELEASES.values(), *EXIMS.values(), PLESK, *PHPS.values()),
        *(PACKAGERS, CHROMIUM, NFTABLES),
    )
}

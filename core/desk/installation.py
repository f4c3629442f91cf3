"""What this server must have for Mailward to run on it: users, folders, the file, units, a command.

A change plan like every other, so it can be shown, is taken back byte for byte, and goes on where
it was cut off. It starts nothing and hooks no mail server: `core.desk.installing` does, in order.
"""

from __future__ import annotations

import json
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from core.desk.hooks import records
from core.panel import Bridge
from core.settings.config import Config
from core.system import ban_file, units
from core.system.account_steps import MakeUser
from core.system.file_steps import WriteFile
from core.system.host import Host
from core.system.link_steps import MakeLink
from core.system.plan import ChangePlan
from core.system.steps import MakeDirectory, Step
from core.system.units import Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.panel import Panel

NAME: Final = "installation"

USER: Final = "mailward"
WEB_USER: Final = "mailward-web"

LOG_GROUPS: Final = ("adm", "systemd-journal")
"""Who may read mail logs (Debian) and the journal (systemd-journald.service(8))."""

FILE: Final = "/etc/mailward/mailward.toml"
COMMAND: Final = "/usr/local/bin/mailward"

EXIM_LOGS: Final = ("/var/log/exim/mainlog", "/var/log/exim_mainlog")
EXIM_GROUPS: Final = ("mail", "mailnull", "exim")
"""Where panels' Exims write, and the group to whom such a log may belong: ``mail`` on cPanel and
DirectAdmin. What that group may read beside it, the daemon may then, too."""

QUEUE: Final = "/var/spool/postfix"
"""Below it lies the socket that an smtpd in a chroot reaches (facts/mta_hooks.md 2.4)."""

WATCHED: Final = ("/etc/postfix/main.cf", "/etc/postfix/master.cf", "/etc/dovecot/dovecot.conf")
"""Files that panels rewrite; one that is missing is noticed when it comes (systemd.path(5))."""


class Requests:
    """What the pages may ask root to do: the names of empty files in a folder, and nothing else."""

    FOLDER: Final = "requests"
    RECONCILE: Final = "reconcile"


class Site(Struct, frozen=True):
    """What is known before anything is changed.

    Attributes:
        config: where everything is to be.
        command: how ``mailward`` is run.
        bridge: who carries pages; None where signed links do.
        readers: groups that may read the mail server's logs, of which the daemon is to be.
        chroot: a mail server may ask from within Postfix's queue folder.
    """

    config: Config
    command: tuple[str, ...]
    bridge: Bridge | None
    readers: tuple[str, ...] = ()
    chroot: bool = True

    @property
    def pages(self) -> tuple[str, ...]:
        """The units that serve pages."""
        own = self.bridge is not None and self.bridge.customers
        return (units.PAGES, *((units.CUSTOMERS,) if own else ()))


def plan(site: Site, host: Host) -> ChangePlan:
    """The changes that make the machine ready."""
    return ChangePlan(
        host,
        records(site.config),
        NAME,
        "Make this server ready for Mailward",
        tuple(_steps(site, host)),
    )


def recorded(config: Config, host: Host) -> ChangePlan | None:
    """What was done to the machine; None where nothing is on record."""
    return ChangePlan.recorded(host, records(config), NAME, ())


def is_installed(config: Config) -> bool:
    """Whether an installer of ours has made this machine ready."""
    return (records(config) / NAME / "current").exists()


def surroundings(site: Site) -> Surroundings:
    """What the units are made for."""
    return Surroundings(
        command=site.command,
        user=USER,
        web_user=WEB_USER,
        web_group=site.bridge.group if site.bridge else "",
        readers=site.readers,
        watched=watched(site.bridge),
        requests=str(site.config.state / Requests.FOLDER),
        bans=str(site.config.state / ban_file.NAME),
        customers=site.bridge is not None and site.bridge.customers,
    )


def watched(bridge: Bridge | None) -> tuple[str, ...]:
    """The files whose change makes root look whether all is as it should be."""
    return (*WATCHED, *(bridge.watched if bridge else ()))


def _steps(site: Site, host: Host) -> Iterator[Step]:
    config = site.config
    state, log = str(config.state), str(config.log)
    yield MakeUser(USER, state, groups=_readers_of_logs(host))
    yield MakeUser(WEB_USER, state, groups=(USER,))
    if site.bridge and site.bridge.user:
        yield MakeUser(site.bridge.user, state)
    yield MakeDirectory(str(Path(FILE).parent), 0o755)
    # What is made in it belongs to the group: the pages write into the store as well.
    yield MakeDirectory(state, 0o2770, USER, USER)
    yield MakeDirectory(log, 0o2770, USER, USER)
    yield MakeDirectory(f"{state}/{Requests.FOLDER}", 0o2770, USER, USER)
    yield WriteFile(FILE, configuration(site).encode(), 0o640, "root", USER, keep=True)
    for name, text in units.units(surroundings(site)).items():
        yield WriteFile(f"{units.FOLDER}/{name}", text.encode())
    if site.command[0].startswith("/opt/") and len(site.command) == 1:
        yield MakeLink(COMMAND, site.command[0])


def _readers_of_logs(host: Host) -> tuple[str, ...]:
    """The groups of this machine that may read logs: the daemon follows the mail server's."""
    known = {}
    for group in (*LOG_GROUPS, *EXIM_GROUPS):
        with suppress(KeyError):
            known[group] = host.gid(group)
    logs: set[int] = set()
    for name in EXIM_LOGS:
        with suppress(OSError):
            status = host.path(name).stat()
            logs.update({status.st_gid} if status.st_mode & stat.S_IRGRP else ())
    return tuple(group for group, number in known.items() if group in LOG_GROUPS or number in logs)


def configuration(site: Site) -> str:
    """The small TOML file of a new installation."""
    sockets = [f"unix:{site.config.run}/policy.sock"]
    remark = ""
    if site.chroot:
        sockets.append(f"unix:{QUEUE}/mailward/policy.sock")
        remark = (
            "# The second one is for mail servers that run in a chroot and see their queue folder "
            "only.\n"
        )
    return f"""\
# Where Mailward is. Everything else is a setting: `mailward settings`, or the pages.
# Made by the installer; an upgrade leaves it as it is.

[paths]
state = {json.dumps(str(site.config.state))}
run = {json.dumps(str(site.config.run))}
log = {json.dumps(str(site.config.log))}

[listen]
{remark}policy = {json.dumps(sockets)}
web = "unix:/run/mailward-web/web.sock"
"""


def site_of(config: Config, panel: Panel, command: tuple[str, ...], host: Host) -> Site:
    """What is known of this machine before anything is changed.

    Where there is no file yet, everything will be as the one says that is going to be written: what
    else is planned must already fit it.
    """
    site = Site(
        config=config,
        command=command,
        bridge=panel.bridge(),
        readers=_readers_of_logs(host),
        chroot=host.exists(QUEUE),
    )
    if config != Config() or host.exists(FILE):
        return site
    written = msgspec.toml.decode(configuration(site), type=Config)
    return msgspec.structs.replace(site, config=written)

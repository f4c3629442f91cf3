"""The contract for DirectAdmin: what it says of itself, its mail server, and whose domains are
whose.

Facts: facts/directadmin.md. Its accounts are read in `directadmin.accounts`, its Exim's include
points are found in `directadmin.includes`, and the plugin is placed by `directadmin.plugin`.

What changes the panel, looks into Exim and knows sessions is loaded by whoever does so: the daemon
only asks what root has written down, and would keep 9 MB for ever.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.errors import PanelAbsent, PanelBroken, PanelTooOld
from core.licence.requirements import PUBLISHED
from core.licence.version import parse
from core.mta import installed
from core.panel import (
    Bridge,
    Change,
    Doors,
    MailDomain,
    MailHook,
    PanelInfo,
    Requirement,
    Viewer,
    Visit,
)
from core.system.host import Host
from directadmin import places
from directadmin.accounts import Accounts

if TYPE_CHECKING:
    from directadmin.session import Sessions

OLDEST: Final = "1.60.0"
"""The first that runs the hooks of plugins (facts 5)."""

SECONDS: Final = 30.0
"""How long DirectAdmin's command may take to say its version."""

ASKED: Final = (("version",), ("v",))
"""The words by which it is asked, today's first (facts 6)."""

WATCHED: Final = (
    places.EXIM_CONF,
    places.SETTINGS,
    *places.EXIM_INCLUDES.values(),
    places.OWNERS,
    places.SERVICES,
    places.PACKAGE_ITEMS,
)
"""Files that DirectAdmin and its builds write anew."""

_VERSION = re.compile(r"(?<![0-9])[0-9]+(?:\.[0-9]+)+")


class DirectAdmin:
    """A server with DirectAdmin.

    Args:
        host: the machine.
    """

    name = "directadmin"
    requirements: Sequence[Requirement] = PUBLISHED["directadmin"]

    def __init__(self, host: Host | None = None) -> None:
        self.host = host or Host()

    def probe(self) -> PanelInfo:
        """Ask DirectAdmin for its version, and see which mail servers are here.

        Raises:
            PanelAbsent: there is no DirectAdmin here.
            PanelBroken: it is here and does not say its version.
            PanelTooOld: it does not run the hooks of plugins yet.
        """
        version = self._version()
        number, least = parse(version), parse(OLDEST)
        if number is not None and least is not None and number < least:
            raise PanelTooOld(f"this is DirectAdmin {version}; Mailward needs {OLDEST} or newer")
        servers = [
            ("Exim", installed.exim_version(self.host)),
            ("Dovecot", installed.dovecot_version(self.host)),
        ]
        found = [(name, number) for name, number in servers if number]
        return PanelInfo(
            name=self.name,
            version=version,
            edition="",
            mail_server=" and ".join(name for name, _ in found),
            mail_server_version=" and ".join(number for _, number in found),
        )

    def domains(self) -> list[MailDomain]:
        """Every domain and pointer, with its user, reseller, mailboxes and package.

        Raises:
            PanelBroken: DirectAdmin's list of domains cannot be read.
        """
        return Accounts(self.host).domains()

    def viewer(self, visit: Visit) -> Viewer | None:
        """Whoever DirectAdmin says it is, asked with the session that the plugin was given.

        Raises:
            VisitRefused: nobody may be believed.
        """
        return self._sessions.viewer(visit)

    def bridge(self) -> Bridge | None:
        """The plugin: administrators' pages run as an account of ours, customers' as themselves."""
        return Bridge(places.ACCOUNT, watched=WATCHED, user=places.ACCOUNT, customers=True)

    def registration(self, state: Path) -> Change | None:
        """The plugin, the item of packages, and the list of services.

        Raises:
            PlanError: the undo record cannot be read.
        """
        from directadmin import plugin  # noqa: PLC0415

        return plugin.plan(self.host, state)

    def hooks(self, doors: Doors, state: Path) -> list[MailHook]:
        """Exim, where DirectAdmin's own include points take our lines; and Dovecot.

        DirectAdmin's Dovecot reads a folder of further files, where ours is one more; a rebuild
        that clears the folder is noticed, and the file put back (facts 3).
        """
        from directadmin import includes  # noqa: PLC0415

        return installed.hooks(self.host, doors, state, place=includes.find)

    @cached_property
    def _sessions(self) -> Sessions:
        from directadmin.session import Sessions  # noqa: PLC0415

        return Sessions(self.host)

    def _version(self) -> str:
        if not self.host.exists(places.PROGRAM):
            raise PanelAbsent(f"there is no DirectAdmin here: no {places.PROGRAM}")
        said = "it said nothing"
        for words in ASKED:
            printed = self.host.run((places.PROGRAM, *words), timeout=SECONDS)
            found = _VERSION.search(printed.stdout) if not printed.code else None
            if found:
                return found[0]
            said = printed.failure if printed.code else printed.stdout.strip() or said
        raise PanelBroken(f"DirectAdmin does not say its version: {said}")

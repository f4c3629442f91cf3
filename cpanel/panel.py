"""The contract for cPanel & WHM: what it says of itself, its mail server, and whose domains are
whose.

Facts: facts/cpanel.md, sections 3 to 7. Who looks at a page is signed by the bridge
(cpanel/bridge), which alone knows the panel's sessions.

What changes the panel and looks into Exim is loaded by whoever does so: the daemon only asks what
root has written down, and would keep 9 MB for ever.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from core.errors import MailServerUnsupported, PanelAbsent, PanelBroken, PanelTooOld
from core.licence.requirements import PUBLISHED
from core.mta import installed
from core.panel import (
    Bridge,
    Change,
    Doors,
    MailDomain,
    MailHook,
    PanelInfo,
    Remark,
    Requirement,
    Viewer,
    Visit,
)
from core.system import files
from core.system.host import Host
from core.system.pairs import pairs
from cpanel import dovecot, places
from cpanel.accounts import Accounts

OLDEST: Final = 110
"""The oldest release that cPanel itself still looks after (facts 7)."""

WATCHED: Final = (
    places.EXIM_CONF,
    places.LOCAL_OPTIONS,
    places.USER_DOMAINS,
    places.TRUE_USER_DOMAINS,
    places.VERSION,
)

NEEDED: Final = (places.REGISTER, places.MANAGE_HOOKS, places.BUILD_EXIM, places.PERL)
"""Without these it is a heap of files, or in the middle of an update."""


class Cpanel:
    """A server with cPanel & WHM.

    Args:
        host: the machine.
    """

    name = "cpanel"
    requirements: Sequence[Requirement] = PUBLISHED["cpanel"]

    def __init__(self, host: Host | None = None) -> None:
        self.host = host or Host()

    def probe(self) -> PanelInfo:
        """Read cPanel's version, and ask Exim for its own.

        Raises:
            PanelAbsent: there is no cPanel here.
            PanelBroken: its version or its commands are missing.
            PanelTooOld: it is older than any that its vendor supports.
            MailServerUnsupported: there is no Exim, or one that cannot ask us.
        """
        number = self._version()
        if number[0] < OLDEST:
            raise PanelTooOld(f"this is cPanel & WHM {number[0]}; Mailward needs {OLDEST} or newer")
        missing = [path for path in NEEDED if not self.host.exists(path)]
        if missing:
            raise PanelBroken(f"this cPanel & WHM is not whole: {missing[0]} is missing")
        exim = self._exim()
        servers = [("Exim", exim), ("Dovecot", installed.dovecot_version(self.host))]
        found = [(name, version) for name, version in servers if version]
        return PanelInfo(
            name=self.name,
            version=".".join(map(str, number)),
            edition="",
            mail_server=" and ".join(name for name, _ in found),
            mail_server_version=" and ".join(version for _, version in found),
        )

    def domains(self) -> list[MailDomain]:
        """Every domain, with its account, reseller, mailboxes and what its package says.

        Raises:
            PanelBroken: cPanel's list of domains cannot be read.
        """
        return Accounts(self.host).domains()

    def viewer(self, visit: Visit) -> Viewer | None:  # noqa: ARG002  the contract passes it
        """Nobody: only the bridge knows the panel's sessions, and it signs what it says."""
        return None

    def bridge(self) -> Bridge | None:
        """Perl of cPanel's: as root in WHM, as the account's own user in cPanel (facts 1.4, 2)."""
        return Bridge(group="", watched=WATCHED, customers=True)

    def registration(self, state: Path) -> Change | None:
        """Pages, menu entry, tile, reseller's right, package extension, events, service monitor.

        Raises:
            PlanError: the record of an earlier plan cannot be read.
        """
        from cpanel import registration  # noqa: PLC0415

        return registration.plan(self.host, state)

    def hooks(self, doors: Doors, state: Path) -> list[MailHook]:
        """The hooks for Exim, and for Dovecot where its configuration takes our lines for good."""
        from cpanel.exim import hook_places  # noqa: PLC0415

        if doors.dovecot and dovecot.obstacle(self.host):
            doors = msgspec.structs.replace(doors, dovecot="")
        return installed.hooks(self.host, doors, state, place=hook_places(self.host, state))

    def remarks(self) -> list[Remark]:
        """What cPanel has not kept of our registration; why IMAP and POP3 are left out."""
        from cpanel import enrolment  # noqa: PLC0415

        found = []
        state = files.read(self.host.path(places.APP_CONFIG))
        if state is not None:
            wanted = pairs(files.decode(state.data))
            problem = enrolment.application_problem(self.host, places.APP, wanted)
            if problem:
                advice = "`mailward reconcile` registers it again"
                found.append(Remark("WHM", problem, advice, is_ill=True))
        obstacle = dovecot.obstacle(self.host) if installed.dovecot_version(self.host) else ""
        if obstacle:
            text = f"logins at IMAP and POP3 are not checked: {obstacle}"
            found.append(Remark("Dovecot", text, "see docs/install-cpanel.md, IMAP and POP3"))
        return found

    def _version(self) -> tuple[int, ...]:
        """Release, minor and build: ``11.126.0.5`` is 126.0.5."""
        path = self.host.path(places.VERSION)
        try:
            text = path.read_text("utf-8", "replace").strip()
        except FileNotFoundError as error:
            raise PanelAbsent(f"there is no cPanel here: {places.VERSION} is missing") from error
        except OSError as error:
            raise PanelBroken(f"{places.VERSION}: {error.strerror}") from error
        if not re.fullmatch(r"11(\.\d+){1,4}", text):
            raise PanelBroken(f"cPanel's version cannot be read: {text[:40]!r}")
        return tuple(map(int, text.split(".")[1:]))

    def _exim(self) -> str:
        """Exim's version.

        Raises:
            MailServerUnsupported: there is none, or it is too old.
        """
        from core.mta import exim_config  # noqa: PLC0415

        version = installed.exim_version(self.host)
        if not version:
            raise MailServerUnsupported("cPanel's mail server, Exim, is not installed here")
        if exim_config.number(version) < exim_config.OLDEST:
            least = ".".join(map(str, exim_config.OLDEST))
            raise MailServerUnsupported(
                f"Exim {version} is too old: Mailward needs {least} or newer"
            )
        return version

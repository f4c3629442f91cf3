"""The contract for Plesk: what Plesk says of itself, its mail server, and whose domains are whose.

Facts: facts/plesk.md, sections 1, 6, 7.1 and 10. Who looks at a page is signed by the bridge
(plesk/bridge), which alone knows Plesk's session.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from core.errors import PanelAbsent, PanelBroken, PanelTooOld
from core.licence.feature import Feature
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

CONFIGURATION: Final = "/etc/psa/psa.conf"

OLDEST: Final = "18.0.0"
"""The first Obsidian; what single features need is in `requirements`."""

SECONDS: Final = 60.0
"""How long one of Plesk's commands may take: the first after a while starts its PHP."""

OWNERS: Final = """
SELECT d.name, c.login, c.type, IFNULL(r.login, ''), IFNULL(r.type, '')
FROM domains d JOIN clients c ON c.id = d.cl_id LEFT JOIN clients r ON r.id = c.parent_id
"""
MAILBOXES: Final = """
SELECT d.name, m.mail_name FROM mail m JOIN domains d ON d.id = m.dom_id ORDER BY 1, 2
"""
"""Tables and columns as in facts/plesk.md 6."""

_VERSION = re.compile(r"(?m)^Product version:.*?([0-9]+(?:\.[0-9]+)+)\s*$")
_SETTING = re.compile(r"(?m)^\s*([A-Z][A-Z0-9_]*)\s+(\S+)\s*$")


class Plan(Struct, frozen=True):
    """What a domain's service plan says, as the extension's ``domains.php`` prints it."""

    name: str
    enabled: bool = True
    plan: str = ""


class Plesk:
    """A server with Plesk Obsidian on Linux.

    Args:
        host: the machine.
    """

    name = "plesk"
    requirements: Sequence[Requirement] = PUBLISHED["plesk"]

    def __init__(self, host: Host | None = None) -> None:
        self.host = host or Host()

    def probe(self) -> PanelInfo:
        """Ask Plesk for its version, and which mail server it runs.

        Raises:
            PanelAbsent: there is no Plesk here.
            PanelBroken: it is here and does not say its version.
            PanelTooOld: it is older than Obsidian.
        """
        version = self._version()
        number, least = parse(version), parse(OLDEST)
        if number is None or least is None:
            raise PanelBroken(f"Plesk's version cannot be read: {version!r}")
        if number < least:
            raise PanelTooOld(f"this is Plesk {version}; Mailward needs {OLDEST} or newer")
        servers = self._mail_servers()
        return PanelInfo(
            name=self.name,
            version=version,
            edition="Obsidian",
            mail_server=" and ".join(name for name, _ in servers),
            mail_server_version=" and ".join(found or "unknown" for _, found in servers),
        )

    def domains(self) -> list[MailDomain]:
        """Every domain, with its owner, reseller, mailboxes and what its plan says.

        Raises:
            PanelBroken: Plesk's database does not answer.
        """
        mailboxes: dict[str, list[str]] = {}
        for name, box in self._rows(MAILBOXES, 2):
            mailboxes.setdefault(name, []).append(f"{box}@{name}")
        plans = self._plans()
        found = []
        for name, owner, kind, parent, parent_kind in self._rows(OWNERS, 5):
            plan = plans.get(name, Plan(name))
            reseller = owner if kind == "reseller" else parent if parent_kind == "reseller" else ""
            found.append(
                MailDomain(
                    name=name,
                    customer="" if kind == "admin" else owner,
                    reseller=reseller,
                    enabled=plan.enabled,
                    mailboxes=tuple(mailboxes.get(name, ())),
                    plan=plan.plan,
                )
            )
        return sorted(found, key=lambda domain: domain.name)

    def viewer(self, visit: Visit) -> Viewer | None:  # noqa: ARG002  the contract passes it
        """Nobody: only the bridge knows Plesk's session, and it signs what it says."""
        return None

    def bridge(self) -> Bridge | None:
        """The extension's PHP, which runs as Plesk's own user (facts/plesk.md 1, 12.2)."""
        root = self._configuration().get("PRODUCT_ROOT_D", "/usr/local/psa")
        return Bridge("psaadm", f"{root}/var/modules/mailward/bridge.secret")

    def registration(self, state: Path) -> Change | None:  # noqa: ARG002  the contract passes it
        """None: Plesk finds menu entries, permissions and hooks in the extension's own files."""
        return None

    def hooks(self, doors: Doors, state: Path) -> list[MailHook]:
        """The hooks for the mail servers that Plesk runs; none for qmail, which cannot be asked.

        Plesk leaves Postfix's package in place when qmail is chosen (facts/plesk.md 7.1). Where
        this Plesk is too old for the connection stage, Postfix is not made to ask at it.
        """
        postfix = self._smtp_server() != "qmail"
        return installed.hooks(self.host, doors, state, postfix=postfix, connect=self._connects())

    def _connects(self) -> bool:
        """Whether this Plesk is new enough for the connection stage, by its version file.

        The file is quicker than the command, and hooks are asked for often. Where it cannot be
        read, the gate of features has the last word, as it always has.
        """
        root = self._configuration().get("PRODUCT_ROOT_D", "/usr/local/psa")
        try:
            found = parse(self._version_file(root))
        except PanelBroken:
            return True
        needed = [each for each in self.requirements if each.feature == Feature.CONNECT]
        least = [parse(each.panel_minimum) for each in needed]
        return found is None or all(each is None or found >= each for each in least)

    def _version_file(self, root: str) -> str:
        """The first word of Plesk's version file.

        Raises:
            PanelBroken: it cannot be read.
        """
        try:
            words = self.host.path(f"{root}/version").read_text("utf-8", "replace").split()
        except (OSError, ValueError) as error:
            raise PanelBroken(f"{root}/version: {error}") from error
        return words[0] if words else ""

    def _configuration(self) -> dict[str, str]:
        try:
            text = self.host.path(CONFIGURATION).read_text("utf-8", "replace")
        except OSError as error:
            raise PanelAbsent(
                f"there is no Plesk here: {CONFIGURATION}: {error.strerror}"
            ) from error
        return {match[1]: match[2] for match in _SETTING.finditer(text)}

    def _version(self) -> str:
        """By its command; by its file where that fails, as it does while Plesk is updated."""
        root = self._configuration().get("PRODUCT_ROOT_D", "/usr/local/psa")
        printed = self.host.run(("plesk", "version"), timeout=SECONDS)
        found = _VERSION.search(printed.stdout) if not printed.code else None
        if found:
            return found[1]
        try:
            return self._version_file(root)
        except PanelBroken as error:
            raise PanelBroken(f"Plesk does not say its version: {printed.failure}") from error

    def _smtp_server(self) -> str:
        """``postfix``, ``qmail``, or "" where Plesk does not say; the documented test (7.1)."""
        root = self._configuration().get("PRODUCT_ROOT_D", "/usr/local/psa")
        printed = self.host.run((f"{root}/admin/sbin/mailmng", "--features"), timeout=SECONDS)
        for line in printed.stdout.splitlines():
            if "SMTP_Server" in line:
                return next((n for n in ("postfix", "qmail") if n in line.lower()), "")
        return ""

    def _mail_servers(self) -> list[tuple[str, str]]:
        """Name and version of what takes mail and of what gives it out."""
        postfix = installed.postfix_version(self.host)
        smtp = self._smtp_server() or ("postfix" if postfix else "")
        found = []
        if smtp == "qmail":
            found.append(("qmail", ""))
        elif postfix:
            found.append(("Postfix", postfix))
        dovecot = installed.dovecot_version(self.host)
        if dovecot:
            found.append(("Dovecot", dovecot))
        elif self.host.exists("/usr/lib/courier-imap"):
            found.append(("Courier", ""))
        return found

    def _rows(self, query: str, width: int) -> list[list[str]]:
        command = ("plesk", "db", "-B", "-N", "-e", " ".join(query.split()))
        printed = self.host.run(command, timeout=SECONDS).require(PanelBroken)
        rows = [line.split("\t") for line in printed.splitlines() if line]
        if any(len(row) != width for row in rows):
            raise PanelBroken("Plesk's database answers with other columns than were asked for")
        return rows

    def _plans(self) -> dict[str, Plan]:
        """What the service plans say; nothing, where the extension cannot be asked.

        Then every domain counts as having Mailward on: a panel that is silent must not switch
        protection off.
        """
        command = ("plesk", "bin", "extension", "--exec", "mailward", "domains.php")
        printed = self.host.run(command, timeout=SECONDS)
        if printed.code:
            return {}
        try:
            plans = msgspec.json.decode(printed.stdout, type=list[Plan])
        except msgspec.DecodeError:
            return {}
        return {plan.name: plan for plan in plans}

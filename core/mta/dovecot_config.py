"""What an installed Dovecot says about itself: a small model that plans are made from.

Effective values come from its own doveconf(1). Its main file is read for one thing only: which
folder of settings it includes.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from core.errors import MailServerUnsupported, PanelAbsent, PanelBroken, PlanError
from core.mta.knock import Door
from core.system import files
from core.system.host import NOT_FOUND, Host

OLDEST = (2, 3, 11)
"""The first version without the known crashes of its auth process (facts/mta_hooks.md 3.1)."""

NEW_DIALECT = (2, 4)
"""The first version that writes its settings the new way."""

TESTED = ((2, 3), (2, 4))

_VERSION = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")
_MAIN_FILE = re.compile(r"^# \S+ \([^)]*\): (/.*)$", re.MULTILINE)
_INCLUDE = re.compile(r"^[ \t]*!include(?:_try)?[ \t]+(\S+)", re.MULTILINE)
_PORTS = {"imap": 143, "imaps": 993, "pop3": 110, "pop3s": 995}
_TLS = {"imaps", "pop3s"}


@dataclass(frozen=True)
class DovecotConfig:
    """One Dovecot.

    Attributes:
        host: the machine.
        main_file: its main configuration file, as the machine calls it.
        version: as printed, e.g. `2.3.19.1`.
        number: its first three numbers.
        policy_url: the policy server that it asks now, "" for none.
    """

    host: Host
    main_file: str
    version: str
    number: tuple[int, int, int]
    policy_url: str

    @property
    def directory(self) -> str:
        """Where its main file is."""
        return str(PurePosixPath(self.main_file).parent)

    @property
    def new_dialect(self) -> bool:
        """Whether settings are written as since 2.4."""
        return self.number >= NEW_DIALECT

    @property
    def notes(self) -> list[str]:
        """What people should know about this version."""
        if TESTED[0] <= self.number[:2] <= TESTED[1]:
            return []
        return [f"Dovecot {self.version} is newer than the versions that were tested (2.3 and 2.4)"]

    def drop_in(self, name: str) -> str:
        """Where a file of this name is included.

        Raises:
            PlanError: nowhere.
        """
        state = files.read(self.host.path(self.main_file))
        text = files.decode(state.data) if state else ""
        for pattern in reversed(_INCLUDE.findall(text)):
            place = PurePosixPath(self.directory) / pattern
            folder = str(place.parent)
            if fnmatch.fnmatch(name, place.name) and self.host.path(folder).is_dir():
                return f"{folder}/{name}"
        raise PlanError(
            f"{self.main_file} includes no folder of settings: add the line "
            "`!include_try conf.d/*.conf` at its end, make that folder, and try again"
        )

    def doors(self) -> Iterator[Door]:
        """Where people log in to mailboxes on this machine.

        Raises:
            PanelBroken: doveconf does not answer.
        """
        text = self.host.run(["doveconf", "-c", self.main_file, "-a"]).require(PanelBroken)
        protocols = _setting(text, "protocols").replace(",", " ").split()
        for protocol in ("imap", "pop3"):
            if protocol not in protocols:
                continue
            for name, settings in _listeners(text, f"{protocol}-login"):
                port = int(settings.get("port") or _PORTS.get(name, 0))
                address = (settings.get("address") or _setting(text, "listen")).replace(",", " ")
                if port:
                    yield Door(
                        name,
                        _own_address(address.split()),
                        port,
                        tls=settings.get("ssl", "yes" if name in _TLS else "no") == "yes",
                        proxied=settings.get("haproxy") == "yes",
                    )


def read(host: Host, main_file: str = "") -> DovecotConfig:
    """Read a Dovecot as it is.

    Args:
        main_file: its main configuration file; "" for the machine's main one.

    Raises:
        PanelAbsent: there is no Dovecot.
        PanelBroken: it does not answer.
        MailServerUnsupported: it is too old.
    """
    result = host.run(["dovecot", "--version"])
    if result.code == NOT_FOUND:
        raise PanelAbsent("Dovecot is not installed here: there is no dovecot command")
    version = (result.require(PanelBroken).split() or [""])[0]
    match = _VERSION.match(version)
    if match is None:
        raise PanelBroken(f"Dovecot says that its version is {version!r}")
    number = int(match.group(1)), int(match.group(2)), int(match.group(3) or 0)
    if number < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise MailServerUnsupported(
            f"Dovecot {version} is too old: asking who may log in can crash it; {oldest} or newer "
            "is needed. Its mail log can still be read"
        )
    if not main_file:
        shown = host.run(["doveconf", "-n"]).require(PanelBroken)
        found = _MAIN_FILE.search(shown)
        main_file = found.group(1).strip() if found else "/etc/dovecot/dovecot.conf"
    name = "auth_policy/server_url" if number >= NEW_DIALECT else "auth_policy_server_url"
    url = host.run(["doveconf", "-c", main_file, "-h", name]).require(PanelBroken).strip()
    return DovecotConfig(host, main_file, version, number, url)


def _setting(text: str, name: str) -> str:
    match = re.search(rf"^{name} = (.*)$", text, re.MULTILINE)
    return match.group(1).strip() if match else ""


def _listeners(text: str, service: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The inet_listener blocks of a service in what doveconf prints, two blanks per level."""
    block = re.search(rf"^service {service} {{\n(.*?)^}}", text, re.MULTILINE | re.DOTALL)
    inner = r"^  inet_listener (\S+) {\n(.*?)^  }"
    for name, body in re.findall(inner, block.group(1) if block else "", re.MULTILINE | re.DOTALL):
        pairs = (line.partition(" = ") for line in body.splitlines())
        yield name, {key.strip(): value.strip() for key, _, value in pairs}


def _own_address(addresses: list[str]) -> str:
    """An address of this machine on which a listener can be reached."""
    if not addresses or {"*", "0.0.0.0", "127.0.0.1", "localhost"} & set(addresses):  # noqa: S104  not bound, only read
        return "127.0.0.1"
    first = addresses[0].strip("[]")
    return "::1" if first == "::" else first

"""An Exim in a folder, for tests: `-bV`, `-bP` and the rest are answered by a few lines that read
its configuration file, includes and all, apart from the code under test."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tests.core.system.machines import ScriptedHost

PLAIN = """\
primary_hostname = mail.example.test
daemon_smtp_ports = 25 : 465 : 587
tls_on_connect_ports = 465
acl_smtp_rcpt = acl_check_rcpt
acl_smtp_data = acl_check_data

begin acl

acl_check_rcpt:
  accept authenticated = *
  deny message = relay not permitted

acl_check_data:
  # what the administrator wrote
  accept

begin routers
"""

PANEL = """\
acl_smtp_connect = acl_connect
acl_smtp_helo = acl_helo
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = acl_data
acl_not_smtp = acl_script
begin acl
acl_helo:
  .include_if_exists /etc/exim.helo.pre.conf
  accept
acl_rcpt:
  .include_if_exists /etc/exim.rcpt.pre.conf
  accept
acl_data:
  .include_if_exists /etc/exim.data.pre.conf
  accept
acl_script:
  .include_if_exists /etc/exim.script.pre.conf
  accept
"""


class EximFolder(ScriptedHost):
    """A machine with an Exim.

    Args:
        text: its configuration.
        file: where that is.
    """

    def __init__(
        self, root: Path, text: str = PLAIN, version: str = "4.96", file: str = "/etc/exim.conf"
    ) -> None:
        super().__init__(root)
        self.version = version
        self.file = file
        self.lookups = "lsearch wildlsearch passwd"
        self.answers["exim"] = self._exim
        (root / "etc").mkdir(parents=True, exist_ok=True)
        self.write(file, text)

    def write(self, name: str, text: str) -> None:
        """Write a file of the machine's."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def read(self, name: str) -> str:
        """Read one."""
        return self.path(name).read_text()

    def lines(self, name: str = "") -> list[str]:
        """The configuration as Exim reads it: no comments, includes in their places."""
        found: list[str] = []
        for line in self.read(name or self.file).splitlines():
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            if words[0] == ".include_if_exists":
                if self.path(words[1]).exists():
                    found += self.lines(words[1])
                continue
            found.append(line.strip())
        return found

    def _exim(self, command: Sequence[str]) -> tuple[int, str]:
        words = list(command[1:])
        if words == ["-bV"]:
            return 0, f"Exim version {self.version} #2 built\nLookups (built-in): {self.lookups}\n"
        if words == ["-bP", "config"]:
            return 0, "\n".join(self.lines()) + "\n"
        if words == ["-bP", "macros"]:
            names = [line for line in self.lines() if re.match(r"[A-Z]\w* *=", line)]
            return 0, "_HAVE_TLS=y\n" + "".join(f"{line}\n" for line in names)
        if words[0] == "-bP":
            return 0, "".join(self._option(name) for name in words[1:])
        return 0, ""

    def _option(self, name: str) -> str:
        if name == "configure_file":
            return f"{self.file}\n"
        for line in self.lines():
            key, equals, value = line.partition("=")
            if equals and key.strip() == name:
                return f"{name} = {value.strip()}\n"
            if line == name:
                return f"{name}\n"
        return "no_strict_acl_vars\n" if name == "strict_acl_vars" else f"{name} = \n"

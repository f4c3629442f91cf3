"""Mail servers in a folder, for tests: their commands are answered by a few lines written apart
from the code under test, so that both would have to be wrong in the same way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tests.core.system.machines import ScriptedHost

SAMPLES = Path(__file__).with_name("samples")
"""Configurations as they are found on servers: Debian's own with submission switched on, a panel's
usual one, and a Plesk-like one (facts/mta_hooks.md 2, facts/plesk.md 7.2)."""

SERVERS = ("debian-11", "debian-12", "debian-13", "panel", "plesk")


def sample(name: str) -> str:
    """The text of a sample, e.g. `plesk.main`."""
    return (SAMPLES / f"{name}.cf").read_text()


DEFAULTS = {
    "compatibility_level": "0",
    "daemon_directory": "/usr/lib/postfix/sbin",
    "inet_interfaces": "all",
    "inet_protocols": "all",
    "mail_owner": "postfix",
    "queue_directory": "/var/spool/postfix",
    "smtpd_delay_reject": "yes",
    "smtpd_relay_restrictions": "permit_mynetworks, permit_sasl_authenticated,"
    " defer_unauth_destination",
    "smtpd_sasl_auth_enable": "no",
    "smtpd_tls_wrappermode": "no",
}


def joined(text: str) -> list[str]:
    """Logical lines: comments gone, indented lines behind the one before."""
    visible = "\n".join(x for x in text.split("\n") if x.strip() and not x.lstrip().startswith("#"))
    return re.sub(r"\n[ \t]+", " ", visible).split("\n")


class PostfixFolder(ScriptedHost):
    """A folder with a main.cf and a master.cf, whose postconf reads them."""

    def __init__(self, root: Path, main: str, master: str, version: str = "3.7.11") -> None:
        super().__init__(root)
        self.version = version
        self.checks: list[str] = []
        self.answers["postconf"] = self._postconf
        (root / "etc/postfix").mkdir(parents=True)
        (root / "var/spool/postfix").mkdir(parents=True)
        (root / "etc/passwd").write_text("postfix:x:101:103::/:/bin/false\n")
        (root / "etc/group").write_text("postfix:x:103:\n")
        self.main, self.master = root / "etc/postfix/main.cf", root / "etc/postfix/master.cf"
        self.main.write_text(main)
        self.master.write_text(master)

    @classmethod
    def of(cls, root: Path, name: str, more: str = "", version: str = "3.7.11") -> PostfixFolder:
        """A sample server, with more lines in its main.cf."""
        main = sample("plesk.main" if name == "plesk" else "debian.main")
        return cls(root, main + more, sample(f"{name}.master"), version)

    @property
    def texts(self) -> tuple[str, str]:
        """Both files."""
        return self.main.read_text(), self.master.read_text()

    def _postconf(self, command: Sequence[str]) -> tuple[int, str]:
        words = list(command[1:])
        if words[:1] == ["-c"]:
            assert words[1] == "/etc/postfix"
            words = words[2:]
        if words == ["-dh", "mail_version"]:
            return 0, self.version + "\n"
        if words == ["-h", "config_directory"]:
            return 0, "/etc/postfix\n"
        if words[0] == "-x":
            return 0, "".join(f"{name} = {self._value(name)}\n" for name in words[1:])
        if words == ["-M"]:
            return 0, "\n".join(joined(self.master.read_text())) + "\n"
        if words == ["-P"]:
            return 0, "".join(self._options())
        raise AssertionError(command)

    def _value(self, name: str) -> str:
        values = dict(DEFAULTS)
        for line in joined(self.main.read_text()):
            key, equals, value = line.partition("=")
            if equals:
                values[key.strip()] = value.strip()
        value = values.get(name, "")
        while "$" in value:
            value = re.sub(r"\$(\w+)", lambda match: values.get(match[1], ""), value)
        return value

    def _options(self) -> list[str]:
        found = {}
        for line in joined(self.master.read_text()):
            columns = line.split()
            plain = re.findall(r" -o ([a-z0-9_]+)=(\S*)", line)
            braced = re.findall(r" -o \{ ([a-z0-9_]+) = ([^}]*?) \}", line)
            for name, value in plain + braced:
                found[f"{columns[0]}/{columns[1]}/{name}"] = value
        return [f"{key} = {value}\n" for key, value in found.items()]

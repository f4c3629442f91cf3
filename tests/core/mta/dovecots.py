"""A Dovecot in a folder, for tests: its doveconf reads the files below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tests.core.system.machines import ScriptedHost

MAIN = """\
!include_try /usr/share/dovecot/protocols.d/*.protocol
dict {
}
!include conf.d/*.conf
!include_try local.conf
"""

LISTENERS = """\
listen = *, ::
protocols = imap pop3
service imap-login {
  inet_listener imap {
    address =
    haproxy = no
    port = 10143
    ssl = no
  }
  inet_listener imaps {
    address =
    haproxy = yes
    port = 0
    ssl = yes
  }
}
service pop3-login {
  inet_listener pop3s {
  }
}
service managesieve-login {
  inet_listener sieve {
    port = 4190
  }
}
"""


class DovecotFolder(ScriptedHost):
    """A folder with an /etc/dovecot."""

    def __init__(self, root: Path, version: str = "2.3.19.1", main: str = MAIN) -> None:
        super().__init__(root)
        self.version = version
        self.listeners = LISTENERS
        (root / "etc/dovecot/conf.d").mkdir(parents=True)
        self.main = root / "etc/dovecot/dovecot.conf"
        self.main.write_text(main)
        self.answers["dovecot"] = lambda _: (0, f"{self.version} (9b53102964)\n")
        self.answers["doveconf"] = self._doveconf

    def _doveconf(self, command: Sequence[str]) -> tuple[int, str]:
        if "-a" in command:
            return 0, self.listeners
        if "-n" in command:
            return 0, f"# {self.version} (9b53102964): /etc/dovecot/dovecot.conf\n"
        new = not self.version.startswith("2.3")
        assert command[-1] == ("auth_policy/server_url" if new else "auth_policy_server_url")
        found = re.findall(r"^auth_policy_server_url = (.*)$", self._settings(), re.MULTILINE)
        return 0, f"{found[-1] if found else ''}\n"

    def _settings(self) -> str:
        text = ""
        for path in sorted((self.root / "etc/dovecot/conf.d").glob("*.conf")):
            text += path.read_text()
        for name in re.findall(r"^!include_try (/\S+)$", text, re.MULTILINE):
            text += self.path(name).read_text()
        return text

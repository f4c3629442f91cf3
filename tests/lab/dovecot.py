"""Dovecot as Debian installs it: IMAP, POP3, and the password check for Postfix.

It has no auth policy: Mailward's own installer adds that, as `conf.d/99-mailward.conf` for example.
Debian's files stay as they are; the lab's settings are in `local.conf`, which they include last.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.lab.ports import has_ipv6
from tests.lab.readiness import await_greeting, await_true, workers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.machine import Keeper, LabMachine

PASSWORD = "correct horse"
"""Of every account."""

ACCOUNTS = (
    "alice@example.test",
    "bob@example.test",
    "carol@customer.test",
    "dave@customer.test",
)

READY_CHECK = b"PROXY TCP4 127.0.0.1 127.0.0.1 40000 143\r\n"

COMMON = """\
# What the lab adds to a fresh installation.
protocols = imap pop3
listen = {listen}
haproxy_trusted_networks = 127.0.0.0/8 ::1
log_path = /var/log/dovecot.log
auth_verbose = yes

service imap-login {{
  inet_listener imap {{
    port = {imap}
    haproxy = {haproxy}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
    haproxy = {haproxy}
  }}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {pop3}
    haproxy = {haproxy}
  }}
  inet_listener pop3s {{
    port = {pop3s}
    ssl = yes
    haproxy = {haproxy}
  }}
}}
service auth {{
  unix_listener /var/spool/postfix/private/auth {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}

# tests are in a hurry: no pause after a wrong password, no penalty that grows by address
auth_failure_delay = 0
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""

BEFORE_2_4 = """\
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
# without this, half a second passes before a wrong password is told, whatever the delay is
passdb {
  driver = static
  args = noauthenticate=y nodelay=y
}
passdb {
  driver = passwd-file
  args = /etc/dovecot/users
}
userdb {
  driver = static
  args = uid=vmail gid=vmail home=/var/vmail/%d/%n
}
"""

SINCE_2_4 = """\
auth_allow_cleartext = yes
mail_driver = maildir
mail_home = /var/vmail/%{user | domain}/%{user | username}
mail_path = ~/Maildir
mail_inbox_path =
passdb passwd-file {
  passwd_file_path = /etc/dovecot/users
}
userdb static {
  fields {
    uid = vmail
    gid = vmail
  }
}
"""


class LabDovecot:
    """The Dovecot of one machine.

    config_directory: path inside the machine; ports: `imap`, `imaps`, `pop3`, `pop3s` -> loopback
    port (on ::1 too, where there is IPv6).
    """

    config_directory = "/etc/dovecot"

    def __init__(self, machine: LabMachine, *, proxied: bool = True) -> None:
        """Write the configuration. proxied: clients must say who they are by a PROXY header."""
        self.machine = machine
        self.root = machine.root
        self.proxied = proxied
        self.ports = {name: machine.ports[name] for name in ("imap", "imaps", "pop3", "pop3s")}
        self._keeper: Keeper | None = None
        self._configure()

    @property
    def include_directory(self) -> Path:
        """Where, seen from outside, a settings file of one's own may be dropped."""
        return self.machine.path(self.config_directory) / "conf.d"

    def start(self) -> None:
        """Start and wait for a greeting. Raises ServerFailedError.

        Postfix must start later: its smtpd dies when nobody answers for SASL.
        """
        self._keeper = self.machine.keep("dovecot", "dovecot", "-F")
        self._await_greeting()

    def stop(self) -> None:
        """End all its processes."""
        if self._keeper is not None:
            self._keeper.stop()
            self._keeper = None

    def reload(self) -> None:
        """`doveadm reload`, then wait until no process with the old settings takes clients.

        Dovecot keeps the old auth process for about 6 s if a Postfix smtpd is still connected to
        it, and that one is asked with the old settings: `MailHost.reload` is fast and complete.
        """
        before = self.generation()
        self.machine.run("doveadm", "reload")
        self.await_reloaded(before)

    def generation(self) -> tuple[int, frozenset[int]]:
        """What `await_reloaded` needs to know from before a reload that somebody else does."""
        return self._reloads(), self._workers()

    def await_reloaded(self, before: tuple[int, frozenset[int]]) -> None:
        """Wait for the end of a reload: the old processes are gone, a new one greets."""
        reloads, old = before
        await_true(lambda: self._reloads() > reloads, "a reload", self.log_text)
        await_true(lambda: not (old & self._workers()), "the old workers' end", self.log_text)
        self._await_greeting()

    def log_text(self) -> str:
        """Its log so far."""
        log = self.machine.path("/var/log/dovecot.log")
        return log.read_text("utf-8", "replace") if log.exists() else ""

    def await_log(self, text: str) -> None:
        """Wait until the log has this text: lines come after the answer that they tell of."""
        await_true(lambda: text in self.log_text(), f"{text!r} in the log", self.log_text)

    def doveconf(self, *arguments: str) -> str:
        """The output of the machine's own doveconf."""
        return self.machine.run("doveconf", *arguments).stdout

    def _await_greeting(self) -> None:
        assert self._keeper is not None
        preface = READY_CHECK if self.proxied else b""
        await_greeting(self.ports["imap"], self._keeper, self.log_text, preface)

    def _reloads(self) -> int:
        return len(re.findall(r"SIGHUP received", self.log_text()))

    def _workers(self) -> frozenset[int]:
        names = ("auth", "imap-login", "pop3-login")
        return workers(self._keeper, names) if self._keeper else frozenset()

    def _configure(self) -> None:
        folder = self.machine.path(self.config_directory)
        modern = self.machine.release.dovecot.startswith("2.4")
        common = COMMON.format(
            listen="127.0.0.1, ::1" if has_ipv6() else "127.0.0.1",
            haproxy="yes" if self.proxied else "no",
            **self.ports,
        )
        (folder / "local.conf").write_text(common + (SINCE_2_4 if modern else BEFORE_2_4), "utf-8")
        users = "".join(f"{name}:{{PLAIN}}{PASSWORD}::::::\n" for name in ACCOUNTS)
        (folder / "users").write_text(users, "utf-8")
        stock = folder / "conf.d/10-auth.conf"
        text = stock.read_text("utf-8")
        # the accounts of the system are not mail accounts here, as on any hosting server
        text = text.replace("\n!include auth-system.conf.ext", "\n#!include auth-system.conf.ext")
        stock.write_text(text, "utf-8")

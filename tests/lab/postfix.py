"""Postfix as Debian installs it, for a mail host: 25, 587 and 465, Dovecot's SASL, mail discarded.

It knows nothing of Mailward; tests point the installer at `machine.root`.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from tests.lab.ports import has_ipv6
from tests.lab.readiness import await_greeting, await_true, workers
from tests.lab.skeleton import CERTIFICATE, HOSTNAME, PRIVATE_KEY, UID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab.machine import Keeper, LabMachine

READY_CHECK = b"PROXY TCP4 127.0.0.1 127.0.0.1 40000 25\r\n"

MAIN_CF = """\
smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)
biff = no
append_dot_mydomain = no
readme_directory = no
compatibility_level = {compatibility_level}

# TLS parameters
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {private_key}
smtpd_tls_security_level = may
smtp_tls_security_level = may

smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
myhostname = {hostname}
myorigin = /etc/mailname
mydestination = $myhostname, example.test, customer.test, localhost
local_recipient_maps =
alias_maps =
relayhost =
mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128
mailbox_size_limit = 0
recipient_delimiter = +
inet_interfaces = loopback-only
inet_protocols = {protocols}

smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_sasl_auth_enable = yes

# a laboratory: logs in a file, no name service, no mail leaves, no waiting
maillog_file = /var/log/mail.log
smtpd_peername_lookup = no
smtpd_error_sleep_time = 0
default_transport = discard:
relay_transport = discard:
local_transport = discard:
virtual_transport = discard:
"""

SUBMISSION = """\
submission inet n       -       y       -       -       smtpd
  -o syslog_name=postfix/submission
  -o smtpd_tls_security_level=may
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_reject_unlisted_recipient=no
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
  -o milter_macro_daemon_name=ORIGINATING
{smtps}     inet  n       -       y       -       -       smtpd
  -o syslog_name=postfix/{smtps}
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_reject_unlisted_recipient=no
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
  -o milter_macro_daemon_name=ORIGINATING
"""
"""The form that most panels have; 587 takes clients without TLS, too, to keep dialogues short."""


class LabPostfix:
    """The Postfix of one machine.

    config_directory, queue_directory, data_directory: paths inside the machine;
    ports: `smtp`, `submission`, `submissions` -> loopback port (on ::1 too, where there is IPv6);
    smtps: the name of the service on 465 in this release's master.cf.
    """

    config_directory = "/etc/postfix"
    queue_directory = "/var/spool/postfix"
    data_directory = "/var/lib/postfix"

    def __init__(self, machine: LabMachine, *, proxied: bool = True) -> None:
        """Write the configuration. proxied: clients must say who they are by a PROXY header."""
        self.machine = machine
        self.root = machine.root
        self.proxied = proxied
        self.ports = {name: machine.ports[name] for name in ("smtp", "submission", "submissions")}
        self.smtps = "submissions"
        self._keeper: Keeper | None = None
        self._configure()

    @property
    def policy_socket(self) -> Path:
        """Where, seen from outside, a policy daemon listens for `unix:mailward/policy.sock`."""
        return self.machine.path(self.queue_directory) / "mailward/policy.sock"

    def start(self) -> None:
        """Start and wait for a greeting. Raises ServerFailedError."""
        self._keeper = self.machine.keep("postfix", "postfix", "start-fg")
        await_greeting(self.ports["smtp"], self._keeper, self.log_text, self._preface)

    def stop(self) -> None:
        """End all its processes."""
        if self._keeper is not None:
            self._keeper.stop()
            self._keeper = None

    def reload(self) -> None:
        """`postfix reload`, then wait until no process with the old settings takes clients."""
        before = self.generation()
        self.machine.run("postfix", "reload")
        self.await_reloaded(before)

    def generation(self) -> tuple[int, frozenset[int]]:
        """What `await_reloaded` needs to know from before a reload that somebody else does."""
        return self._reloads(), self._workers()

    def await_reloaded(self, before: tuple[int, frozenset[int]]) -> None:
        """Wait for the end of a reload: the old idle processes are gone, a new one greets."""
        reloads, old = before
        await_true(lambda: self._reloads() > reloads, "a reload", self.log_text)
        await_true(lambda: not (old & self._workers()), "the old smtpd's end", self.log_text)
        assert self._keeper is not None
        await_greeting(self.ports["smtp"], self._keeper, self.log_text, self._preface)

    def log_text(self) -> str:
        """Its mail log so far."""
        log = self.machine.path("/var/log/mail.log")
        return log.read_text("utf-8", "replace") if log.exists() else ""

    def await_log(self, text: str) -> None:
        """Wait until the log has this text: lines come after the answer that they tell of."""
        await_true(lambda: text in self.log_text(), f"{text!r} in the log", self.log_text)

    def postconf(self, *arguments: str) -> str:
        """The output of the machine's own postconf."""
        return self.machine.run("postconf", *arguments).stdout

    @property
    def _preface(self) -> bytes:
        return READY_CHECK if self.proxied else b""

    def _reloads(self) -> int:
        return len(re.findall(r"reload -- version", self.log_text()))

    def _workers(self) -> frozenset[int]:
        return workers(self._keeper, ("smtpd",)) if self._keeper else frozenset()

    def _configure(self) -> None:
        folder = self.machine.path(self.config_directory)
        old = self.machine.release.postfix == "3.5"
        main = MAIN_CF.format(
            compatibility_level="2" if old else "3.6",
            certificate=CERTIFICATE,
            private_key=PRIVATE_KEY,
            hostname=HOSTNAME,
            protocols="all" if has_ipv6() else "ipv4",
        )
        if not old:
            # since 3.6 Postfix knows the usual ports by heart; here /etc/services decides
            main += "known_tcp_ports =\n"
        if self.proxied:
            main += "smtpd_upstream_proxy_protocol = haproxy\n"
        (folder / "main.cf").write_text(main, "utf-8")
        # Postfix waits until main.cf is two seconds old, lest it reads a half-written one
        os.utime(folder / "main.cf", (0, 0))
        stock = (folder / "master.cf").read_text("utf-8")
        names = re.search(r"^#(smtps|submissions)\s+inet", stock, re.MULTILINE)
        self.smtps = names.group(1) if names else "submissions"
        (folder / "master.cf").write_text(stock + SUBMISSION.format(smtps=self.smtps), "utf-8")
        self._fill_chroot()
        data = self.machine.path(self.data_directory)
        os.chown(data, UID["postfix"], UID["postfix"])
        private = self.machine.path(self.queue_directory) / "private"
        private.mkdir(mode=0o700, exist_ok=True)
        os.chown(private, UID["postfix"], 0)

    def _fill_chroot(self) -> None:
        """What Debian's start script copies below the queue for Postfix's own chroot."""
        queue = self.machine.path(self.queue_directory)
        for source in self._chroot_files():
            target = queue / source.relative_to(self.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())

    def _chroot_files(self) -> Iterator[Path]:
        for name in ("hosts", "nsswitch.conf", "resolv.conf", "services"):
            yield self.root / "etc" / name
        yield from (self.root / "usr/lib").glob("*/libnss_files.so.2")

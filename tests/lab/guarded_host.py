"""A mail host that Mailward guards: the real servers, the real daemon, and our own installer.

Nothing of ours is written into the servers' configuration by hand: the hooks plan, apply and probe
as they do on a customer's server.
"""

from __future__ import annotations

import pytest

from core.mta.dovecot import DovecotHook
from core.mta.postfix import PostfixHook
from core.system import secret_file
from core.system.host import Host
from tests.lab.client import ImapDialogue, Pop3Dialogue, SmtpDialogue
from tests.lab.daemon import LabDaemon
from tests.lab.dovecot import PASSWORD
from tests.lab.lifetime import Lifetime
from tests.lab.mail_host import MailHost
from tests.lab.ports import has_ipv6
from tests.lab.skeleton import UID

ALICE, BOB = "alice@example.test", "bob@example.test"
CAROL, DAVE = "carol@customer.test", "dave@customer.test"
STRANGER = "someone@elsewhere.test"

FAMILIES = [
    4,
    pytest.param(6, marks=pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")),
]

SMTP_PORTS = {25: "smtp", 465: "submissions", 587: "submission"}
MAILBOX_PORTS = {110: "pop3", 143: "imap", 993: "imaps", 995: "pop3s"}
PEOPLE = 200
"""Mailboxes in each domain, besides the four that have names."""

TLS = frozenset({465, 993, 995})


class GuardedHost(Lifetime):
    """`with GuardedHost("bookworm") as host:` runs everything; the end removes every trace.

    host: the mail host; daemon: ours; postfix_hook, dovecot_hook: ours, installed on entering.
    """

    def __init__(self, release: str) -> None:
        """Make the machine. Raises LabUnavailableError."""
        self.host = MailHost(release)
        self.machine = self.host.machine
        self.daemon = LabDaemon(self.machine, self.host.postfix.policy_socket)
        self.system = Host(self.machine.root)
        self._accounts = 0
        self._settle_people()
        self.records = self.daemon.state / "undo"
        self.postfix_hook = PostfixHook(
            self.system,
            f"unix:{self.host.postfix.queue_directory}/mailward/policy.sock",
            self.records,
        )

    @property
    def dovecot_hook(self) -> DovecotHook:
        """The hook for Dovecot, with the secret that the daemon wants to hear."""
        secret = secret_file.read(self.daemon.state / "dovecot.secret")
        return DovecotHook(self.system, self.daemon.dovecot_endpoint, secret, self.records)

    def install(self) -> None:
        """Make both servers ask the daemon, and wait until nobody is left who does not."""
        before = self.host.generation()
        self.apply_hooks()
        self.host.await_reloaded(before)

    def apply_hooks(self) -> None:
        """Change both servers, and prove it by the hooks' own probes.

        Dovecot first: its old login process stays for seconds while an smtpd is connected to it,
        and Postfix's reload ends those. The daemon starts once there is a folder for its socket.
        """
        self.dovecot_hook.plan().apply()
        self.postfix_hook.plan().apply(self._start_and_probe)

    def _start_and_probe(self) -> None:
        self.daemon.start()
        self.dovecot_hook.probe(self.daemon.was_asked)
        self.postfix_hook.probe(self.daemon.was_asked)

    def smtp(self, port: int, source: str) -> SmtpDialogue:
        """A client at an SMTP port (25, 465, 587 stand for the lab's own), up to the greeting."""
        real = self.host.postfix.ports[SMTP_PORTS[port]]
        return SmtpDialogue(real, source, port, tls=port in TLS, family=_family(source))

    def submission(self, port: int, source: str, account: str) -> SmtpDialogue:
        """The same, logged in. Raises AssertionError with the dialogue when that fails."""
        client = self.smtp(port, source)
        client.ehlo()
        answer = client.auth_plain(account, PASSWORD)
        if answer.code != 235:
            client.close()
            raise AssertionError(client.transcript)
        return client

    def mailbox(self, port: int, source: str) -> ImapDialogue | Pop3Dialogue:
        """A client at an IMAP or POP3 port, up to the greeting."""
        real = self.host.dovecot.ports[MAILBOX_PORTS[port]]
        dialogue = ImapDialogue if port in {143, 993} else Pop3Dialogue
        return dialogue(real, source, port, tls=port in TLS, family=_family(source))

    def new_account(self, domain: str = "example.test") -> str:
        """A mailbox that no test has used; `PASSWORD` opens it."""
        self._accounts += 1
        if self._accounts > PEOPLE:
            raise IndexError("all people have been used")
        return f"person{self._accounts}@{domain}"

    def _settle_people(self) -> None:
        """Beforehand, because Dovecot looks once a second whether its list has changed."""
        users = self.machine.path(f"{self.host.dovecot.config_directory}/users")
        with users.open("a", encoding="utf-8") as file:
            for number in range(1, PEOPLE + 1):
                for domain in ("example.test", "customer.test"):
                    file.write(f"person{number}@{domain}:{{PLAIN}}{PASSWORD}::::::\n")

    def close(self) -> None:
        """End everything."""
        self.host.close()

    def start(self) -> None:
        """Start the host, and guard it."""
        self.host.start()
        self.install()


def _family(source: str) -> int:
    return 6 if ":" in source else 4


__all__ = [
    "ALICE",
    "BOB",
    "CAROL",
    "DAVE",
    "FAMILIES",
    "PASSWORD",
    "STRANGER",
    "UID",
    "GuardedHost",
]

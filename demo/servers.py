"""A real Postfix and a real Dovecot, with our own hooks in them, for visits to go to.

They are Debian's packages unpacked below `.lab`, on high loopback ports; nothing is installed. The
addresses of clients are pretended with the PROXY protocol, and no mail leaves: Postfix discards it.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from random import Random

from core.control import Control
from core.desk.hooks import seen_by
from core.errors import MailwardError
from core.panel import Doors, MailHook
from core.settings.config import Config
from core.standalone import Standalone
from core.system import secret_file
from core.system.host import Host
from core.words import Service
from demo import cast
from demo.directory import LONGEST_SOCKET
from demo.problem import DemoError
from demo.visit import PORTS, SMTP, Visit
from tests.lab.client import Dialogue, ImapDialogue, Pop3Dialogue, SmtpDialogue
from tests.lab.dovecot import LabDovecot
from tests.lab.mail_host import MailHost
from tests.lab.postfix import LabPostfix
from tests.lab.readiness import ServerFailedError
from tests.lab.skeleton import UID

RELEASE = "bookworm"
SOCKET = "/var/spool/postfix/mailward/policy.sock"
"""Where Postfix, which lives in a chroot, finds the daemon."""

UNDO = "/var/lib/mailward/changes"
"""What the hooks need to be undone; it goes with the machine, which is removed as a whole."""

FIRST_PASSWORD = "correct horse"  # noqa: S105  of a mailbox in a folder that is removed at the end
NEW_PASSWORD = "battery staple"  # noqa: S105  likewise
GUESS = "123456"

_DIALOGUES: dict[Service, tuple[type[Dialogue], str]] = {
    Service.SUBMISSION: (SmtpDialogue, "submission"),
    Service.SMTPS: (SmtpDialogue, "submissions"),
    Service.IMAP: (ImapDialogue, "imap"),
    Service.IMAPS: (ImapDialogue, "imaps"),
    Service.POP3: (Pop3Dialogue, "pop3"),
    Service.POP3S: (Pop3Dialogue, "pop3s"),
}
_FROM_THE_START = frozenset({Service.SMTPS, Service.IMAPS, Service.POP3S})


class RealServers:
    """Postfix and Dovecot. Threads may share them.

    Args:
        random: for client ports.
        wait: waits for some seconds; True when everything is to end.

    Raises:
        LabUnavailableError: this machine cannot have them.
    """

    def __init__(self, random: Random, wait: Callable[[float], bool]) -> None:
        self._random = random
        self._wait = wait
        self._guard = threading.Lock()
        self._changed: set[str] = set()
        self.host = MailHost(RELEASE)
        self._write_accounts()

    @property
    def policy(self) -> str:
        """Where the daemon has to listen for Postfix, seen from outside; "" for nowhere else.

        A unix socket has a short path; where the project lies too deep, Postfix is told a port.
        """
        path = str(self.host.machine.path(SOCKET))
        if len(path) <= LONGEST_SOCKET:
            return f"unix:{path}"
        return f"tcp:127.0.0.1:{self.host.machine.reserve('policy')}"

    @property
    def user(self) -> str:
        """The number of the user as whom Postfix asks."""
        return str(UID["postfix"])

    @property
    def versions(self) -> str:
        """Which servers these are, for people."""
        release = self.host.machine.release
        return f"Postfix {release.postfix} and Dovecot {release.dovecot}"

    def start(self, config: Config, control: Control, check: Callable[[], None]) -> None:
        """Start them, install the hooks, and see that they really ask the daemon.

        Args:
            config: where the daemon's doors are.
            control: the way to the daemon.
            check: called between steps, and when one fails; may raise.

        Raises:
            DemoError: they do not start, or a hook does not work; the text says why.
        """
        state = self.host.machine.path(UNDO)
        panel = Standalone(Host(self.host.root))
        hooks = {hook.name: hook for hook in panel.hooks(self._doors(config), state)}
        # Dovecot first, as a whole: a Postfix that knows it already keeps its old processes alive.
        servers: tuple[tuple[str, LabDovecot | LabPostfix], ...] = (
            ("dovecot", self.host.dovecot),
            ("postfix", self.host.postfix),
        )
        try:
            for name, server in servers:
                server.start()
                check()
                before = server.generation()
                _install(hooks[name], control)
                server.await_reloaded(before)
                check()
        except (MailwardError, ServerFailedError) as error:
            # Ctrl-C on a terminal ends the servers too, which is no fault of theirs.
            check()
            problem = f"the mail servers cannot be used (--no-lab does without): {error}"
            raise DemoError(problem) from error

    def _doors(self, config: Config) -> Doors:
        outside = config.policy[-1]
        inside = f"unix:{SOCKET}" if outside.startswith("unix:") else outside
        secret = secret_file.read(config.state / "dovecot.secret")
        return Doors((inside,), config.listen.dovecot, secret, "root")

    def perform(self, visit: Visit) -> None:
        """Connect, log in, and send or read, as far as the servers permit."""
        kind, name = _DIALOGUES[visit.service]
        sends = visit.service in SMTP
        ports = self.host.postfix.ports if sends else self.host.dovecot.ports
        with self._guard:
            client_port = self._random.randrange(1024, 65536)
        try:
            with kind(
                ports[name],
                visit.address,
                PORTS[visit.service],
                tls=visit.service in _FROM_THE_START,
                source_port=client_port,
            ) as dialogue:
                if isinstance(dialogue, SmtpDialogue):
                    self._send(dialogue, visit)
                elif isinstance(dialogue, (ImapDialogue, Pop3Dialogue)):
                    dialogue.login(visit.account, self._password(visit))
        except ssl.SSLError as error:
            raise ConnectionError(str(error)) from error

    def _send(self, dialogue: SmtpDialogue, visit: Visit) -> None:
        if dialogue.greeting.code != 220 or dialogue.ehlo("client.example").code != 250:
            return
        if dialogue.auth_plain(visit.account, self._password(visit)).code != 235:
            return
        recipients = [f"reader{number}@elsewhere.example" for number in range(visit.recipients)]
        for _ in range(visit.mails):
            if dialogue.send_mail(visit.account, *recipients).code != 250:
                return
            if visit.gap and self._wait(visit.gap):
                return
        dialogue.quit()

    def change_password(self, account: str) -> None:
        """From now on the old password is wrong; Dovecot sees it at the next login."""
        self._changed.add(account)
        self._write_accounts()

    def _password(self, visit: Visit) -> str:
        changed = visit.account in self._changed
        if visit.knows:
            return NEW_PASSWORD if changed else FIRST_PASSWORD
        return FIRST_PASSWORD if changed else GUESS

    def _write_accounts(self) -> None:
        lines = (
            f"{account}:{{PLAIN}}{NEW_PASSWORD if account in self._changed else FIRST_PASSWORD}"
            "::::::\n"
            for account in cast.ACCOUNTS
        )
        file = self.host.machine.path("/etc/dovecot/users")
        temporary = file.with_suffix(".new")
        temporary.write_text("".join(lines), encoding="utf-8")
        temporary.chmod(0o644)
        temporary.replace(file)

    def close(self) -> None:
        """End the servers and remove their folder."""
        self.host.close()


def _install(hook: MailHook, control: Control) -> None:
    hook.plan().apply(lambda: hook.probe(seen_by(control)))

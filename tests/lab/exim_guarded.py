"""An Exim that Mailward guards: the real server, the real daemon, and our own hook.

The configuration is of the kind that panels make: ACLs that begin with include files of everybody's
(facts/directadmin.md 2.2), one of which has somebody else's lines in it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from core.mta.exim import EximHook
from core.mta.exim_places import Place, Places
from core.system.host import Host
from core.system.steps import Command
from tests.lab.client import SmtpDialogue, SmtpReply
from tests.lab.daemon import LabDaemon
from tests.lab.exim import NUMBER, LabExim
from tests.lab.guarded_host import PASSWORD, SMTP_PORTS, STRANGER, TLS
from tests.lab.lifetime import Lifetime
from tests.lab.skeleton import UID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeVar

    from core.mta.exim_acl import Point

    Answer = TypeVar("Answer")

POINTS: tuple[Point, ...] = ("connect", "auth", "mail", "data", "not_smtp")

SENT = ("send", "allow", "nothing_against")
"""What is told of a mail that goes."""

SCRIPT = "local:webuser"
"""The account of a customer's scripts."""

FOREIGN = """\
# somebody else's
warn
  set acl_c_somebody_else = yes
"""

RELOAD = Command(("sh", "-c", "kill -HUP $(cat /run/exim4.pid)"))


def sections() -> Mapping[str, str]:
    """What a panel adds to the lab's configuration."""
    options = [f"acl_smtp_{name} = acl_{name}" for name in POINTS[:4]]
    acls = [f"acl_{name}:\n  .include_if_exists {pre(name)}\n  accept" for name in POINTS]
    strict = ["strict_acl_vars = true", "acl_not_smtp = acl_not_smtp"]
    return {
        "main": "\n".join((*strict, *options, "keep_environment =")),
        "acl": "\n\n".join(acls),
        "authenticators": "",
    }


def pre(name: str) -> str:
    """The include file at the beginning of an ACL."""
    return f"/etc/exim.acl_{name}.pre.conf"


class GuardedExim(Lifetime):
    """`with GuardedExim("bookworm") as guarded:` runs Exim, with the daemon and the hook beside it.

    exim, daemon: they; hook: not installed yet; records: its undo records.
    """

    def __init__(self, release: str, *, proxied: bool = True) -> None:
        """Make the machine. Raises LabUnavailableError."""
        self.exim = LabExim(release, sections=sections(), proxied=proxied)
        self.machine = self.exim.machine
        self.daemon = LabDaemon(self.machine, self.machine.path("/run/mailward-exim/policy.sock"))
        self._trust_exim()
        self.system = Host(self.machine.root)
        self.records = self.daemon.state / "undo"
        self.machine.path(pre("mail")).write_text(FOREIGN, "utf-8")
        self._accounts = 0
        self._settle_people()
        self.hook = self.hook_at(self.panel_places())

    def hook_at(self, place: Places | None, *, connect: bool = True) -> EximHook:
        """The hook, with other places."""
        endpoint = "unix:/run/mailward-exim/policy.sock"
        return EximHook(self.system, endpoint, self.records, place=place, connect=connect)

    def panel_places(self) -> Places:
        """Where the lines go, as a panel would say it."""
        return Places(
            tuple(Place(point, pre(point)) for point in POINTS),
            reload=(RELOAD,),
            ports=(465, 587, self.exim.ports["submission"], self.exim.ports["submissions"]),
        )

    def install(self) -> None:
        """Change Exim, and prove it by the hook's own probe."""
        assert self.hook.plan().apply(self.confirm) is True

    def confirm(self) -> None:
        """The hook's own probe."""
        self.hook.probe(self.daemon.was_asked)

    def smtp(self, port: int, source: str, source_port: int = 40000) -> SmtpDialogue:
        """A client at an SMTP port (25, 465, 587 stand for the lab's own), up to the greeting."""
        real = self.exim.ports[SMTP_PORTS[port]]
        family = 6 if ":" in source else 4
        return SmtpDialogue(
            real, source, port, tls=port in TLS, family=family, source_port=source_port
        )

    def submission(self, port: int, source: str, account: str) -> SmtpDialogue:
        """The same, logged in. Raises AssertionError with the dialogue when that fails."""
        client = self.smtp(port, source)
        client.ehlo()
        if client.auth_plain(account, PASSWORD).code != 235:
            client.close()
            raise AssertionError(client.transcript)
        return client

    def script(self, *arguments: str, text: str = "", folder: str = "/home/webuser/site") -> int:
        """Hand a mail to `sendmail` as a customer's script does; the exit code."""
        inside = self.machine.path(folder)
        inside.mkdir(parents=True, exist_ok=True)
        inside.chmod(0o755)
        letter = inside / "letter"
        letter.write_text(text or "To: bob@example.test\nSubject: one\n\nBuy!\n", "utf-8")
        command = 'cd "$1"; shift; exec /usr/sbin/sendmail "$@" < ./letter'
        words = ("sh", "-c", command, "sh", folder, *(arguments or ("-t", "-i")))
        return self.machine.run(*words, user=UID["webuser"], check=False).returncode

    def panics(self) -> str:
        """What Exim has written where it could not write into its log, or was at a loss."""
        path = self.machine.path("/var/log/exim4/paniclog")
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def new_account(self) -> str:
        """A mailbox that no test has used; `PASSWORD` opens it."""
        self._accounts += 1
        return f"person{self._accounts}@example.test"

    def _settle_people(self) -> None:
        users = self.machine.path("/etc/exim4/users")
        with users.open("a", encoding="utf-8") as file:
            file.writelines(f"person{n}@example.test: {PASSWORD}\n" for n in range(1, 100))

    def _trust_exim(self) -> None:
        text = self.daemon.config.read_text("utf-8")
        changed = text.replace(f'"{UID["postfix"]}"', f'"{NUMBER}"')
        assert changed != text
        self.daemon.config.write_text(changed, "utf-8")

    def close(self) -> None:
        """End everything."""
        self.exim.close()

    def start(self) -> None:
        """Start both; the hook is not installed."""
        self.daemon.start()
        self.exim.start()


def timed(step: Callable[[], Answer]) -> tuple[Answer, float]:
    """What a step returns, and how many seconds it took."""
    begun = time.monotonic()
    return step(), time.monotonic() - begun


def pipelined(client: SmtpDialogue, account: str, messages: int) -> list[SmtpReply]:
    """Send messages as a mail program in a hurry does (RFC 2920); the answers to their ends."""
    ends = []
    for _ in range(messages):
        client.send(f"MAIL FROM:<{account}>\r\nRCPT TO:<{STRANGER}>\r\nDATA")
        answers = [client.reply() for _ in range(3)]
        assert [answer.code for answer in answers] == [250, 250, 354], client.transcript
        ends.append(client.command("Subject: one of many\r\n\r\nBuy!\r\n."))
    return ends


def chunked(client: SmtpDialogue, account: str, *recipients: str) -> SmtpReply:
    """Send a message in two pieces (RFC 3030)."""
    assert client.mail(account).code == 250, client.transcript
    for recipient in recipients:
        assert client.rcpt(recipient).code == 250
    first, last = "Subject: pieces\r\n\r\n", "Buy!\r\n"
    assert client.command(f"BDAT {len(first) + 2}\r\n{first}").code == 250
    return client.command(f"BDAT {len(last) + 2} LAST\r\n{last}")

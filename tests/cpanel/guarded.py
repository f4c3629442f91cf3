"""cPanel's Exim of any release with the real daemon beside it, and the hook that our panel makes.

cPanel's commands run outside the machine: older and newer releases than the double's own have no
Python and no Perl in the lab.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.panel import Doors
from core.system.host import Host, Result
from cpanel import places
from cpanel.panel import Cpanel
from tests.cpanel.double.commands.machine import CPANEL
from tests.cpanel.double.skeleton import sections
from tests.cpanel.double.tree import COMMANDS, plant
from tests.lab.client import SmtpDialogue
from tests.lab.daemon import LabDaemon
from tests.lab.exim import NUMBER, LabExim
from tests.lab.exim_configuration import CPANEL as STYLE
from tests.lab.lifetime import Lifetime
from tests.lab.skeleton import UID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.panel import MailHook
    from tests.cpanel.double.commands.commands import Commands

ENDPOINT = "unix:/run/mailward-exim/policy.sock"


class OutsideHost(Host):
    """A machine whose cPanel commands, and whose Perl, run on ours with its files."""

    commands: Commands

    def run(
        self,
        command: Sequence[str],
        *,
        timeout: float = 60,
        text: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> Result:
        name = command[0].rpartition("/")[2]
        if command[0] == f"/{CPANEL}/{COMMANDS.get(name)}/{name}":
            code, said = self.commands.run(name, command[1:])
            return Result(tuple(command), code, said, "")
        if command[0] == places.PERL:
            words = [str(self.path(w)) if w.startswith("/") else w for w in command[1:]]
            return Host().run(("perl", *words), timeout=timeout)
        return super().run(command, timeout=timeout, text=text, environment=environment)


class GuardedCpanel(Lifetime):
    """`with GuardedCpanel("bookworm") as guarded:` runs both; the hook is not installed.

    exim, daemon: they; host, commands, panel: cPanel on that machine; records: undo records.
    """

    def __init__(self, release: str) -> None:
        """Make the machine. Raises LabUnavailableError."""
        self.exim = LabExim(release, style=STYLE, sections=sections())
        self.machine = self.exim.machine
        self.daemon = LabDaemon(self.machine, self.machine.path("/run/mailward-exim/policy.sock"))
        text = self.daemon.config.read_text("utf-8")
        self.daemon.config.write_text(text.replace(f'"{UID["postfix"]}"', f'"{NUMBER}"'), "utf-8")
        real = self.machine.path(self.exim.config_file)
        self.host = OutsideHost(self.machine.root)
        self.commands = plant(self.machine.root, real.read_text("utf-8"))
        self.host.commands = self.commands
        real.unlink()
        real.symlink_to("/etc/exim.conf")
        self.machine.path("/usr/bin/perl").touch()
        for name in ("submission", "submissions"):
            port = self.machine.ports[name]
            self.machine.path(f"/etc/chkserv.d/exim-{port}").write_text("")
        self.commands.buildeximconf()
        self.panel = Cpanel(self.host)
        self.records = self.machine.path("/var/lib/mailward-undo")

    @property
    def hook(self) -> MailHook:
        """The hook for Exim."""
        (hook,) = self.panel.hooks(Doors((ENDPOINT,), "", "secret", "root"), self.records)
        return hook

    def install(self) -> bool:
        """Change Exim, and prove it by the hook's own probe."""
        hook = self.hook
        return hook.plan().apply(lambda: hook.probe(self.daemon.was_asked))

    def smtp(self, port: int, source: str) -> SmtpDialogue:
        """A client at 25, 465 or 587 (which stand for the lab's own ports)."""
        names = {25: "smtp", 465: "submissions", 587: "submission"}
        return SmtpDialogue(self.exim.ports[names[port]], source, port, tls=port == 465)

    def start(self) -> None:
        """Start both."""
        self.daemon.start()
        self.exim.start()

    def close(self) -> None:
        """End everything."""
        self.exim.close()

"""A machine of the lab with the double of cPanel on it: mail servers, panel, service manager.

`with CpanelServer() as server:` has everything running and nothing of ours installed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from tests.cpanel.double.commands.machine import CPANEL
from tests.cpanel.double.cpsrvd import Cpsrvd
from tests.cpanel.double.skeleton import sections
from tests.cpanel.double.tree import PROGRAM, plant
from tests.lab import managed
from tests.lab.client import SmtpDialogue
from tests.lab.dovecot import PASSWORD, LabDovecot
from tests.lab.exim import LabExim
from tests.lab.exim_configuration import CPANEL as STYLE
from tests.lab.machine import LabMachine
from tests.lab.panel_server import PanelServer
from tests.lab.snapshot import Snapshot, snapshot

HERE = Path(__file__).parent

CONFIGURATION = """\
[listen]
policy = ["unix:/run/mailward/policy.sock"]
web = "unix:/run/mailward-web/web.sock"
customers = "unix:/run/mailward-customers/web.sock"
dovecot = "tcp:127.0.0.1:{port}"
"""
"""What the installer writes, but for the port."""

PACKAGE = "/root/mailward"

LIVE = (
    *("var/lib/dovecot/", "var/spool/exim4/", "usr/local/cpanel/var/", "var/cpanel/sessions/"),
    *("usr/local/cpanel/version", "var/spool/postfix/"),
)
"""What servers write by themselves, and cPanel when it is updated."""

KEPT = ("root/mailward",)
"""Where the archive is unpacked."""

MORE = ("var/cpanel", "home")

UMASK = 0o077
"""The most careful administrators'; cPanel's files must be for others to read all the same."""


class CpanelServer(PanelServer):
    """The machine.

    exim, dovecot: its mail servers; panel: cPanel's web server (`cpsrvd.Cpsrvd`).
    """

    umask = UMASK

    def __init__(
        self, release: str = "bookworm", *, cpanel: int = 126, localopts: str = ""
    ) -> None:
        """Make it. release: Debian's, which has the Exim; cpanel: its release; localopts: lines
        that are in exim.conf.localopts. Raises LabUnavailableError."""
        super().__init__(LabMachine(release))
        # The lab's Dovecot has a socket there, also where there is no Postfix.
        self.machine.path("/var/spool/postfix/private").mkdir(parents=True, exist_ok=True)
        self.dovecot = LabDovecot(self.machine)
        self.exim = LabExim(self.machine, style=STYLE, sections=sections())
        managed.lay_over(self.machine)
        real = self.machine.path(self.exim.config_file)
        plant(self.root, real.read_text("utf-8"))
        real.unlink()
        real.symlink_to("/etc/exim.conf")
        managed.lay_program(self.machine, PROGRAM)
        options = self.machine.path("/etc/exim.conf.localopts")
        options.write_text(options.read_text() + localopts)
        for name in ("submission", "submissions"):
            port = self.machine.ports[name]
            self.write(f"/etc/chkserv.d/exim-{port}", f"service[exim-{port}]={port},QUIT,220,x\n")
        self.script("updateuserdomains")
        self.script("buildeximconf")
        self.configure(CONFIGURATION)
        self.panel = Cpsrvd(self.root)

    def start(self) -> None:
        """Start the service manager, the mail servers and the panel."""
        managed.start_manager(self.machine)
        self.dovecot.start()
        self.exim.start()
        self.panel.__enter__()

    def script(self, name: str, *words: str) -> str:
        """Run one of cPanel's own commands, or what stands for a page of WHM's."""
        return self.run(f"/{CPANEL}/scripts/{name}", *words).stdout

    def event(self, category: str, name: str, data: object = None, caller: str = "root") -> str:
        """Something happens in the panel; what the scripts that it calls print."""
        return self.script("fire", category, name, json.dumps(data or {}), caller)

    def install(self, package: Path, *words: str) -> subprocess.CompletedProcess[str]:
        """Unpack our archive and run its installer, with the administrator's careful umask."""
        target = self.machine.path(PACKAGE)
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(mode=0o700)
        subprocess.run(["tar", "-xzf", str(package), "-C", str(target)], check=True)
        (script,) = target.rglob("install.sh")
        inside = f"/{script.relative_to(self.root)}"
        return self.run("sh", inside, "-y", *words, check=False)

    def uninstall(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Remove it."""
        return self.run("/opt/mailward/current/setup", "uninstall", "--yes", *words, check=False)

    def smtp(self, port: int, source: str) -> SmtpDialogue:
        """A client at 25, 465 or 587 (which stand for the lab's own ports)."""
        names = {25: "smtp", 465: "submissions", 587: "submission"}
        family = 6 if ":" in source else 4
        return SmtpDialogue(
            self.exim.ports[names[port]], source, port, tls=port == 465, family=family
        )

    def logged_in(self, source: str, account: str, port: int = 587) -> SmtpDialogue:
        """A client that has given its password. Closed by the caller."""
        client = self.smtp(port, source)
        client.ehlo()
        code = client.auth_plain(account, PASSWORD).code
        if code != 235:
            client.close()
            raise AssertionError(client.transcript)
        return client

    def send(self, source: str, account: str, number: int = 1) -> list[int]:
        """Send mails in one session; the code of each one's last answer."""
        with self.logged_in(source, account) as client:
            codes = []
            for _ in range(number):
                codes.append(client.send_mail(account, "someone@elsewhere.test").code)
                client.command("RSET")
            return codes

    def php(self, user: str, number: int, folder: str = "public_html") -> list[int]:
        """A customer's script that hands mails to sendmail, as PHP's mail() does; exit codes."""
        uid = self.uid(user)
        home = self.machine.path(f"/home/{user}/{folder}")
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o755)
        script = (
            f"cd /home/{user}/{folder}; n=0; while [ $n -lt {number} ]; do n=$((n+1)); "
            r'printf "To: x@elsewhere.test\nSubject: $n\n\nBuy!\n" | /usr/sbin/sendmail -t -i '
            ">/dev/null 2>&1; echo $?; done"
        )
        command = ["chroot", f"--userspec=+{uid}:+{uid}", "--groups=", str(self.root)]
        done = subprocess.run(
            [*command, "/bin/sh", "-c", script], capture_output=True, text=True, check=True
        )
        return [int(line) for line in done.stdout.split()]

    def snapshot(self) -> Snapshot:
        """Everything that a server should find as it was once we are gone."""
        return snapshot(self.root, LIVE, KEPT, MORE)

    def close(self) -> None:
        """End everything, remove the machine."""
        self.panel.__exit__(None, None, None)
        super().close()

"""A machine of the lab with the double of cPanel on it: mail servers, panel, service manager.

`with CpanelServer() as server:` has everything running and nothing of ours installed.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from core.system.host import Host
from tests.cpanel.double.commands import CPANEL
from tests.cpanel.double.cpsrvd import Cpsrvd
from tests.cpanel.double.skeleton import sections
from tests.cpanel.double.tree import plant
from tests.lab import managed
from tests.lab.client import SmtpDialogue
from tests.lab.dovecot import PASSWORD, LabDovecot
from tests.lab.exim import LabExim
from tests.lab.exim_configuration import CPANEL as STYLE
from tests.lab.machine import LabMachine
from tests.lab.snapshot import Snapshot, snapshot

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

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


class CpanelServer:
    """The machine.

    machine, root, exim, dovecot: its parts; panel: cPanel's web server (`cpsrvd.Cpsrvd`).
    """

    def __init__(
        self, release: str = "bookworm", *, cpanel: int = 126, localopts: str = ""
    ) -> None:
        """Make it. release: Debian's, which has the Exim; cpanel: its release; localopts: lines
        that are in exim.conf.localopts. Raises LabUnavailableError."""
        self.machine = LabMachine(release)
        self.root = self.machine.root
        # The lab's Dovecot has a socket there, also where there is no Postfix.
        self.machine.path("/var/spool/postfix/private").mkdir(parents=True, exist_ok=True)
        self.dovecot = LabDovecot(self.machine)
        self.exim = LabExim(self.machine, style=STYLE, sections=sections())
        managed.lay_over(self.machine)
        real = self.machine.path(self.exim.config_file)
        plant(self.root, real.read_text("utf-8"))
        real.unlink()
        real.symlink_to("/etc/exim.conf")
        shutil.copy(HERE / "commands.py", self.root / "usr/lib/cpanel_commands.py")
        options = self.machine.path("/etc/exim.conf.localopts")
        options.write_text(options.read_text() + localopts)
        for name in ("submission", "submissions"):
            port = self.machine.ports[name]
            self._write(f"/etc/chkserv.d/exim-{port}", f"service[exim-{port}]={port},QUIT,220,x\n")
        self.script("updateuserdomains")
        self.script("buildeximconf")
        self._choose_port()
        self.panel = Cpsrvd(self.root)

    def start(self) -> None:
        """Start the service manager, the mail servers and the panel."""
        managed.start_manager(self.machine)
        self.dovecot.start()
        self.exim.start()
        self.panel.__enter__()

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command on the machine, as its administrator would.

        Raises AssertionError with what it printed if it fails and `check` is set.
        """
        result = subprocess.run(
            ("chroot", str(self.root), *words),
            env=managed.ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
            umask=UMASK,
        )
        if check and result.returncode:
            raise AssertionError(f"{words} ended with {result.returncode}\n{result.stdout}")
        return result

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

    def mailward(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Our command, as root types it."""
        return self.run("mailward", *words, check=check)

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

    def uid(self, user: str) -> int:
        """The machine's number of a user."""
        return Host(self.root).uid(user)

    def kill_all(self, *words: str) -> None:
        """SIGKILL to every process of this machine that has one of the words in its command."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                inside = (process / "root").readlink() == self.root.resolve()
                command = (process / "cmdline").read_bytes().decode("utf-8", "replace")
            except OSError:
                continue
            if inside and any(word in command for word in words):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(process.name), signal.SIGKILL)

    def close(self) -> None:
        """End everything, remove the machine."""
        self.panel.__exit__(None, None, None)
        self.machine.close()

    def __enter__(self) -> Self:
        """The server, running."""
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close, whatever happened."""
        self.close()

    def _choose_port(self) -> None:
        """Another port for Dovecot's questions: several machines of the lab run side by side."""
        port = self.machine.reserve("mailward")
        file = self.root / "etc/mailward/mailward.toml"
        file.parent.mkdir(mode=0o755)
        self._write("/etc/mailward/mailward.toml", CONFIGURATION.format(port=port))

    def _write(self, path: str, text: str) -> None:
        file = self.machine.path(path)
        file.write_text(text, "utf-8")
        file.chmod(0o644)

"""A machine of the lab with the double of DirectAdmin on it: mail servers, panel, service manager.

`with DirectAdminServer() as server:` has everything running and nothing of ours installed. The
panel's own web server is not of this file.
"""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.directadmin.double.exim import DIRADMIN, OWNERS, USERS, DirectAdminExim
from tests.directadmin.double.exim_skeleton import skeleton
from tests.lab import managed
from tests.lab.dovecot import LabDovecot
from tests.lab.machine import LabMachine
from tests.lab.panel_server import PanelServer
from tests.lab.readiness import await_true
from tests.lab.snapshot import Snapshot, snapshot

if TYPE_CHECKING:
    import subprocess

    from tests.lab.client import SmtpDialogue

HERE = Path(__file__).parent
HOME = "/usr/local/directadmin"

CONFIGURATION = """\
[listen]
policy = ["unix:/run/mailward/policy.sock"]
web = "unix:/run/mailward-web/web.sock"
dovecot = "tcp:127.0.0.1:{port}"
"""
"""What the installer writes, but for the port."""

EXIM_UNIT = """\
[Unit]
Description=Exim Mail Transport Agent

[Service]
ExecStart=/usr/sbin/exim -bdf -q15m
ExecReload=/bin/kill -HUP $MAINPID

[Install]
WantedBy=multi-user.target
"""

PEOPLE = {
    "admin": "usertype=admin\ncreator=root\n",
    "rita": "usertype=reseller\ncreator=admin\npackage=big\n",
    "anna": "usertype=user\ncreator=rita\npackage=gold\nmailward=ON\n",
    "bert": "usertype=user\ncreator=admin\npackage=basic\nmailward=ON\n",
}

LISTS = {
    "data/admin/admin.list": "admin\n",
    "data/admin/reseller.list": "rita\n",
    "data/admin/services.status": "exim=ON\ndovecot=ON\nhttpd=ON\n",
    "conf/directadmin.conf": "servername=mail.example.test\nport=2222\nssl=0\n",
}

LIVE = (
    "var/lib/dovecot/",
    "var/lib/exim4/",
    "var/spool/exim/",
    "usr/local/directadmin/data/sessions/",
)
"""What servers change by themselves."""

KEPT = ("root/", "opt/lost")
"""What the tests put there."""

POSTFIX = ("postfix", "postconf", "postqueue", "postdrop", "postsuper", "postmap", "postalias")


class DirectAdminServer(PanelServer):
    """The machine.

    exim, dovecot: its mail servers.
    """

    def __init__(self, version: str = "1.690") -> None:
        """Make it. version: DirectAdmin's. Raises LabUnavailableError."""
        super().__init__(LabMachine("bookworm"))
        managed.lay_over(self.machine)
        self.dovecot = LabDovecot(self.machine)
        self.exim = DirectAdminExim(self.machine)
        self._forget_postfix()
        self._make_directadmin(version)
        self.exim.write("/etc/systemd/system/exim.service", EXIM_UNIT)
        self.configure(CONFIGURATION)

    def start(self) -> None:
        """Start the service manager and the mail servers."""
        managed.start_manager(self.machine)
        self.dovecot.start()
        self.run("systemctl", "start", "exim")
        log = self.exim.log_text
        await_true(lambda: "daemon started" in log(), "Exim", log)

    def unpack(self, package: Path) -> str:
        """Unpack the installer's archive, as `tar` does; the folder in the machine."""
        folder = self.machine.path("/root/installer")
        shutil.rmtree(folder, ignore_errors=True)
        with tarfile.open(package) as packed:
            packed.extractall(folder, filter="data")
        (inside,) = folder.iterdir()
        return f"/root/installer/{inside.name}"

    def install(self, package: Path, *words: str) -> subprocess.CompletedProcess[str]:
        """Install or upgrade from an installer's archive, in a root shell."""
        place = self.unpack(package)
        return self.run("sh", f"{place}/install.sh", "-y", *words, check=False)

    def uninstall(self) -> subprocess.CompletedProcess[str]:
        """Take it off again, as its installer says."""
        return self.run("/opt/mailward/current/setup", "uninstall", "--yes", check=False)

    def plugin(self, verb: str, package: Path) -> subprocess.CompletedProcess[str]:
        """The Plugin Manager: install or update from an uploaded archive."""
        shutil.copy(package, self.machine.path(f"/root/{package.name}"))
        return self.run("da", "plugin", verb, f"/root/{package.name}", check=False)

    def event(self, name: str, **values: str) -> subprocess.CompletedProcess[str]:
        """Something happens in the panel."""
        pairs = [f"{key}={value}" for key, value in values.items()]
        return self.run("da", "event", name, *pairs, check=False)

    def smtp(self, port: int, source: str) -> SmtpDialogue:
        """A client at 25, 465 or 587, up to the greeting."""
        return self.exim.client(port, source)

    def snapshot(self) -> Snapshot:
        """What should be as it was once we are gone."""
        return snapshot(self.root, LIVE, KEPT)

    def _forget_postfix(self) -> None:
        """The lab's machines have it, DirectAdmin's have not."""
        for name in POSTFIX:
            self.machine.path(f"/usr/sbin/{name}").unlink(missing_ok=True)
        for folder in ("/etc/postfix", "/var/lib/postfix", "/var/spool/postfix"):
            shutil.rmtree(self.machine.path(folder), ignore_errors=True)
        settings = self.machine.path("/etc/dovecot/local.conf")
        text = settings.read_text("utf-8").replace("/var/spool/postfix/private/", "/run/dovecot/")
        settings.write_text(text, "utf-8")

    def _make_directadmin(self, version: str) -> None:
        write = self.exim.write
        shutil.copy(HERE / "directadmin_command.py", self.root / "usr/lib/directadmin_command.py")
        command = '#!/bin/sh\nexec /usr/bin/python3 -I /usr/lib/directadmin_command.py "$@"\n'
        managed.write_program(self.machine, f"{HOME}/directadmin", command)
        (self.root / "usr/bin/da").symlink_to(f"{HOME}/directadmin")
        write(f"{HOME}/version", f"{version}\n")
        build = f"{HOME}/custombuild/configure"
        write(f"{build}/exim/exim.conf", skeleton(self.exim.ports["submission"]))
        stock = sorted(path.name for path in self.dovecot.include_directory.iterdir())
        write(f"{build}/dovecot/stock", "\n".join(stock) + "\n")
        for name, text in LISTS.items():
            write(f"{HOME}/{name}", text, 0o600, DIRADMIN)
        for folder in ("plugins", "scripts/custom", "data/sessions"):
            path = self.machine.path(f"{HOME}/{folder}")
            path.mkdir(parents=True)
            path.chmod(0o755)
            os.chown(path, DIRADMIN, DIRADMIN)
        for user, values in PEOPLE.items():
            folder = f"{HOME}/data/users/{user}"
            write(f"{folder}/user.conf", f"username={user}\n{values}", 0o600, DIRADMIN)
            domains = "".join(f"{name}\n" for name, owner in OWNERS.items() if owner == user)
            write(f"{folder}/domains.list", domains, 0o600, DIRADMIN)
            home = self.machine.path(f"/home/{user}")
            home.mkdir(parents=True)
            os.chown(home, USERS[user], USERS[user])

"""Exim as Debian builds it, on one machine of the lab: 25, 587 and 465, mail delivered to nowhere.

It knows nothing of Mailward. Its configuration is in `exim_configuration.py`; `sections` adds text
to that, as panels do by includes.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from tests.lab import debian
from tests.lab.dovecot import ACCOUNTS, PASSWORD
from tests.lab.exim_configuration import CONFIGURATION, DEBIAN, SECTIONS, EximStyle
from tests.lab.lifetime import Lifetime
from tests.lab.machine import LabMachine
from tests.lab.ports import has_ipv6
from tests.lab.readiness import await_greeting, await_true
from tests.lab.release import EXIMS
from tests.lab.skeleton import CERTIFICATE, HOSTNAME, PRIVATE_KEY, UID
from tests.lab.sources import BACKPORTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.lab.machine import Keeper

USER, NUMBER = "Debian-exim", 59108
"""The account that Debian's build has compiled in."""

READY_CHECK = b"PROXY TCP4 127.0.0.1 127.0.0.1 40000 25\r\n"


class LabExim(Lifetime):
    """The Exim of one machine of its own, or of one that has Dovecot already.

    `with LabExim("bookworm") as exim:` runs it; the end removes every trace.
    machine, root: where it lives; ports: `smtp`, `submission`, `submissions` -> loopback port (on
    ::1 too, where there is IPv6); main_log: path inside the machine.
    """

    config_directory = "/etc/exim4"
    config_file = "/etc/exim4/exim4.conf"
    main_log = "/var/log/exim4/mainlog"

    def __init__(
        self,
        machine: LabMachine | str,
        *,
        style: EximStyle = DEBIAN,
        proxied: bool = True,
        timezone: str = "",
        sections: Mapping[str, str] | None = None,
    ) -> None:
        """Lay Exim over the machine, or over a new one of a release, and write the configuration.

        proxied: clients must say who they are by a PROXY header. timezone: of the times in the log.
        sections: text to add to `SECTIONS`; to ACLs, routers and authenticators before what is
        there. Raises LabUnavailableError.
        """
        self.tree = EXIMS[machine if isinstance(machine, str) else machine.release.codename]
        if isinstance(machine, str):
            machine = LabMachine(machine.removesuffix(BACKPORTS))
        self.machine = machine
        self.root = self.machine.root
        self.style = style
        self.proxied = proxied
        self.timezone = timezone
        self.sections = dict(sections or {})
        names = ("smtp", "submission", "submissions")
        self.ports = {name: self.machine.ports[name] for name in names}
        self._keeper: Keeper | None = None
        try:
            self._install()
            self.configure()
        except BaseException:
            self.machine.close()
            raise

    def configure(self) -> None:
        """Write the configuration anew, from `style`, `timezone` and `sections`."""
        text = CONFIGURATION.format(
            hostname=HOSTNAME,
            interfaces="<; 127.0.0.1 ; ::1" if has_ipv6() else "127.0.0.1",
            certificate=CERTIFICATE,
            private_key=PRIVATE_KEY,
            hosts_proxy="<; 127.0.0.1 ; ::1" if self.proxied else "",
            log_selector=self.style.log_selector,
            plain=self.style.plain,
            login=self.style.login,
            timezone=self.timezone,
            **self.ports,
            **{name: self.sections.get(name, "") for name in SECTIONS},
        )
        self.machine.path(self.config_file).write_text(text, "utf-8")

    def start(self) -> None:
        """Start and wait for a greeting. Raises ServerFailedError."""
        self._keeper = self.machine.keep("exim", "/usr/sbin/exim4", "-bdf", "-q30m")
        preface = READY_CHECK if self.proxied else b""
        await_greeting(self.ports["smtp"], self._keeper, self.log_text, preface)

    def stop(self) -> None:
        """End all its processes."""
        if self._keeper is not None:
            self._keeper.stop()
            self._keeper = None

    def restart(self) -> None:
        """Stop and start: Exim's daemon reads its configuration once."""
        self.stop()
        self.start()

    def close(self) -> None:
        """End everything that runs on the machine, and remove it."""
        self.machine.close()

    def log_bytes(self) -> bytes:
        """Its main log so far, as it is."""
        log = self.machine.path(self.main_log)
        return log.read_bytes() if log.exists() else b""

    def log_text(self) -> str:
        """Its main log so far."""
        return self.log_bytes().decode("utf-8", "replace")

    def await_log(self, text: str) -> None:
        """Wait until the log has this text: lines come after the answer that they tell of."""
        await_true(lambda: text in self.log_text(), f"{text!r} in the log", self.log_text)

    def exim(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `exim4` inside as root: `-bV`, `-bP`, `-bh`, `-Mrm` and the like."""
        return self.machine.run("/usr/sbin/exim4", *arguments, check=check)

    def send_locally(self, message: str, *arguments: str, folder: str, user: str) -> None:
        """Hand a message to `sendmail` as a script of a user does, from a folder of the machine.

        Raises CalledProcessError when Exim refuses it.
        """
        inside = self.machine.path(folder)
        inside.mkdir(parents=True, exist_ok=True)
        inside.chmod(0o755)
        letter = inside / "letter"
        letter.write_text(message, "utf-8")
        script = 'cd "$1"; shift; exec /usr/sbin/sendmail "$@" < ./letter'
        command = ("sh", "-c", script, "sh", folder, *arguments)
        self.machine.run(*command, user=UID[user])

    def _install(self) -> None:
        """Lay the packages' programs over the machine's, and do what a maintainer script does."""
        tree = self.tree
        debian.fetch(tree)
        with debian.locked(tree, shared=True):
            copy = ["cp", "--archive", "--link", "--remove-destination"]
            subprocess.run([*copy, str(tree.root / "usr"), str(self.root)], check=True)
        for name, line in (("passwd", f"{USER}:x:{NUMBER}:{NUMBER}::/:/bin/sh"), ("group", "")):
            with self.machine.path(f"/etc/{name}").open("a", encoding="utf-8") as file:
                file.write(f"{line or f'{USER}:x:{NUMBER}:'}\n")
        for folder in ("/var/spool/exim4", "/var/log/exim4"):
            self._own(folder)
        self.machine.path(self.config_directory).mkdir(exist_ok=True)
        users = "".join(f"{name}: {PASSWORD}\n" for name in ACCOUNTS)
        self.machine.path(self.config_directory).joinpath("users").write_text(users, "utf-8")
        key = self.machine.path(PRIVATE_KEY)
        os.chown(key, 0, NUMBER)
        key.parent.chmod(0o755)

    def _own(self, folder: str) -> Path:
        path = self.machine.path(folder)
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o750)
        os.chown(path, NUMBER, NUMBER)
        return path

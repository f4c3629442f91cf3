"""A machine with cPanel's web server and our bridge where the installer puts it, and nothing else.

Tests of the bridge alone need neither mail servers nor a built package.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from cpanel import places, registration
from tests.cpanel.double.cpsrvd import Cpsrvd
from tests.lab import debian
from tests.lab.machine import LabMachine
from tests.lab.readiness import await_true
from tests.lab.release import PLESK

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

SECRET = "0123456789abcdef0123456789abcdef"
PAGES = "/run/mailward-web/web.sock"
CUSTOMERS = "/run/mailward-customers/web.sock"
SECRET_FILE = "/var/lib/mailward/web.secret"

ACCOUNTS = {"anna": 61001, "bert": 61002, "rita": 61003, "mallory": 61004}
"""Users and their numbers. rita is a reseller; anna and mallory are her customers."""

RESELLERS = "rita:list-accts,software-Mailward\nrolf:list-accts\nchief:all\n"


class LaidMachine:
    """`with LaidMachine() as machine:` serves.

    Attributes:
        root: its file system.
        panel: its web server.
    """

    def __init__(self) -> None:
        """Make it. Raises LabUnavailableError."""
        debian.fetch(PLESK)
        self._machine = LabMachine("bookworm")
        self.root = self._machine.root
        overlay = ["cp", "--archive", "--link", "--force", f"{PLESK.root}/usr/."]
        subprocess.run([*overlay, f"{self.root}/usr/"], check=True)
        (self.root / "dev").mkdir(exist_ok=True)
        self._make_accounts()
        self._lay_bridge()
        self._write("/var/cpanel/apps/mailward.conf", self.path(places.APP_CONFIG).read_text())
        self._write(SECRET_FILE, f"{SECRET}\n", 0o600)
        self.path(SECRET_FILE).parent.chmod(0o750)
        self.panel = Cpsrvd(self.root)

    def path(self, inside: str) -> Path:
        """Where a path of the machine is on ours."""
        return self.root / inside.lstrip("/")

    def run_as(self, user: str, *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command as an account's user, without a session of the panel's."""
        number = ACCOUNTS[user]
        return subprocess.run(
            ["chroot", f"--userspec=+{number}:+{number}", "--groups=", str(self.root), *words],
            input=text,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=60,
        )

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command as root."""
        return self._machine.run(*words, check=False)

    def await_file(self, path: str) -> None:
        """Wait until a file is there and has something in it."""
        place = self.path(path)
        await_true(lambda: place.exists() and place.stat().st_size > 0, path, str)

    def __enter__(self) -> Self:
        """Serve."""
        self.panel.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End everything, remove the machine."""
        self.panel.__exit__(kind, error, trace)
        self._machine.close()

    def _make_accounts(self) -> None:
        with self.path("/etc/passwd").open("a") as passwd:
            for name, number in ACCOUNTS.items():
                passwd.write(f"{name}:x:{number}:{number}::/home/{name}:/bin/sh\n")
        for name in ACCOUNTS:
            locale = "de" if name == "anna" else "en"
            owner = "root" if name in ("bert", "rita") else "rita"
            record = f"USER={name}\nOWNER={owner}\nLOCALE={locale}\nPLAN=rita_small box\n"
            record += "FEATURELIST=default\n"
            self._write(f"/var/cpanel/users/{name}", record)
        self._write(places.RESELLERS, RESELLERS)

    def _lay_bridge(self) -> None:
        for path, data in registration.contents().items():
            place = self.path(path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
            place.chmod(registration.mode(path))
        self.path(places.CGI).chmod(registration.folder_mode(places.CGI))
        # cPanel promises nobody but root that this may be read.
        self.path(places.PERL_FILES).chmod(0o700)

    def _write(self, path: str, text: str, mode: int = 0o644) -> None:
        place = self.path(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        place.chmod(mode)

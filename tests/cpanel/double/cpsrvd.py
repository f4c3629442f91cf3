"""A small cpsrvd: WHM and cPanel at a port each, sessions, AppConfig, CGI scripts, Jupiter's pages.

It reads everything from the machine's own files, as the real one does: applications from
/var/cpanel/apps, privileges from /var/cpanel/resellers, tiles from dynamicui, accounts from
/etc/passwd and /var/cpanel/users, and it writes sessions to /var/cpanel/sessions/raw
(facts/cpanel.md 1 to 3 and 11). What it answers a browser is in `cpsrvd_door`.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cpanel.double.commands.machine import CPANEL, pairs
from tests.cpanel.double.cpsrvd_door import Door
from tests.cpanel.double.cpwrapd import Cpwrapd
from tests.cpanel.double.session import SESSIONS, Session
from tests.pages.serving import serving

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from tests.cpanel.double.session import Service

HERE = Path(__file__).parent
JUPITER = f"{CPANEL}/base/frontend/jupiter"
PASSWORD = "panel-password"
OWN_ACLS = frozenset({"all", "list-accts", "create-acct", "acct-summary"})


class Cpsrvd:
    """`with Cpsrvd(root) as panel:` serves both.

    Attributes:
        whm, cpanel: addresses for a browser, without a slash at the end.
        cpwrapd: runs admin modules.
        errors: what scripts have printed to their error output.
    """

    def __init__(self, root: Path) -> None:
        """Lay the stand-ins for cPanel's Perl modules over the machine.

        Args:
            root: the machine's file system, with a Perl.
        """
        self.root = root
        self.whm = self.cpanel = ""
        self.errors: list[str] = []
        self.cpwrapd = Cpwrapd(root)
        self._stack = contextlib.ExitStack()
        shutil.copytree(HERE / "perl", root / CPANEL, dirs_exist_ok=True)
        perl = root / CPANEL / "3rdparty/bin/perl"
        perl.parent.mkdir(parents=True, exist_ok=True)
        if not perl.exists():
            perl.symlink_to("/usr/bin/perl")
        (root / SESSIONS).mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in ("", "/sessions"):
            (root / f"var/cpanel{folder}").chmod(0o711)
        (root / "tmp").chmod(0o1777)

    def __enter__(self) -> Self:
        """Serve."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.cpwrapd)
            self.whm = stack.enter_context(serving(Door(self, "whostmgr")))
            self.cpanel = stack.enter_context(serving(Door(self, "cpanel")))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Serve no more."""
        self._stack.close()

    def log_in(self, user: str, service: Service, password: str = PASSWORD) -> Session | None:
        """Open a session, with its file; None for whoever may not.

        Args:
            user: an account, a reseller, or root for WHM alone.
            service: where.
            password: everybody has the same.
        """
        if password != PASSWORD or not self._is_welcome(user, service):
            return None
        name = f"{user}:{secrets.token_hex(8)}"
        token = f"/cpsess{secrets.randbelow(10**10):010d}"
        file = self.root / SESSIONS / name
        file.write_text(
            f"user={user}\ncp_security_token={token}\nip_address=127.0.0.1\npass=x\n"
            f"origin_as_string=address=127.0.0.1,app={service},method=handle_form_login\n"
            "successful_internal_auth_with_timestamp=1700000000\ntfa_verified=0\n"
        )
        file.chmod(0o600)
        return Session(name, user, token)

    def log_out(self, session: Session) -> None:
        """End a session."""
        (self.root / SESSIONS / session.name).unlink()

    def acls(self, user: str) -> frozenset[str]:
        """What a user of WHM may."""
        if user == "root":
            return frozenset({"all"})
        for line in self._lines("var/cpanel/resellers"):
            name, _, acls = line.partition(":")
            if name == user:
                return frozenset(acls.split(",")) - {""}
        return frozenset()

    def applications(self, user: str) -> list[dict[str, str]]:
        """What AppConfig lets a user of WHM open; an unknown privilege hides an application."""
        held, found = self.acls(user), []
        for file in sorted((self.root / "var/cpanel/apps").glob("*.conf")):
            app = pairs(file.read_text("utf-8"))
            wanted = set(app.get("acls", "").split(",")) & self._known_acls()
            if app.get("service") == "whostmgr" and wanted and ("all" in held or wanted & held):
                found.append(app)
        return found

    def tiles(self) -> list[dict[str, str]]:
        """What stands on Jupiter's first page."""
        files = sorted((self.root / JUPITER / "dynamicui").glob("dynamicui_*.conf"))
        return [
            dict(part.split("=>", 1) for part in file.read_text("utf-8").strip().split(","))
            for file in files
            if file.stat().st_mode & 0o004
        ]

    def uid(self, user: str) -> int | None:
        """The number of an account's user."""
        for line in self._lines("etc/passwd"):
            name, _, number = line.split(":")[:3]
            if name == user:
                return int(number)
        return None

    def run(self, script: str, user: int, environment: dict[str, str], body: bytes) -> bytes:
        """Run a script as somebody. Returns what it printed."""
        identity = [f"--userspec=+{user}:+{user}", "--groups="] if user else []
        done = subprocess.run(
            ["chroot", *identity, str(self.root), script],
            input=body,
            env=environment,
            capture_output=True,
            check=False,
            timeout=90,
        )
        if done.stderr:
            self.errors.append(done.stderr.decode("utf-8", "replace"))
        return done.stdout

    def _is_welcome(self, user: str, service: Service) -> bool:
        if service == "whostmgr":
            return bool(self.acls(user))
        known = (self.root / "var/cpanel/users" / user).exists()
        return user != "root" and known and self.uid(user) is not None

    def _known_acls(self) -> frozenset[str]:
        drivers = (self.root / CPANEL / "Cpanel/Config/ConfigObj/Driver").glob("*/META.pm")
        return OWN_ACLS | {f"software-{file.parent.name}" for file in drivers}

    def _lines(self, path: str) -> list[str]:
        file = self.root / path
        return file.read_text("utf-8").splitlines() if file.exists() else []

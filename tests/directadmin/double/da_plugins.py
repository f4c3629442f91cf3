"""People, sessions and plugins of a small DirectAdmin (facts/directadmin.md 1.4, 1.5 and 9)."""

from __future__ import annotations

import html
import os
import re
import secrets
import subprocess
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD: Final = "opens everything"
HOME: Final = "/usr/local/directadmin"

LARGEST_VARIABLE: Final = 125_000
"""Octets of a form that still fit into a variable."""


class DirectAdminPlugins:
    """What the web server works with; runs scripts inside a machine's folder, as root may.

    Attributes:
        root: the folder.
        entities: whether scripts get forms and queries as they would stand in HTML.
        ran: who ran which script by which method, the newest last.
        errors: what went wrong in the double, or was printed to a script's standard error.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.entities = False
        self.ran: list[tuple[str, int, str]] = []
        self.errors: list[str] = []

    def kind(self, user: str) -> str:
        """``admin``, ``reseller`` or ``user``; "" for nobody."""
        return settings(self.root / HOME[1:] / "data/users" / user / "user.conf").get(
            "usertype", ""
        )

    def log_in(self, name: str, address: str = "127.0.0.1") -> tuple[str, str]:
        """A new session, as `admin|bert` for an administrator who is bert for a while."""
        session, key = secrets.token_hex(32), secrets.token_urlsafe(24)
        file = self.write(f"data/sessions/da_sess_{session}", 0o600)
        file.write_text(f"key={key}\nip={address}\nusername={name}\nlanguage=en\n")
        return session, key

    def log_out(self, session: str) -> None:
        """End a session."""
        self._session_file(session).unlink()

    def session(self, session: str, key: str) -> str:
        """Whose session it is, ``admin|bert`` as above; "" for none."""
        if not re.fullmatch(r"\w+", session, re.ASCII):
            return ""
        said = settings(self._session_file(session))
        return said.get("username", "") if key and said.get("key") == key else ""

    def run(self, level: str, name: str, given: dict[str, str], body: bytes) -> bytes | None:
        """Run a script of our plugin; None where there is no such page.

        Args:
            level: ``admin``, ``reseller`` or ``user``.
            name: of the script below the level's folder.
            given: variables; ``USERNAME`` says who.
            body: the request's.
        """
        folder = self.root / HOME[1:] / "plugins/mailward"
        conf = settings(folder / "plugin.conf")
        script = (folder / level / name).resolve()
        if (conf.get("active"), conf.get("installed")) != ("yes", "yes"):
            return None
        if not script.is_relative_to(folder / level) or not os.access(script, os.X_OK):
            return None
        account = conf.get(f"{level}_run_as") or given["USERNAME"]
        uid, gid = self._ids(account)
        if uid == 0:
            raise PermissionError(f"User {account} is not a valid apache user")
        variables, text = self._form(body)
        variables |= given | {"RUNNING_AS": account, "USER": account, "LANG": "C"}
        variables["PATH"] = "/usr/local/bin:/usr/bin:/bin"
        if self.entities:
            variables["QUERY_STRING"] = html.escape(variables["QUERY_STRING"])
        inside = f"{HOME}/plugins/mailward/{level}/{name}"
        done = subprocess.run(
            ["/usr/sbin/chroot", f"--userspec=+{uid}:+{gid}", "--groups=", str(self.root), inside],
            input=text,
            env=variables,
            capture_output=True,
            check=False,
            timeout=90,
        )
        self.ran.append((f"{level}/{name}", uid, variables["REQUEST_METHOD"]))
        if done.returncode or done.stderr:
            self.errors.append(f"{inside}: {done.returncode}: {done.stderr.decode()}")
        return done.stdout

    def _form(self, body: bytes) -> tuple[dict[str, str], bytes]:
        text = body.decode("latin-1")
        if self.entities:
            text = html.escape(text)
        if len(text) > LARGEST_VARIABLE:
            return {"POST": "stdin=true"}, text.encode("latin-1")
        return {"POST": text}, b""

    def _ids(self, account: str) -> tuple[int, int]:
        for line in (self.root / "etc/passwd").read_text().splitlines():
            fields = line.split(":")
            if fields[0] == account:
                return int(fields[2]), int(fields[3])
        raise KeyError(account)

    def _session_file(self, session: str) -> Path:
        return self.root / HOME[1:] / "data/sessions" / f"da_sess_{session}"

    def write(self, name: str, mode: int) -> Path:
        """An empty file of DirectAdmin's own."""
        place = self.root / HOME[1:] / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
        place.chmod(mode)
        return place


def settings(file: Path) -> dict[str, str]:
    """A file of lines ``key=value``; empty where there is none."""
    try:
        lines = file.read_text().splitlines()
    except (OSError, ValueError):
        return {}
    return {name: value for name, _, value in (line.partition("=") for line in lines)}

"""The double's `plesk` command and its root side; runs inside the machine, with its own Python.

Only the standard library, and nothing of this project: it is copied into machines. Verbs, their
order and their output are those of facts/plesk.md 2.3, 2.4 and 13.3.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socketserver
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path("/opt/psa")
DATABASE = "/var/lib/psa/psa.sqlite"
DEFAULTS = Path("/var/lib/psa/postfix-defaults")
SDK = Path("/usr/lib/psa-sdk")
DOOR = Path("/run/psa/mod_wrapper.sock")
PHP = "/usr/bin/php"
USER = "psaadm"

PLACES = {
    "htdocs": ROOT / "admin/htdocs/modules",
    "plib": ROOT / "admin/plib/modules",
    "sbin": ROOT / "admin/sbin/modules",
    "var": ROOT / "var/modules",
}


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def version() -> str:
    """Plesk's own."""
    return (ROOT / "version").read_text().split()[0]


def numbers(text: str) -> tuple[int, ...]:
    """A version to compare."""
    return tuple(int(part) for part in text.split("."))


def database() -> sqlite3.Connection:
    """The panel's data."""
    connection = sqlite3.connect(DATABASE, timeout=10)
    connection.isolation_level = None
    return connection


def php(script: Path, *arguments: str) -> int:
    """Run a script of an extension as Plesk does: as its own user, with the SDK."""
    user = pwd.getpwnam(USER)
    command = [PHP, "-d", f"auto_prepend_file={SDK}/pm.php", "-d", "display_errors=stderr"]
    return subprocess.run(
        [*command, "-d", "error_reporting=-1", str(script), *arguments],
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
        cwd="/",
        check=False,
    ).returncode


def install(file: str, *, upgrade: bool) -> int:
    """`--install` and `--upgrade`: pre-install, copy, register, post-install (2.4)."""
    with tempfile.TemporaryDirectory(dir=ROOT / "tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with zipfile.ZipFile(file) as archive:
            archive.extractall(folder)
        meta = ET.parse(folder / "meta.xml").getroot()
        identity, title = meta.findtext("id") or "", meta.findtext("name") or ""
        if numbers(version()) < numbers(meta.findtext("plesk_min_version") or "0"):
            say(f"The extension requires Plesk {meta.findtext('plesk_min_version')} or newer.")
            return 1
        old = registered().get(identity, ("", ""))[1]
        words = ("upgrade", old) if upgrade and old else ("install",)
        before = folder / "plib/scripts/pre-install.php"
        if before.exists() and php(before, *words):
            say("Execution of pre-install.php has failed.")
            return 1
        copy(folder, identity)
        with database() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO modules VALUES (?, ?, ?)",
                (identity, title, meta.findtext("version")),
            )
    after = PLACES["plib"] / identity / "scripts/post-install.php"
    if after.exists() and php(after, *words):
        say("Execution of post-install.php has failed.")
        return 1
    say("The extension was successfully installed.")
    return 0


def copy(folder: Path, identity: str) -> None:
    """Where the parts of an extension go (2.1)."""
    user = pwd.getpwnam(USER)
    for part, place in PLACES.items():
        target = place / identity
        if part != "var":
            shutil.rmtree(target, ignore_errors=True)
        if (folder / part).exists():
            shutil.copytree(folder / part, target, dirs_exist_ok=True)
        else:
            target.mkdir(parents=True, exist_ok=True)
    for name in ("meta.xml", "DESCRIPTION.md", "CHANGES.md"):
        if (folder / name).exists():
            shutil.copy(folder / name, PLACES["plib"] / identity)
    os.chown(PLACES["var"] / identity, user.pw_uid, user.pw_gid)
    for util in (PLACES["sbin"] / identity).iterdir():
        util.chmod(0o700)
        link = ROOT / "admin/bin/modules" / identity / util.name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to("../../../sbin/mod_wrapper")


def uninstall(identity: str) -> int:
    """`--uninstall`: pre-uninstall, forget, delete (2.4)."""
    if identity not in registered():
        say(f"There is no extension {identity}.")
        return 1
    script = PLACES["plib"] / identity / "scripts/pre-uninstall.php"
    if script.exists() and php(script):
        say("Execution of pre-uninstall.php has failed.")
        return 1
    with database() as connection:
        connection.execute("DELETE FROM modules WHERE id = ?", (identity,))
    for place in (*PLACES.values(), ROOT / "admin/bin/modules"):
        shutil.rmtree(place / identity, ignore_errors=True)
    say("The extension was successfully removed.")
    return 0


def registered() -> dict[str, tuple[str, str]]:
    """Extensions: id -> name and version."""
    with database() as connection:
        rows = connection.execute("SELECT id, name, version FROM modules ORDER BY id")
        return {row[0]: (row[1], row[2]) for row in rows}


def extension(words: list[str]) -> int:
    """`plesk bin extension ...`."""
    verb, *rest = words
    if verb in ("--install", "-i"):
        return install(rest[0], upgrade=False)
    if verb in ("--upgrade", "-g"):
        return install(rest[0], upgrade=True)
    if verb in ("--uninstall", "-u"):
        return uninstall(rest[0])
    if verb in ("--list", "-l"):
        for identity, (name, _) in registered().items():
            say(f"{identity} - {name}")
        return 0
    if verb == "--exec":
        if rest[0] not in registered():
            return 1
        return php(PLACES["plib"] / rest[0] / "scripts" / rest[1], *rest[2:])
    return 2


def query(words: list[str]) -> int:
    """`plesk db -B -N -e SQL`: tab separated, without a header."""
    with database() as connection:
        for row in connection.execute(words[-1]):
            say("\t".join("NULL" if value is None else str(value) for value in row))
    return 0


def repair(words: list[str]) -> int:
    """`plesk repair mail`: Postfix's files as Plesk wants them, then the extensions' hooks."""
    for name in ("main.cf", "master.cf"):
        content = (DEFAULTS / name).read_bytes()
        target = Path("/etc/postfix") / name
        if target.read_bytes() != content:
            target.write_bytes(content)
    subprocess.run(["postfix", "reload"], check=False, capture_output=True)
    say("Repairing the mail server configuration ... [OK]")
    if numbers(version()) < numbers("18.0.52"):
        return 0
    for identity in registered():
        hook = PLACES["plib"] / identity / "hooks/Repair/Mail.php"
        if hook.exists():
            run_hook(hook, "$hook->repairAll(new Plesk\\SDK\\Repair\\Context());")
    return 0


def event(action: str, values: str) -> int:
    """Something happens in the panel: the extensions' listeners are told (5.2)."""
    code = 0
    for identity in registered():
        listener = PLACES["plib"] / identity / "library/EventListener.php"
        if listener.exists():
            code = code or run_hook(
                listener,
                f"if (in_array('{action}', $hook->filterActions(), true)) {{"
                f" $hook->handleEvent('x', 1, '{action}', [], json_decode($argv[1], true)); }}",
                values,
            )
    return code


def run_hook(file: Path, code: str, *arguments: str) -> int:
    """Let PHP load a file that returns an instance, and call it."""
    with tempfile.NamedTemporaryFile("w", suffix=".php", dir=ROOT / "tmp") as script:
        script.write(f"<?php\n$hook = require '{file}';\n{code}\n")
        script.flush()
        Path(script.name).chmod(0o644)
        return php(Path(script.name), *arguments)


class Wrapper(socketserver.StreamRequestHandler):
    """mod_wrapper: runs an extension's own utility as root, for the panel's user."""

    def handle(self) -> None:
        """Read what is wanted, answer with what came of it."""
        asked = json.loads(self.rfile.readline())
        util = PLACES["sbin"] / asked["module"] / asked["command"]
        if "/" in asked["command"] or not util.exists():
            util = ROOT / "admin/sbin" / asked["command"]
        result = subprocess.run(
            [str(util), *map(str, asked["arguments"])],
            capture_output=True,
            text=True,
            cwd="/",
            env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
            check=False,
        )
        answer = {"code": result.returncode, "stdout": result.stdout, "stderr": result.stderr}
        self.wfile.write(json.dumps(answer).encode())


def wrap() -> None:
    """Be mod_wrapper's root side; only the panel's user reaches it."""
    DOOR.parent.mkdir(exist_ok=True)
    DOOR.unlink(missing_ok=True)
    with socketserver.ThreadingUnixStreamServer(str(DOOR), Wrapper) as server:
        os.chown(DOOR, 0, pwd.getpwnam(USER).pw_gid)
        DOOR.chmod(0o660)
        server.serve_forever(poll_interval=0.1)


def main(words: list[str]) -> int:
    """Be `plesk`."""
    if words[:1] == ["version"]:
        say(f"Product version: Plesk Obsidian {version()}\n     OS version: Debian 12.0 x86_64")
        return 0
    if words[:2] == ["bin", "extension"]:
        return extension(words[2:])
    if words[:1] == ["db"]:
        return query(words)
    if words[:2] == ["repair", "mail"]:
        return repair(words)
    if words[:1] == ["php"]:
        return php(Path(words[1]), *words[2:])
    if words[:1] == ["event"]:
        return event(words[1], words[2])
    if words == ["mod_wrapper"]:
        wrap()
    sys.stderr.write(f"plesk: unknown: {' '.join(words)}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

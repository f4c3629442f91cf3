"""The double's command ``directadmin``; it runs inside the machine, with its own Python.

Only the standard library, and nothing of this project: it is copied into machines. What the command
knows is in facts/directadmin.md 6; ``plugin`` and ``event`` stand for what happens in its pages.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

HOME = Path("/usr/local/directadmin")
PLUGINS = HOME / "plugins"
EXIM = Path("/etc/exim.conf")
SKELETON = HOME / "custombuild/configure/exim/exim.conf"
OWNER = "diradmin"


def say(text: str) -> None:
    """Print it, before what is run next prints something."""
    sys.stdout.write(text)
    sys.stdout.flush()


def version() -> int:
    """Print the version."""
    say(f"DirectAdmin v.{(HOME / 'version').read_text().strip()} 0a1b2c3\n")
    return 0


def config() -> int:
    """Print the settings."""
    say((HOME / "conf/directadmin.conf").read_text())
    return 0


def admin() -> int:
    """Print the main administrator's name."""
    say((HOME / "data/admin/admin.list").read_text().split()[0] + "\n")
    return 0


def licence() -> int:
    """Print the licence."""
    say("expiry=1900000000\nlimits_max_domains=0\n")
    return 0


def build(what: str) -> int:
    """Make a part's configuration anew and restart it; what is everybody's stays."""
    if what == "exim_conf":
        EXIM.write_text(SKELETON.read_text())
        return subprocess.run(["systemctl", "restart", "exim"], check=False).returncode
    if what == "dovecot_conf":
        folder = Path("/etc/dovecot/conf.d")
        stock = set((HOME / "custombuild/configure/dovecot/stock").read_text().split())
        for file in folder.iterdir():
            if file.name not in stock:
                file.unlink()
        return subprocess.run(["doveadm", "reload"], check=False).returncode
    say(f"build: unknown {what}\n")
    return 1


def event(name: str, *values: str) -> int:
    """Run an event's hooks at their three places in order; one that fails fails the whole."""
    given = dict(pair.split("=", 1) for pair in values)
    custom = HOME / "scripts/custom"
    scripts = [
        *sorted((custom / name).glob("*.sh")),
        custom / f"{name}.sh",
        *sorted(PLUGINS.glob(f"*/hooks/{name}.sh")),
    ]
    code = 0
    for script in scripts:
        if script.exists():
            done = subprocess.run(
                [str(script)],
                env={"PATH": os.environ["PATH"], **given},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            say(done.stdout)
            code = code or done.returncode
    return code


def plugin(verb: str, what: str) -> int:
    """The Plugin Manager: ``install FILE``, ``update FILE``, ``uninstall NAME``."""
    name = Path(what).name.removesuffix(".tar.gz")
    folder = PLUGINS / name
    if verb != "uninstall":
        folder.mkdir(exist_ok=True)
        with tarfile.open(what) as packed:
            packed.extractall(folder)
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, OWNER, OWNER)
    script = folder / "scripts" / f"{verb}.sh"
    done = subprocess.run([str(script)], cwd=folder, check=False)
    if verb == "uninstall":
        shutil.rmtree(folder)
    return done.returncode


VERBS: dict[str, Callable[..., int]] = {
    "version": version,
    "v": version,
    "config": config,
    "c": config,
    "admin": admin,
    "license": licence,
    "build": build,
    "event": event,
    "plugin": plugin,
}


def main(words: list[str]) -> int:
    """Do what is asked."""
    if not words or words[0] not in VERBS:
        say(f"unknown command {' '.join(words)}\n")
        return 1
    return VERBS[words[0]](*words[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What makes an unpacked heap of packages a system that servers can run in.

The maintainer scripts of the packages never run; this does the few things of theirs that the mail
servers need: accounts, devices, names, a certificate, rights. No network is used.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.lab.release import LabUnavailableError

if TYPE_CHECKING:
    from pathlib import Path

HOSTNAME = "mail.example.test"
CERTIFICATE = "/etc/ssl/certs/ssl-cert-snakeoil.pem"
PRIVATE_KEY = "/etc/ssl/private/ssl-cert-snakeoil.key"


@dataclass(frozen=True)
class Account:
    """A line of /etc/passwd, with a group of the same name and number."""

    name: str
    number: int
    home: str = "/nonexistent"


ACCOUNTS = (
    Account("root", 0, "/root"),
    Account("daemon", 1, "/usr/sbin"),
    Account("mail", 8, "/var/mail"),
    Account("postfix", 59101, "/var/spool/postfix"),
    Account("dovecot", 59102, "/usr/lib/dovecot"),
    Account("dovenull", 59103),
    Account("vmail", 59104, "/var/vmail"),
    Account("postgres", 59105, "/var/lib/postgresql"),
    Account("webuser", 59106, "/home/webuser"),
    Account("nobody", 65534),
)
"""Numbers of the lab's own: no account of the machine is likely to have them."""

GROUPS = {account.name: account.number for account in ACCOUNTS} | {"postdrop": 59107}
GROUPS["nogroup"] = GROUPS.pop("nobody")

DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9)}
DEVICES["tty"] = (5, 0)

UID = {account.name: account.number for account in ACCOUNTS}


def make_merged_usr(root: Path) -> None:
    """The empty root that packages are unpacked onto: /bin and the like are links into /usr."""
    for name in ("bin", "sbin", "lib", "lib64"):
        (root / "usr" / name).mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(f"usr/{name}")


def finish(root: Path) -> None:
    """Everything else, after unpacking. Raises LabUnavailableError without the right to do it."""
    _make_accounts(root)
    _make_devices(root)
    _make_names(root)
    _make_folders(root)
    _share_rights(root)
    _make_certificate(root)


def _make_accounts(root: Path) -> None:
    passwd = [f"{a.name}:x:{a.number}:{a.number}::{a.home}:/bin/sh" for a in ACCOUNTS]
    group = [f"{name}:x:{number}:" for name, number in GROUPS.items()]
    (root / "etc/passwd").write_text("\n".join(passwd) + "\n", "utf-8")
    (root / "etc/group").write_text("\n".join(group) + "\n", "utf-8")


def _make_devices(root: Path) -> None:
    (root / "dev").mkdir(exist_ok=True)
    try:
        for name, (major, minor) in DEVICES.items():
            node = root / "dev" / name
            os.mknod(node, stat.S_IFCHR | 0o666, os.makedev(major, minor))
            node.chmod(0o666)
        (root / "dev/null").write_bytes(b"x")
    except OSError as error:
        message = f"no device files can be made in {root.parent}: {error.strerror}"
        raise LabUnavailableError(message) from error


def _make_names(root: Path) -> None:
    """Names without a name service: a lookup never leaves the machine."""
    etc = root / "etc"
    hosts = f"127.0.0.1 localhost\n::1 localhost\n127.0.1.1 {HOSTNAME} mail\n"
    (etc / "hosts").write_text(hosts, "utf-8")
    (etc / "mailname").write_text(f"{HOSTNAME}\n", "utf-8")
    (etc / "hostname").write_text("mail\n", "utf-8")
    (etc / "resolv.conf").write_text("nameserver 127.0.0.1\n", "utf-8")
    databases = ("passwd", "group", "shadow", "hosts", "services", "protocols", "networks")
    (etc / "nsswitch.conf").write_text("".join(f"{d}: files\n" for d in databases), "utf-8")
    (etc / "localtime").unlink(missing_ok=True)
    (etc / "localtime").symlink_to("/usr/share/zoneinfo/Etc/UTC")


def _make_folders(root: Path) -> None:
    for name, mode in (("tmp", 0o1777), ("var/tmp", 0o1777), ("dev/shm", 0o1777)):
        (root / name).mkdir(parents=True, exist_ok=True)
        (root / name).chmod(mode)
    for name in ("proc", "run", "root", "var/log", "var/mail", "etc/ssl/private"):
        (root / name).mkdir(parents=True, exist_ok=True)
    for owner in ("vmail", "webuser", "postgres"):
        home = root / next(a.home for a in ACCOUNTS if a.name == owner).lstrip("/")
        home.mkdir(parents=True, exist_ok=True)
        os.chown(home, UID[owner], UID[owner])
    (root / "var/run").unlink(missing_ok=True)
    (root / "var/run").symlink_to("/run")


def _share_rights(root: Path) -> None:
    """postdrop and postqueue are setgid postdrop, as dpkg-statoverride says on a real system."""
    for name in ("postdrop", "postqueue"):
        program = root / "usr/sbin" / name
        os.chown(program, 0, GROUPS["postdrop"])
        program.chmod(0o2555)


def _make_certificate(root: Path) -> None:
    """A self-signed certificate at the path that Debian's ssl-cert package uses."""
    command = f"""
        openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN={HOSTNAME}
        -addext subjectAltName=DNS:{HOSTNAME} -keyout {PRIVATE_KEY} -out {CERTIFICATE}
    """
    subprocess.run(
        ["chroot", str(root), *command.split()],
        check=True,
        capture_output=True,
        timeout=60,
    )
    (root / PRIVATE_KEY.lstrip("/")).chmod(0o640)
    dovecot = root / "etc/dovecot/private"
    dovecot.mkdir(parents=True, exist_ok=True)
    (dovecot / "dovecot.pem").symlink_to(CERTIFICATE)
    (dovecot / "dovecot.key").symlink_to(PRIVATE_KEY)
    for server in ("postfix", "dovecot"):
        _take_example_configuration(root, server)


def _take_example_configuration(root: Path, server: str) -> None:
    """The configuration files that a fresh installation has: maintainer scripts copy them."""
    examples, etc = root / "usr/share" / server, root / "etc" / server
    if server == "dovecot":
        shutil.copytree(examples / "conf.d", etc / "conf.d", dirs_exist_ok=True)
        shutil.copy(examples / "dovecot.conf", etc)
        return
    for example, name in (("master.cf.dist", "master.cf"), ("dynamicmaps.cf", "dynamicmaps.cf")):
        shutil.copy(examples / example, etc / name)

"""The file tree of a cPanel server, as far as somebody who integrates with it sees it.

Facts: facts/cpanel.md 11. It fills any folder: a machine of the lab, or a folder of a test.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.cpanel.double.commands.commands import Commands
from tests.cpanel.double.commands.exim import BLOCKS
from tests.cpanel.double.commands.machine import CPANEL
from tests.lab import managed

if TYPE_CHECKING:
    from collections.abc import Mapping

PROGRAM: Final = Path(__file__).with_name("commands")
"""What runs cPanel's commands in a machine."""

COMMANDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("register_appconfig", "unregister_appconfig", "manage_hooks", "whmapi1"), "bin"
    ),
    **dict.fromkeys(
        (
            *("buildeximconf", "restartsrv_exim", "restartsrv_chkservd", "install_plugin"),
            *("uninstall_plugin", "updateuserdomains", "upcp", "fire", "save_exim", "reset_exim"),
        ),
        "scripts",
    ),
}
"""Name of a command, and the folder in which it is. The last four are not commands of cPanel's but
stand for what happens in its pages."""

ACCOUNTS: Final = {
    # owner, package, domains with the main one first
    "anna": ("rita", "gold", ("example.test", "addon.test")),
    "bert": ("root", "default", ("customer.test",)),
    "rita": ("rita", "default", ("rita.test",)),
    "mallory": ("rita", "default", ("mallory.test",)),
}
MAILBOXES: Final = {
    "example.test": ("alice", "bob"),
    "customer.test": ("carol", "dave"),
    "addon.test": ("info",),
}

STOCK: Final = {
    ("ACL_MAIL_PRE_BLOCK", "default_mail_pre"): "  accept authenticated = *\n",
    ("ACL_CONNECT_BLOCK", "spammerlist"): "  deny\n    hosts = 127.200.200.200\n",
}
"""cPanel's own pieces, as far as they matter to others (facts 3.2)."""

SOMEBODY_ELSES: Final = {
    "type": "script",
    "hook": "/usr/local/cpanel/3rdparty/bin/somebody-else",
    "category": "Whostmgr",
    "event": "Accounts::Suspend",
    "stage": "post",
    "escalateprivs": "0",
}

SERVICE: Final = "service[exim]=25,QUIT,220,/usr/local/cpanel/scripts/restartsrv_exim\n"


def plant(root: Path, skeleton: str, *, release: int = 126, exim: bool = True) -> Commands:
    """Fill a folder.

    Args:
        root: the machine's file system, with /etc/passwd.
        skeleton: of Exim's configuration, see `Commands.buildeximconf`.
        release: cPanel's.
        exim: whether there is a real one.

    Returns:
        Its commands, as functions.
    """
    for folder in (
        *("bin", "scripts", "3rdparty/bin", "whostmgr/docroot/cgi", "whostmgr/addonfeatures"),
        *("whostmgr/docroot/addon_plugins", "base/frontend/jupiter/dynamicui", "Cpanel/API"),
        *("base/frontend/jupiter/assets/application_icons", "Cpanel/Config/ConfigObj/Driver"),
    ):
        (root / CPANEL / folder).mkdir(parents=True, exist_ok=True)
    for folder in ("apps", "users", "packages", "hooks"):
        (root / "var/cpanel" / folder).mkdir(parents=True, exist_ok=True)
    (root / "usr/local/share").mkdir(parents=True, exist_ok=True)
    (root / CPANEL / "version").write_text(f"11.{release}.0.5\n")
    for name in ("cpanel", "3rdparty/bin/perl"):
        if not (root / CPANEL / name).exists():
            (root / CPANEL / name).symlink_to("/usr/bin/perl")
    (root / "var/cpanel/hooks/data").write_text(json.dumps([SOMEBODY_ELSES]))
    _plant_exim(root, skeleton)
    services = root / "etc/chkserv.d"
    services.mkdir(parents=True)
    (services / "exim").write_text(SERVICE)
    (services / "chkservd.conf").write_text("exim:1\nimap:1\n")
    commands = Commands(root, exim=exim)
    _plant_accounts(root)
    commands.updateuserdomains()
    for name, folder in COMMANDS.items():
        _plant_command(root / CPANEL / folder / name, name)
    return commands


def _plant_command(path: Path, name: str) -> None:
    path.write_text(f'#!/bin/sh\nexec {managed.program(PROGRAM)} {name} "$@"\n')
    path.chmod(0o755)


def _plant_exim(root: Path, skeleton: str) -> None:
    acls = root / CPANEL / "etc/exim/acls"
    for block in BLOCKS:
        folder = acls / f"ACL_{block}_BLOCK"
        folder.mkdir(parents=True)
        for end in ("begin", "end"):
            (folder / f"custom_{end}_{block.lower()}").write_text("")
    for (block, name), text in STOCK.items():
        (acls / block / name).write_text(text)
    (acls.parent / "skeleton").write_text(skeleton)
    (root / "etc/exim.conf.localopts").write_text("systemfilter=/etc/cpanel_exim_system_filter\n")


def _plant_accounts(root: Path) -> None:
    with (root / "etc/passwd").open("a") as passwd:
        for number, name in enumerate(ACCOUNTS, 61001):
            passwd.write(f"{name}:x:{number}:{number}::/home/{name}:/bin/sh\n")
    for number, (name, (owner, plan, domains)) in enumerate(ACCOUNTS.items(), 61001):
        record = [f"USER={name}", f"OWNER={owner}", f"PLAN={plan}", "FEATURELIST=default"]
        record += [f"LOCALE={'de' if name == 'anna' else 'en'}", f"DNS={domains[0]}"]
        record += [f"DNS{place}={domain}" for place, domain in enumerate(domains[1:], 1)]
        (root / "var/cpanel/users" / name).write_text("".join(f"{line}\n" for line in record))
        for domain in domains:
            _plant_mailboxes(root / "home" / name, domain, number)
    (root / "var/cpanel/packages/gold").write_text("QUOTA=1000\n")
    (root / "var/cpanel/resellers").write_text("rita:list-accts,software-Mailward\n")


def _plant_mailboxes(home: Path, domain: str, owner: int) -> None:
    folder = home / "etc" / domain
    folder.mkdir(parents=True)
    lines = [
        f"{name}:x:{owner}:{owner}::{home}/mail:/bin/sh\n" for name in MAILBOXES.get(domain, ())
    ]
    (folder / "passwd").write_text("".join(lines))
    for path in (home, home / "etc", folder, folder / "passwd"):
        os.chown(path, owner, owner)

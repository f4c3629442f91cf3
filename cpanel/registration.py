"""What makes cPanel & WHM show us and tell us: pages, menu entry, tile, rights, packages, events.

Facts: facts/cpanel.md 1, 2, 5, 6 and 8. The files are those of `cpanel/bridge`; what of them an
update of cPanel takes away comes back when the plan is applied again, as root does every few
minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from core import __version__
from core.panel import GLUE
from core.system.edits import Edit
from core.system.file_steps import EditFile, WriteFile
from core.system.host import Host
from core.system.lines import OwnLine
from core.system.plan import ChangePlan
from core.system.removal_steps import succeeding
from core.system.steps import Command, MakeDirectory, Step
from cpanel import enrolment, places
from cpanel.enrolment import AppConfig, EventScripts, Plugin

NAME: Final = "registration"

KINDS: Final[tuple[type[Edit] | type[Step], ...]] = (OwnLine, *enrolment.KINDS)

EVENTS: Final = (
    *(("Whostmgr", f"Accounts::{name}", False) for name in ("Create", "Modify", "Remove")),
    ("Whostmgr", "Accounts::change_package", False),
    ("Whostmgr", "Domain::park", False),
    ("Whostmgr", "Domain::unpark", False),
    ("PkgAcct", "Restore", False),
    ("Cpanel", "Api2::AddonDomain::addaddondomain", True),
    ("Cpanel", "Api2::AddonDomain::deladdondomain", True),
    ("Cpanel", "Api2::SubDomain::addsubdomain", True),
    ("Cpanel", "Api2::SubDomain::delsubdomain", True),
    ("Cpanel", "UAPI::Email::passwd_pop", True),
    ("Cpanel", "Api2::Email::passwdpop", True),
    ("Passwd", "ChangePasswd", False),
    ("System", "upcp", False),
)
"""Category, event, and whether it would otherwise run as the account (facts 6)."""

SERVICE: Final = f"{places.SERVICES}/{places.APP}"
SERVICE_LINE: Final = (
    f"service[{places.APP}]=x,x,x,systemctl restart mailward.service,{places.APP},mailward\n"
)
"""Told by the process's name and its user, as the service has no port (facts 8)."""

STATUS: Final = f"/var/run/chkservd/{places.APP}"


def plan(host: Host, state: Path) -> ChangePlan:
    """The changes.

    Args:
        host: the machine.
        state: folder of undo records.

    Raises:
        PlanError: the record of an earlier plan cannot be read.
    """
    recorded = ChangePlan.recorded(host, state, NAME, KINDS)
    steps = succeeding(recorded.steps if recorded else (), tuple(_changes(host)))
    commands = (
        Command(("touch", places.DRIVERS)),
        Command(("rm", "-f", STATUS)),
        Command((places.RESTART_CHKSERVD,), timeout=enrolment.SECONDS),
    )
    title = "Make cPanel & WHM show Mailward and tell it what changes"
    return ChangePlan(host, state, NAME, title, (*steps, *commands), kinds=KINDS)


def contents() -> dict[str, bytes]:
    """What is copied, by the path where it goes."""
    found: dict[str, bytes] = {}
    for folder, target in places.BRIDGE:
        base = places.BRIDGE_FILES / folder
        for file in sorted(base.rglob("*")):
            place = file.relative_to(base).as_posix()
            if file.is_file() and "__pycache__" not in file.parts:
                data = file.read_bytes()
                if file.suffix == ".in":
                    data = data.replace(b"@VERSION@", __version__.encode())
                    place = place.removesuffix(".in")
                found[f"{target}/{place}"] = data
    for name, target in places.SHARED:
        found[f"{target}/{name}"] = (GLUE / name).read_bytes()
    return found


def mode(path: str) -> int:
    """The permission bits of a file: what runs as root is for root alone (facts 1.3 and 2)."""
    place = PurePosixPath(path)
    if place.is_relative_to(places.ADMIN):
        return 0o700
    if place.is_relative_to(places.CGI) and place.suffix == ".cgi":
        return 0o700
    if place.is_relative_to(places.PERL_FILES):
        return 0o600
    runs = place.suffix == ".cgi" or ".live." in place.name
    return 0o755 if runs or place.parent.name == "bin" else 0o644


def folder_mode(path: str) -> int:
    """The permission bits of a folder of ours."""
    return 0o700 if path == places.CGI else 0o755


def _changes(host: Host) -> Iterator[Step]:
    texts = contents()
    folders = sorted({str(PurePosixPath(path).parent) for path in texts})
    for folder in folders:
        yield MakeDirectory(folder, folder_mode(folder))
    for path, data in texts.items():
        yield WriteFile(path, data, mode(path))
    application = texts.get(places.APP_CONFIG)
    if application is not None:
        yield AppConfig(places.APP, places.APP_CONFIG, application.decode())
    if f"{places.PLUGIN}/install.json" in texts:
        yield Plugin(places.PLUGIN, places.DYNAMIC_UI)
    if places.HOOK in texts:
        yield EventScripts(places.HOOK, EVENTS)
    if host.exists(places.SERVICES):
        yield WriteFile(SERVICE, SERVICE_LINE.encode())
        yield EditFile(f"{places.SERVICES}/chkservd.conf", (OwnLine(places.APP, "1", ":"),))

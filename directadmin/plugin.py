"""What makes DirectAdmin show us: the plugin's files, the packages' item, the list of services.

Facts: facts/directadmin.md 1, 4 and 7. Files of the plugin are ours as a whole; in DirectAdmin's
own lists one line is, known by its name because those lists have no comments. What runs in the
plugin is not of this file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Final

from core import __version__
from core.errors import PanelBroken
from core.panel import GLUE
from core.system.file_steps import EditFile, WriteFile
from core.system.host import Host
from core.system.lines import OwnLine
from core.system.plan import ChangePlan
from core.system.removal_steps import succeeding
from core.system.steps import MakeDirectory, Step
from directadmin import places
from directadmin.question import DOOR, door_text

RECORD: Final = "directadmin"
"""The name of the undo record."""

KINDS: Final = (OwnLine,)

ITEM: Final = OwnLine(
    places.NAME,
    "type=checkbox&string=Mailward Mail Security&desc=Own rules for the mailboxes of this account, "
    "and pages for them&checked=yes",
)
"""Packages from before do not say, and count as having it on."""

SERVICE: Final = OwnLine(places.NAME, "ON")
"""DirectAdmin's minute task starts a service that is down, and lists it; an administrator who has
switched that off (``OFF``) is left alone."""

TEMPLATE: Final = ".in"


def plan(host: Host, state: Path) -> ChangePlan:
    """The changes that register us.

    Args:
        host: the machine.
        state: folder of undo records.

    Raises:
        PlanError: the undo record cannot be read.
    """
    recorded = ChangePlan.recorded(host, state, RECORD, KINDS)
    steps = succeeding(recorded.steps if recorded else (), tuple(_steps(host)))
    return ChangePlan(host, state, RECORD, "Show Mailward in DirectAdmin", steps, kinds=KINDS)


def _steps(host: Host) -> Iterator[Step]:
    with suppress(PanelBroken):  # then the pages look at the usual place
        said = door_text(host).encode()
        yield MakeDirectory(str(PurePosixPath(DOOR).parent), 0o755)
        yield WriteFile(DOOR, said)
    written = {each.path: each for each in _files()}
    folders = {str(PurePosixPath(path).parent) for path in written}
    for folder in sorted({places.PLUGIN, *folders}):
        yield MakeDirectory(folder, 0o755)
    yield from written.values()
    owner = places.OWNER
    yield EditFile(places.PACKAGE_ITEMS, (ITEM,), mode=0o640, owner=owner, group=owner)
    yield EditFile(places.SERVICES, (SERVICE,), owner=owner, group=owner)


def _files() -> Iterator[WriteFile]:
    """The plugin's files, templates filled in.

    They are root's: DirectAdmin runs the events among them as root, while other plugins' pages may
    run as `places.OWNER` and could change whatever is its (facts 1.1, 1.2).
    """
    base = places.PLUGIN_FILES
    for file in sorted(path for path in base.rglob("*") if path.is_file()):
        place = PurePosixPath(file.relative_to(base).as_posix())
        if "__pycache__" in place.parts:
            continue
        data = file.read_bytes()
        if place.suffix == TEMPLATE:
            place = place.with_suffix("")
            data = data.replace(b"@VERSION@", __version__.encode())
        runs = any(place.match(pattern) for pattern in places.EXECUTABLES)
        yield WriteFile(
            f"{places.PLUGIN}/{place}",
            data,
            0o755 if runs else 0o644,
            # Whether the plugin is switched on is the administrator's to say, in the panel.
            theirs=("active",) if str(place) == "plugin.conf" else (),
        )
    for file in sorted(GLUE.iterdir()):
        yield WriteFile(f"{places.SHARED}/{file.name}", file.read_bytes())

"""What root last found of the mail servers' hooks, for the pages, which may not look themselves.

The pages run as a user who may read neither the daemon's secret nor the undo records. What they
cannot see is no alarm: root's `mailward reconcile` looks every few minutes and writes it down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from core.desk import hooks
from core.desk.hooks import HookReport
from core.errors import StoreError
from core.system import files
from core.system.files import FileState
from core.words import Stage

if TYPE_CHECKING:
    from core.panel import MailHook, Panel
    from core.settings.config import Config

NAME: Final = "hooks.json"
"""In the state directory."""

LARGEST: Final = 1024 * 1024
"""Octets; a server has two or three hooks."""


class Seen(Struct, frozen=True):
    """One hook. report: what is true of it; stages: at which moments it asks."""

    report: HookReport
    stages: frozenset[Stage] = frozenset()


def look(config: Config, panel: Panel) -> tuple[Seen, ...]:
    """Every hook: looked at now by those who may, and for others as root found it last.

    Nothing for others where root has not looked yet.

    Raises:
        PanelAbsent: no mail server is here that could have one.
        StoreError: the state directory cannot be used, and not for want of a right.
    """
    try:
        found = hooks.hooks(config, panel, only_look=True)
    except StoreError as error:
        if isinstance(error.__cause__, PermissionError):
            return read(config)
        raise
    return _seen(found)


def write(config: Config, panel: Panel) -> None:
    """Look, as root, and write it down, readable for our own processes.

    Raises:
        MailwardError: there is nothing to look at.
        OSError: the disk does not take it; what was written before stays.
    """
    content = msgspec.json.encode(_seen(hooks.hooks(config, panel, only_look=True)))
    folder = config.state.stat()
    files.write(config.state / NAME, FileState(content, 0o640, folder.st_uid, folder.st_gid))


def read(config: Config) -> tuple[Seen, ...]:
    """What was written down last; nothing where that cannot be understood."""
    try:
        with (config.state / NAME).open("rb") as file:
            return msgspec.json.decode(file.read(LARGEST), type=tuple[Seen, ...])
    except (OSError, msgspec.DecodeError):
        return ()


def _seen(found: list[MailHook]) -> tuple[Seen, ...]:
    reports = hooks.verify(found)
    return tuple(Seen(said, each.stages) for said, each in zip(reports, found, strict=True))

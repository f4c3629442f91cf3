"""What root last found of the mail servers' hooks, for the pages, which may not look themselves.

The pages run as a user who may read neither the daemon's secret nor the undo records. What they
cannot see is no alarm: root's `mailward reconcile` looks every few minutes and writes it down. A
self-test is asked of it by an empty file whose name comes back with what was found.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from core.desk import hooks
from core.desk.hooks import HookReport
from core.desk.installation import Requests
from core.errors import StoreError
from core.system import files
from core.system.files import FileState
from core.words import Stage

if TYPE_CHECKING:
    from core.control import Control
    from core.panel import MailHook, Panel
    from core.settings.config import Config

NAME: Final = "hooks.json"
"""In the state directory."""

LARGEST: Final = 1024 * 1024
"""Octets; a server has two or three hooks."""


PATIENCE: Final = 120.0
"""Seconds for a self-test by root, who may be in the middle of a look."""

_TEST = re.compile(r"test-[0-9a-f]{16}")


class Seen(Struct, frozen=True):
    """One hook. report: what is true of it; stages: at which moments it asks."""

    report: HookReport
    stages: frozenset[Stage] = frozenset()


class Record(Struct, frozen=True):
    """What root wrote. seen: the hooks; tests: the self-tests that it knocked for."""

    seen: tuple[Seen, ...] = ()
    tests: tuple[str, ...] = ()


def look(config: Config, panel: Panel) -> tuple[Seen, ...]:
    """Every hook: looked at now by those who may, and for others as root found it last.

    Nothing for others where root has not looked yet.

    Raises:
        PanelAbsent: no mail server is here that could have one.
        StoreError: the state directory cannot be used, and not for want of a right.
    """
    found = _reachable(config, panel)
    return read(config).seen if found is None else _seen(found, hooks.verify(found))


def self_test(
    config: Config,
    panel: Panel,
    control: Control,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> list[HookReport]:
    """Knock at every port, or have root do it for those who may not look at hooks.

    Raises:
        PanelAbsent: as `look`.
        StoreError: as `look`, or root does not come.
    """
    found = _reachable(config, panel)
    if found is not None:
        return hooks.self_test(found, control)
    name = f"test-{secrets.token_hex(8)}"
    request = config.state / Requests.FOLDER / name
    try:
        request.touch(0o660)
    except OSError as error:
        raise StoreError(f"root cannot be asked to test: {request}: {error.strerror}") from error
    ends = clock() + PATIENCE
    while clock() < ends:
        record = read(config)
        if name in record.tests:
            return [each.report for each in record.seen]
        pause(0.2)
    raise StoreError(
        f"root did not come within {PATIENCE:.0f} seconds; as root, see "
        "`systemctl status mailward-reconcile.path`, and `mailward doctor` tests as well"
    )


def tests_among(requests: Iterable[str]) -> tuple[str, ...]:
    """The requests for a self-test; other names mean nothing."""
    return tuple(name for name in requests if _TEST.fullmatch(name))


def write(config: Config, panel: Panel, control: Control, tests: tuple[str, ...] = ()) -> None:
    """Look, as root, and write it down, readable for our own processes.

    Args:
        config, panel: where, and of what.
        control: the way to the daemon.
        tests: the self-tests that are asked for: then ports are knocked at, too.

    Raises:
        MailwardError: there is nothing to look at.
        OSError: the disk does not take it; what was written before stays.
    """
    found = hooks.hooks(config, panel, only_look=True)
    reports = hooks.self_test(found, control) if tests else hooks.verify(found)
    content = msgspec.json.encode(Record(_seen(found, reports), tests))
    folder = config.state.stat()
    files.write(config.state / NAME, FileState(content, 0o640, folder.st_uid, folder.st_gid))


def read(config: Config) -> Record:
    """What was written down last; nothing where that cannot be understood."""
    try:
        with (config.state / NAME).open("rb") as file:
            return msgspec.json.decode(file.read(LARGEST), type=Record)
    except (OSError, msgspec.DecodeError):
        return Record()


def _reachable(config: Config, panel: Panel) -> list[MailHook] | None:
    """The hooks; None for those who may not look at them.

    Raises:
        PanelAbsent, StoreError: as `look`.
    """
    try:
        return hooks.hooks(config, panel, only_look=True)
    except StoreError as error:
        if isinstance(error.__cause__, PermissionError):
            return None
        raise


def _seen(found: list[MailHook], reports: list[HookReport]) -> tuple[Seen, ...]:
    return tuple(Seen(said, each.stages) for said, each in zip(reports, found, strict=True))

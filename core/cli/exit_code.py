"""Exit codes, and which error ends with which. They never change once released."""

from __future__ import annotations

from enum import IntEnum

from core.errors import (
    ConfigError,
    ControlError,
    DaemonUnreachable,
    LicenceError,
    MailServerUnsupported,
    MailwardError,
    PanelAbsent,
    PanelBroken,
    PanelTooOld,
    PlanError,
    SettingError,
)


class ExitCode(IntEnum):
    """How a command ended."""

    DONE = 0
    PROBLEMS = 1
    USAGE = 2
    UNREACHABLE = 3
    REFUSED = 4
    TROUBLE = 5


MEANING = {
    ExitCode.DONE: "done",
    ExitCode.PROBLEMS: "a check found problems",
    ExitCode.USAGE: "wrong usage",
    ExitCode.UNREACHABLE: "the daemon is needed and cannot be reached",
    ExitCode.REFUSED: "refused or invalid; nothing was changed",
    ExitCode.TROUBLE: "the store, the data or the mail system failed",
}
"""What each code means, for the help and the reference."""


class Trouble(MailwardError):
    """The machine is at fault and not the request: a disk, a missing right, another process."""


def code_of(error: MailwardError) -> ExitCode:
    """The exit code that an error ends with."""
    if isinstance(error, DaemonUnreachable):
        return ExitCode.UNREACHABLE
    return ExitCode.REFUSED if isinstance(error, _REFUSALS) else ExitCode.TROUBLE


_REFUSALS = (
    SettingError,
    ConfigError,
    ControlError,
    PlanError,
    LicenceError,
    PanelAbsent,
    PanelBroken,
    PanelTooOld,
    MailServerUnsupported,
)
"""The request is at fault, or the server is not one that could be guarded."""

"""What all verbs share: the configuration, the panel, the daemon, and who is asking."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable
from functools import cached_property

import click

from core.cli.terminal import printable, remark
from core.control import Control
from core.errors import ControlError, DaemonUnreachable
from core.panel import Panel
from core.settings.config import Config, load

Serve = Callable[[Config], None]
"""Runs the daemon until it is told to end."""


class Session:
    """One run of the command.

    Args:
        panel: what is true of this server's panel.
        serve: runs the daemon; handed in, because the command line does not know the daemon's room.
        config_file: as given with ``--config``; None for the default.
    """

    def __init__(self, panel: Panel, serve: Serve, config_file: str | None) -> None:
        self.panel = panel
        self.serve = serve
        self._config_file = config_file

    @cached_property
    def config(self) -> Config:
        """Where everything is.

        Raises:
            ConfigError: the file cannot be used.
        """
        return load(self._config_file)

    @cached_property
    def control(self) -> Control:
        """The way to the daemon."""
        return Control(self.config.control)

    @property
    def who(self) -> str:
        """Who asks, for the audit trail.

        The name that sudo leaves behind is believed from root only: anybody else could set it.
        """
        uid = os.getuid()
        behind = os.environ.get("SUDO_USER", "")
        if uid == 0 and behind:
            return behind
        try:
            return pwd.getpwuid(uid).pw_name
        except KeyError:
            return f"uid {uid}"

    def reload(self) -> None:
        """Make the daemon take a change, and say whether it did. Not an error when it is down."""
        try:
            answer = self.control.call("reload")
        except DaemonUnreachable:
            remark("The daemon is not running; it will take this when it starts.")
        except ControlError as error:
            remark(f"The daemon did not take it: {printable(str(error))}")
        else:
            for problem in answer.get("problems", ()):
                remark(f"The daemon says: {printable(problem)}")


pass_session = click.make_pass_decorator(Session)
"""Gives a verb the session."""

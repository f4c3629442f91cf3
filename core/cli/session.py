"""What all verbs share: the configuration, the panel, the daemon, who is asking, and their desk."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import click

from core.cli.terminal import remark
from core.control import Control
from core.desk.desk import Desk, Told
from core.desk.text import printable
from core.panel import Panel, Viewer
from core.settings.config import Config, load

if TYPE_CHECKING:
    from core.settings.scope import Resolved

Serve = Callable[[Config, Panel], None]
"""Runs the daemon until it is told to end."""


class Pages(Protocol):
    """The pages, handed in like the daemon: another room that the command line does not know."""

    def serve(self, config: Config, panel: Panel) -> None:
        """Run them until they are told to end."""
        ...

    def serve_customers(self, config: Config, panel: Panel) -> None:
        """Run those of customers whose own processes ask."""
        ...

    def key(self, config: Config, viewer: Viewer, until: float) -> str:
        """A key that lets somebody in until then (seconds since 1970)."""
        ...


class Session:
    """One run of the command.

    Args:
        panel: what is true of this server's panel.
        serve: runs the daemon; handed in, because the command line does not know the daemon's room.
        pages: the pages, likewise.
        config_file: as given with ``--config``; None for the default.
    """

    def __init__(self, panel: Panel, serve: Serve, pages: Pages, config_file: str | None) -> None:
        self._panel = panel
        self.serve = serve
        self.pages = pages
        self._config_file = config_file

    @cached_property
    def config(self) -> Config:
        """Where everything is.

        Raises:
            ConfigError: the file cannot be used.
        """
        return load(self._config_file)

    @cached_property
    def panel(self) -> Panel:
        """This server's panel; for who may not ask it, what root found of it."""
        from core.desk.panel_record import stands_in  # noqa: PLC0415  few verbs need it

        return stands_in(self.config, self._panel)

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

    @contextmanager
    def desk(self, *, make: bool = True) -> Iterator[Desk]:
        """A desk for the length of a command.

        Args:
            make: whether a store is made where there is none yet; who only asks makes none.

        Raises:
            StoreError: the store cannot be opened or made.
        """
        # Takes longer to load than many verbs take as a whole.
        from core.desk.stores import exists, open_store  # noqa: PLC0415

        store = open_store(self.config) if make or exists(self.config) else None
        try:
            if store is not None and store.problem:
                remark(printable(store.problem))
            yield Desk(self.config, self.panel, self.control, self.who, store)
        finally:
            if store is not None:
                store.close()

    def resolved(self) -> Resolved:
        """All settings as they count now; what has to be left out is told on standard error.

        Raises:
            StoreError: the store cannot be read.
        """
        with self.desk(make=False) as desk:
            rules = desk.rules()
        notes(f"left out: {each}" for each in rules.left_out)
        return rules.resolved


def tell(told: Told | None) -> None:
    """Say what the daemon said of a change, if anything was changed."""
    notes(told.lines if told is not None else ())


def notes(lines: Iterable[str]) -> None:
    """Print lines beside the result."""
    for line in lines:
        remark(printable(line))


pass_session = click.make_pass_decorator(Session)
"""Gives a verb the session."""

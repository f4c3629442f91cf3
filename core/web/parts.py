"""What the pages are made with: the store, the way to the daemon, the panel, the secret.

One object for one process; a request finds it by `parts`. Opens the store when it is first needed
and again after it was away, so that the pages come up on a server whose store is not there yet.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from flask import current_app

from core.control import Control
from core.desk.desk import Desk, Memory
from core.licence.situation import Situation, situation
from core.panel import Panel
from core.settings.config import Config
from core.store.store import Store
from core.web.daemon_line import DaemonLine
from core.web.directory import Directory
from core.web.kept import Kept

KEY = "mailward"
"""Where Flask's extensions hold the parts."""

SITUATION_SECONDS = 60.0
"""How long it counts which features are on."""


class Parts:
    """The parts.

    Args:
        config: where everything is.
        panel: what is true of this server's panel.
        secret: signs forms, notices and links, and is shared with the panel's bridge.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        config: Config,
        panel: Panel,
        secret: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.config = config
        self.panel = panel
        self.secret = secret
        self.clock = clock
        self.control: Control = DaemonLine(config.control, timeout=3.0)
        self.directory = Directory(panel, clock)
        self._store: Store | None = None
        self._memory = Memory()
        self._situation: Kept[Situation] = Kept(SITUATION_SECONDS)
        self._guard = threading.Lock()

    @property
    def store(self) -> Store:
        """The store.

        Raises:
            StoreError: it is away; the next request tries again.
        """
        with self._guard:
            if self._store is None:
                self._store = Store.open(self.config.store_url)
            return self._store

    def situation(self) -> Situation:
        """Licence, panel and gate, asked once a minute: a probe runs the panel's commands."""
        now = self.clock()
        return self._situation.get(
            now, lambda: situation(self.config.state, self.panel, now, remember=True)
        )

    def forget_situation(self) -> None:
        """Ask again next time, because the licence has changed."""
        self._situation.forget()

    def desk(self, who: str) -> Desk:
        """What that person can do.

        Args:
            who: for the audit trail.

        Raises:
            StoreError: the store is away.
        """
        store, memory = self.store, self._memory
        return Desk(self.config, self.panel, self.control, who, store, memory=memory)

    def close(self) -> None:
        """Let go of the store."""
        with self._guard:
            if self._store is not None:
                self._store.close()
                self._store = None
                self._memory = Memory()


def parts() -> Parts:
    """The parts of the application that serves the present request."""
    found = current_app.extensions[KEY]
    assert isinstance(found, Parts)  # noqa: S101  the application's factory puts them there
    return found

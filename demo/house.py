"""Everything that runs while the story is told."""

from __future__ import annotations

from typing import NamedTuple

from core.store.store import Store
from demo.crowd import Crowd
from demo.directory import Directory
from demo.guard import Guard
from demo.visit import Servers


class House(NamedTuple):
    """The hoster's house.

    Attributes:
        directory: the daemon's files.
        store: the daemon's store, for what people set.
        guard: the daemon.
        servers: the mail servers.
        crowd: everybody who comes by.
    """

    directory: Directory
    store: Store
    guard: Guard
    servers: Servers
    crowd: Crowd

"""Where servers and their clients run.

A server whose client runs on another core has to wake that core, and is woken by it; one that
shares its core with the client has not. For a server that does hardly anything this is more than
half of its time, so it is not left to the scheduler while processor time is compared: both ways are
measured.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

ALL = frozenset(os.sched_getaffinity(0))
"""The cores this measurement may use."""


class Layout(Struct, frozen=True):
    """Where a server and its load generator run.

    Attributes:
        name: as printed.
        server: its cores.
        client: those of its load generator.
    """

    name: str
    server: frozenset[int]
    client: frozenset[int]


ONE = frozenset({min(ALL)})
LAYOUTS = [Layout("client on the same core", ONE, ONE)]
if len(ALL) > 1:  # the first and the last: neighbours are often two halves of one core
    LAYOUTS.append(Layout("client on another core", ONE, frozenset({max(ALL)})))

FREE = Layout("wherever the scheduler puts them", ALL, ALL)


def keep(pid: int, cores: frozenset[int]) -> None:
    """Have all threads of a process run on these cores only; new ones are where their maker is."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(ProcessLookupError):  # it may just have ended
            os.sched_setaffinity(int(thread.name), cores)

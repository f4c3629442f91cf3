"""Where servers and their clients run.

What a client on another core has written must come from that core's cache, and what is answered go
there: the C server then takes 3.0 microseconds a request instead of 1.1, though neither side ever
sleeps, and 1.2 at times, as a virtual machine's cores may be two halves of one core for some
seconds. Where the scheduler puts the two would decide most of the ratio, so it is not left to it
while processor time is compared: both ways are measured. With the client on the same core figures
come out alike from one second to the next, and the floor is lowest.
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

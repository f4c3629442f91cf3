"""What a request costs, how long an answer takes, and how soon there is one after a start."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from bench import servers, speed_cores
from bench.servers import Server
from bench.speed_cores import FREE, LAYOUTS, Layout
from bench.speed_generator import Generator, Slice, generator
from bench.speed_loads import Load
from bench.speed_slices import FLOOR, OURS, PYTHON, order

SLICE_SECONDS = 0.2
SETTLE_SECONDS = 0.05
"""Until caches are a server's own again, after another has run."""

WARM_UP_SECONDS = 2.0
"""After these the daemon has met every account of the load, as in real life after a minute."""

PACED_SECONDS = 2.0

Stretch = list[tuple[str, Slice]]
"""Slices in the order in which they were, each with its side."""


class Stand:
    """The floors, which stand for the whole measurement, and the daemon, started for each load.

    Attributes:
        directory: where everything is; the daemon's own place is prepared already.
        starts: seconds to each first answer of the daemon.
    """

    def __init__(self, directory: Path, stack: ExitStack) -> None:
        self.directory = directory
        self.starts: list[float] = []
        self._floors = {
            (language, http): stack.enter_context(floor(language, directory))
            for language in (FLOOR, PYTHON)
            for http, floor in ((False, servers.constant), (True, servers.constant_http))
        }

    def floor(self, language: str, load: Load) -> Server:
        """The one that speaks the load's wire."""
        return self._floors[language, load.http]

    def costs(self, load: Load, seconds: float) -> list[tuple[Layout, Stretch]]:
        """Load all sides in turn, in each layout.

        Args:
            load: what is asked.
            seconds: of load on the daemon in each layout.
        """
        with ExitStack() as stack:
            ours = stack.enter_context(servers.mailward(self.directory))
            self.starts.append(ours.first_answer)
            found = {name: self.floor(name, load) for name in (FLOOR, PYTHON)} | {OURS: ours}
            sides = {
                name: (server, stack.enter_context(generator(server, load, self.directory)))
                for name, server in found.items()
            }
            sides[OURS][1].slice(0, WARM_UP_SECONDS)
            return [(layout, _stretch(layout, sides, seconds)) for layout in LAYOUTS]

    def paces(self, loads: tuple[Load, ...], seconds: float) -> list[tuple[Load, Stretch]]:
        """Load the floor and the daemon in turn for seconds, and leave them to the scheduler."""
        found = []
        with servers.mailward(self.directory) as ours:
            self.starts.append(ours.first_answer)
            for load in loads:
                with ExitStack() as stack:
                    sides = {OURS: ours, FLOOR: self.floor(FLOOR, load)}
                    stands = {
                        name: stack.enter_context(generator(server, load, self.directory))
                        for name, server in sides.items()
                    }
                    for name, server in sides.items():
                        _lay(FREE, server, stands[name])
                        stands[name].slice(0, seconds)
                    turns = [FLOOR, OURS, FLOOR, OURS]
                    found.append((load, [(name, stands[name].slice(0, seconds)) for name in turns]))
        return found


def first_start(directory: Path) -> float:
    """Seconds to the first answer in a directory that has no store yet."""
    directory.mkdir()
    with servers.mailward(directory) as ours:
        return ours.first_answer


def _stretch(layout: Layout, sides: dict[str, tuple[Server, Generator]], seconds: float) -> Stretch:
    for server, stand in sides.values():
        _lay(layout, server, stand)
    turns = order(max(2, round(seconds / SLICE_SECONDS)))
    return [(name, sides[name][1].slice(SETTLE_SECONDS, SLICE_SECONDS)) for name in turns]


def _lay(layout: Layout, server: Server, stand: Generator) -> None:
    speed_cores.keep(server.pid, layout.server)
    speed_cores.keep(stand.pid, layout.client)

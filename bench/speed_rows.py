"""What a request costs, how long an answer takes, and how soon there is one after a start."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import servers, speed_cores
from bench.servers import Server
from bench.speed_cores import FREE, LAYOUTS, Layout
from bench.speed_generator import Generator, Slice, generator
from bench.speed_loads import Load
from bench.speed_slices import BLOCK, FLOOR, OURS, PYTHON, order

SLICE_SECONDS = 0.2
SETTLE_SECONDS = 0.05
"""Until caches are a server's own again, after another has run."""

MEETINGS = 60_000
"""With so many requests the daemon has met all people of the loads."""

LEARN_SECONDS = 30.0
"""It then asks its store for their past, some hundred accounts a second; nobody waits longer for
the end of that. Until then a mail takes several times as long, as in the first seconds after a
restart."""

WARM_UP_SECONDS = 5.0
"""The longest until everybody has been in the next load: who comes for the first time in a minute
makes an event, which takes several times as long as to count it."""

PACED_SECONDS = 2.0

Stretch = list[tuple[str, Slice]]
"""Slices in the order in which they were, each with its side."""


Sides = dict[str, tuple[Server, Generator]]


class Stand:
    """The floors, which stand for the whole measurement, and the daemon, started for each round.

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

    @contextmanager
    def started(self) -> Iterator[Server]:
        """The daemon, which goes on where the last one ended."""
        with servers.mailward(self.directory) as ours:
            self.starts.append(ours.first_answer)
            yield ours

    def meet(self, ours: Server) -> None:
        """Have the daemon meet everybody, and look their past up."""
        with generator(ours, Load("everybody"), self.directory) as stand:
            stand.slice(0, requests=MEETINGS)
        servers.await_quiet(ours, LEARN_SECONDS)

    def costs(self, ours: Server, load: Load, seconds: float) -> list[tuple[Layout, Stretch]]:
        """Load all sides in turn, in blocks, the layouts in turn.

        Args:
            ours: the daemon.
            load: what is asked.
            seconds: of load on the daemon in each layout.
        """
        with ExitStack() as stack:
            sides = self._sides(ours, load, stack)
            sides[OURS][1].slice(0, WARM_UP_SECONDS, MEETINGS)
            blocks = max(1, round(seconds / SLICE_SECONDS / BLOCK))
            return [(layout, _block(layout, sides)) for _ in range(blocks) for layout in LAYOUTS]

    def pace(self, ours: Server, load: Load, seconds: float) -> Stretch:
        """Load the floor and the daemon in turn for seconds, and leave them to the scheduler."""
        with ExitStack() as stack:
            sides = self._sides(ours, load, stack)
            for server, stand in sides.values():
                _lay(FREE, server, stand)
            sides[OURS][1].slice(0, seconds)
            turns = [FLOOR, OURS, FLOOR, OURS]
            return [(name, sides[name][1].slice(SETTLE_SECONDS, seconds)) for name in turns]

    def _sides(self, ours: Server, load: Load, stack: ExitStack) -> Sides:
        found = {name: self.floor(name, load) for name in (FLOOR, PYTHON)} | {OURS: ours}
        return {
            name: (server, stack.enter_context(generator(server, load, self.directory)))
            for name, server in found.items()
        }


def first_start(directory: Path) -> float:
    """Seconds to the first answer in a directory that has no store yet."""
    directory.mkdir()
    with servers.mailward(directory) as ours:
        return ours.first_answer


def _block(layout: Layout, sides: Sides) -> Stretch:
    for server, stand in sides.values():
        _lay(layout, server, stand)
    return [(name, sides[name][1].slice(SETTLE_SECONDS, SLICE_SECONDS)) for name in order()]


def _lay(layout: Layout, server: Server, stand: Generator) -> None:
    speed_cores.keep(server.pid, layout.server)
    speed_cores.keep(stand.pid, layout.client)

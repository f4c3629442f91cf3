"""What a decision costs, against a C server that reads the request and always says the same.

`speed_slices` says how they are compared. A server in Python that always says the same runs, too:
what it costs is the interpreter's. Then how long answers take, how soon the first one comes after a
start, and what 100,000 accounts and a flood of a million take in memory.
"""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from msgspec import Struct
from rich.progress import Progress

from bench import programs, servers, speed_table
from bench.servers import Server
from bench.speed_loads import LOADS, PACED, SETTINGS, Load
from bench.speed_memory import Flood, Memory
from bench.speed_rows import PACED_SECONDS, Stand, Stretch, first_start
from bench.speed_slices import FLOOR

SHORT_SECONDS = 3.0
"""With less load than this on each row, all else is short, too."""


class Plan(Struct, frozen=True):
    """How much is measured.

    Attributes:
        rounds: how often each load is given, each time to a daemon of its own.
        seconds: of it for the daemon, in each round and layout.
        accounts: of the great flood.
        pace: mails a second of 100,000 accounts.
        rest: seconds of nothing after them.
        starts: how often the daemon is started with a store, beside once a round.
        first_starts: how often without one.
    """

    rounds: int
    seconds: float
    accounts: int = 1_000_000
    pace: float = 2_000
    rest: float = 60
    starts: int = 6
    first_starts: int = 5


def plan(rounds: int, seconds: float) -> Plan:
    """The whole, or the short form."""
    if rounds * seconds >= SHORT_SECONDS:
        return Plan(rounds, seconds)
    return Plan(rounds, seconds, accounts=100_000, pace=10_000, rest=0, starts=2, first_starts=1)


class Findings:
    """What was measured so far.

    Attributes:
        costs: of each load and layout, block by block.
        latencies: of each load, round by round.
        first_starts: seconds to the first answer.
    """

    def __init__(self) -> None:
        self.costs: dict[tuple[str, str], list[Stretch]] = {}
        self.latencies: dict[str, list[Stretch]] = {}
        self.first_starts: list[float] = []

    def add_costs(self, stand: Stand, ours: Server, load: Load, seconds: float) -> None:
        """One round of a load whose processor time is compared."""
        for layout, stretch in stand.costs(ours, load, seconds):
            self.costs.setdefault((load.name, layout.name), []).append(stretch)

    def add_latencies(self, stand: Stand, ours: Server, load: Load, seconds: float) -> None:
        """One round of a load whose latency is measured."""
        self.latencies.setdefault(load.name, []).append(stand.pace(ours, load, seconds))


def main(rounds: int, seconds: float) -> None:
    """Measure and print."""
    programs.build()
    before, began = os.getloadavg()[0], time.monotonic()
    found, wanted = Findings(), plan(rounds, seconds)
    with (
        tempfile.TemporaryDirectory() as place,
        ExitStack() as stack,
        Progress(transient=True, refresh_per_second=1) as progress,
    ):
        directory, prepared = Path(place), Path(place) / "prepared"
        servers.prepare(prepared, SETTINGS)
        memory = Memory(directory, prepared)
        stand = Stand(memory.fresh("speed"), stack)
        _measure(found, stand, wanted, progress)
        _measure_starts(found, stand, wanted, progress)
        flood = _measure_memory(memory, stand, wanted, progress)
        starts = stand.starts
    speed_table.print_environment(before, time.monotonic() - began)
    speed_table.print_costs(found.costs, flood)
    speed_table.print_latencies(found.latencies)
    speed_table.print_starts(starts, found.first_starts)
    speed_table.print_memory(memory.found, flood)


def _measure(found: Findings, stand: Stand, wanted: Plan, progress: Progress) -> None:
    bar = progress.add_task("", total=wanted.rounds * (len(LOADS) + len(PACED) + 1))
    for _ in range(wanted.rounds):
        progress.update(bar, description="learning")
        with stand.started() as ours:
            stand.meet(ours)
            progress.advance(bar)
            for load in PACED:
                progress.update(bar, description=load.name)
                found.add_latencies(stand, ours, load, min(wanted.seconds, PACED_SECONDS))
                progress.advance(bar)
            for load in LOADS:
                progress.update(bar, description=load.name)
                found.add_costs(stand, ours, load, wanted.seconds)
                progress.advance(bar)


def _measure_starts(found: Findings, stand: Stand, wanted: Plan, progress: Progress) -> None:
    bar = progress.add_task("starts", total=wanted.starts + wanted.first_starts)
    for _ in range(wanted.starts):
        with stand.started():
            progress.advance(bar)
    for number in range(wanted.first_starts):
        found.first_starts.append(first_start(stand.directory / f"first{number}"))
        progress.advance(bar)


def _measure_memory(memory: Memory, stand: Stand, wanted: Plan, progress: Progress) -> Flood:
    bar = progress.add_task(f"{wanted.accounts:,} accounts", total=1.0)
    busy = LOADS[2]
    flood = memory.distinct(
        wanted.accounts, stand.floor(FLOOR, busy), busy, lambda share: progress.advance(bar, share)
    )
    bar = progress.add_task("memory", total=2)
    memory.paced(wanted.pace, wanted.rest)
    progress.advance(bar)
    memory.flood()
    progress.advance(bar)
    return flood

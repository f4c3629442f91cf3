"""What the daemon holds in memory: with 100,000 accounts that have sent, and after floods."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from bench import servers, speed_cores
from bench.servers import Server
from bench.speed_cores import FREE
from bench.speed_generator import Slice, generator
from bench.speed_loads import Load, distinct
from bench.speed_slices import FLOOR, OURS

ACCOUNTS = 100_000
MAILS_IN_THE_FLOOD = 4
TRACKED_SECONDS = 60.0
"""The longest that the daemon may take to count, or to take back, what was sent."""

QUIET_SECONDS = 15.0
"""The longest that it may then be busy with its start."""

FLOOD_SECONDS = 1.5
FLOOR_SECONDS = 0.2


class Resident(Struct, frozen=True):
    """Memory in MB, as the kernel counts it.

    Attributes:
        when: as printed.
        tracked: accounts that the daemon then said it tracks.
        total: resident, of the daemon's process.
        anonymous: of it, what is its own.
        mapped: of it, what is mapped from files, which others may have mapped too.
        most: the most that ever was resident.
        children: the name of each process that it started, and what is resident of it.
        fair: of all of them, with what is shared divided among those who share it.
    """

    when: str
    tracked: int
    total: float
    anonymous: float
    mapped: float
    most: float
    children: tuple[tuple[str, float], ...]
    fair: float


class Flood(Struct):
    """What came of a flood.

    Attributes:
        accounts: all different.
        taken: slices in their order, each with its side.
        resident: memory after it.
        faults: of the daemon, as it counts them itself.
        dropped: events that it has counted but not kept one by one.
        problems: what it calls wrong after it and did not before.
    """

    accounts: int
    taken: list[tuple[str, Slice]]
    resident: Resident
    faults: int
    dropped: int
    problems: dict[str, str]


def resident(when: str, server: Server, directory: Path) -> Resident:
    """What is held now."""
    tracked = int(servers.status(directory)["tracked"])
    processes = server.processes()
    daemon = _kernel(server.pid, "status")
    fair = sum(_kernel(pid, "smaps_rollup")["Pss"] for pid in processes)
    return Resident(
        when,
        tracked,
        daemon["VmRSS"],
        daemon["RssAnon"],
        daemon["RssFile"],
        daemon["VmHWM"],
        tuple((_name(pid), _kernel(pid, "status")["VmRSS"]) for pid in processes[1:]),
        fair,
    )


def _name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


def _kernel(pid: int, file: str) -> dict[str, float]:
    """The kernel's figures of a process, in MB."""
    found = {}
    for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
        words = line.split()
        if words[-1] == "kB":
            found[words[0].rstrip(":")] = int(words[1]) / 1024
    return found


class Memory:
    """Measures memory, always in a directory of its own.

    Attributes:
        found: what was measured so far.
    """

    def __init__(self, directory: Path, prepared: Path) -> None:
        self.found: list[Resident] = []
        self._directory = directory
        self._prepared = prepared

    def paced(self, pace: float, rest: float) -> None:
        """Every account sends one mail at a real server's pace, and then nothing for a while.

        Args:
            pace: mails a second.
            rest: seconds of nothing.
        """
        directory = self.fresh("paced")
        with servers.mailward(directory) as server:
            servers.await_quiet(server, QUIET_SECONDS)
            self._note("nobody has sent yet", server, directory)
            load = distinct(ACCOUNTS, pace)
            with generator(server, load, directory) as stand:
                sent = stand.slice(0, requests=ACCOUNTS)
            _await_tracked(directory, ACCOUNTS)
            reached = f"{sent.requests / sent.seconds:,.0f} a second"
            self._note(f"each has sent a mail, {reached}", server, directory)
            if rest:
                time.sleep(rest)
                self._note(f"{rest:.0f} s after that", server, directory)

    def flood(self) -> None:
        """Every account sends some mails as fast as it goes; then the daemon is started again."""
        directory = self.fresh("flood")
        mails = ACCOUNTS * MAILS_IN_THE_FLOOD
        with servers.mailward(directory) as server:
            with generator(server, distinct(ACCOUNTS), directory) as stand:
                sent = stand.slice(0, requests=mails)
            _await_tracked(directory, ACCOUNTS)
            reached = f"{sent.requests / sent.seconds:,.0f} a second"
            when = f"in a flood: each has sent {MAILS_IN_THE_FLOOD} mails, {reached}"
            self._note(when, server, directory)
        with servers.mailward(directory) as server:
            _await_tracked(directory, ACCOUNTS)
            servers.await_quiet(server, QUIET_SECONDS)
            took = f"first answer after {server.first_answer:.1f} s"
            self._note(f"after a restart that takes them back, {took}", server, directory)

    def distinct(
        self, accounts: int, floor: Server, floor_load: Load, tick: Callable[[float], None]
    ) -> Flood:
        """One mail from each of so many accounts, as fast as it goes, with the floor in between.

        Args:
            accounts: how many, each with its own address.
            floor: the C server.
            floor_load: what it is asked meanwhile; it remembers nothing.
            tick: told the share of the accounts that have been, step by step.
        """
        directory = self.fresh("distinct")
        with servers.mailward(directory) as server:
            before = servers.status(directory)["problems"]
            taken = _taken(accounts, (server, distinct(accounts)), (floor, floor_load), tick)
            deadline = time.monotonic() + TRACKED_SECONDS
            while servers.status(directory)["events"]["waiting"] and time.monotonic() < deadline:
                time.sleep(0.1)
            after = servers.status(directory)
            when = f"after {accounts:,} accounts in one flood"
            held = resident(when, server, directory)
        problems = {name: text for name, text in after["problems"].items() if name not in before}
        lost = after["events"]["dropped"] + after["events"]["log_lost"]
        return Flood(accounts, taken, held, after["faults"], lost, problems)

    def fresh(self, name: str) -> Path:
        """A directory like the prepared one."""
        directory = self._directory / name
        shutil.copytree(self._prepared, directory, ignore=shutil.ignore_patterns("*.sock"))
        return directory

    def _note(self, when: str, server: Server, directory: Path) -> None:
        self.found.append(resident(when, server, directory))


def _taken(
    accounts: int,
    ours: tuple[Server, Load],
    floor: tuple[Server, Load],
    tick: Callable[[float], None],
) -> list[tuple[str, Slice]]:
    """Slices of both, wherever the scheduler puts them, until all accounts have been."""
    speed_cores.keep(floor[0].pid, FREE.server)
    place = ours[0].policy.parent
    with generator(*ours, place) as stand, generator(*floor, place) as beside:
        taken = [(FLOOR, beside.slice(0.05, FLOOR_SECONDS))]
        done = 0
        while done < accounts:
            each = stand.slice(0, FLOOD_SECONDS, accounts - done)
            taken += [(OURS, each), (FLOOR, beside.slice(0.05, FLOOR_SECONDS))]
            tick(each.since_requests / accounts)
            done += each.since_requests
    return taken


def _await_tracked(directory: Path, accounts: int) -> None:
    """Until the daemon says that it tracks as many."""
    ends = time.monotonic() + TRACKED_SECONDS
    while time.monotonic() < ends:
        if int(servers.status(directory)["tracked"]) >= accounts:
            return
        time.sleep(0.2)

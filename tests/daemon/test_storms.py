"""Storms and floods: few rows, exact numbers, bounded memory."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from core.store.journal import LIMIT
from core.store.statistics import StatisticsFilter
from tests.daemon.clocks import Clocks
from tests.daemon.conftest import NewDaemon
from tests.daemon.patience import await_true
from tests.daemon.running import RunningDaemon
from tests.daemon.wires import knock
from tests.daemon.world import REFUSE_RUSSIA, RUSSIA

MEGABYTE = 1 << 20
MINUTE = 60.0
BATCH = 500


def until_next_minute() -> float:
    """Seconds to add to the wall clock so that a minute has just begun."""
    return MINUTE - time.time() % MINUTE


def put(daemon: RunningDaemon, questions: Iterator[bytes]) -> int:
    """Put all questions, by pipelines; returns how many were refused."""
    refused = 0
    with daemon.client() as client:
        while batch := list(islice(questions, BATCH)):
            refused += sum(a.startswith("REJECT") for a in client.pipeline(batch))
    return refused


def totals(daemon: RunningDaemon, *group_by: str) -> dict[tuple[str | int, ...], int]:
    """The hourly statistics."""
    everything = StatisticsFilter(since=0, until=4e9)
    with closing(daemon.store()) as store:
        lines = store.statistics.totals(everything, ("hour", *group_by))  # type: ignore[arg-type]
    return {line.key[1:]: line.count for line in lines}


def test_ten_thousand_equal_refusals_are_one_event(new_daemon: NewDaemon, tmp_path: Path) -> None:
    """A9: within a minute; the store grows with attackers and not with their attempts."""
    clocks = Clocks(tmp_path)
    clocks.set_wall(until_next_minute())
    daemon = new_daemon(REFUSE_RUSSIA, prelude=clocks.prelude).start()
    assert put(daemon, (knock(RUSSIA) for _ in range(10))) == 10
    daemon.await_written()
    assert put(daemon, (knock(RUSSIA) for _ in range(9_990))) == 9_990
    daemon.stop()
    (event,) = daemon.events()
    assert (event.count, event.address, event.verdict) == (10_000, RUSSIA, "deny")
    assert totals(daemon, "verdict", "country") == {("deny", "RU"): 10_000}
    assert daemon.logged()[-1].count == 10_000
    assert len(daemon.logged()) <= 2


def test_a_storm_over_two_minutes_is_two_events(new_daemon: NewDaemon, tmp_path: Path) -> None:
    """One for each minute, with exact counts; also when the clock is set in between."""
    clocks = Clocks(tmp_path)
    start = until_next_minute()
    daemon = new_daemon(REFUSE_RUSSIA, prelude=clocks.prelude)
    for offset in (0.0, MINUTE, -3 * MINUTE):
        clocks.set_wall(start + offset)
        if not daemon.is_running:
            daemon.start()
        assert put(daemon, (knock(RUSSIA) for _ in range(1000))) == 1000
        daemon.status()  # which has everything written down, as a second that passes has
    daemon.stop()
    assert [event.count for event in daemon.events()] == [1000] * 3
    assert daemon.counted() == 3000


def test_a_storm_counts_in_the_store_while_it_lasts(new_daemon: NewDaemon, tmp_path: Path) -> None:
    """People who look see it grow."""
    clocks = Clocks(tmp_path)
    clocks.set_wall(until_next_minute())
    daemon = new_daemon(REFUSE_RUSSIA, prelude=clocks.prelude).start()
    put(daemon, (knock(RUSSIA) for _ in range(2000)))
    await_true(lambda: daemon.counted() == 2000, "the storm's growth", daemon.output)
    (event,) = daemon.events()
    assert event.count == 2000


def test_a_flood_of_addresses_is_bounded_and_counted(new_daemon: NewDaemon, tmp_path: Path) -> None:
    """100,000 addresses within a minute: detail for the first ones, exact numbers for all."""
    clocks = Clocks(tmp_path)
    clocks.set_wall(until_next_minute())
    daemon = new_daemon(REFUSE_RUSSIA, prelude=clocks.prelude).start()
    put(daemon, iter([knock(RUSSIA)]))
    daemon.await_written()
    before = daemon.memory()
    addresses = (f"2001:db8:{n:x}::1" for n in range(1, 100_001))
    put(daemon, (knock(address) for address in addresses))
    assert daemon.memory() - before < 80 * MEGABYTE
    status = daemon.status()
    assert status["events"]["noted"] == 100_001
    assert status["events"]["dropped"] == 100_001 - LIMIT
    assert status["stages"]["connect"]["asked"] == 100_001
    daemon.stop()
    events = daemon.events()
    assert len(events) == LIMIT
    assert sum(event.count for event in events) == LIMIT
    assert daemon.counted() == 100_001
    assert totals(daemon, "verdict") == {("allow",): 100_000, ("deny",): 1}


@pytest.mark.parametrize("wave", range(2))
def test_a_storm_after_a_flood_is_still_exact(
    new_daemon: NewDaemon, tmp_path: Path, wave: int
) -> None:
    """An event that has its place goes on counting when there is no place for new ones."""
    clocks = Clocks(tmp_path)
    clocks.set_wall(until_next_minute())
    prelude = clocks.prelude + "from core.store import journal\njournal.LIMIT = 100\n"
    prelude += "journal.Journal.__init__.__defaults__ = (100, journal.GROWTH_SECONDS)\n"
    daemon = new_daemon(REFUSE_RUSSIA, prelude=prelude).start()
    storm = [knock(RUSSIA)] * 500
    flood = [knock(f"198.51.100.{n}") for n in range(250)]
    first, second = (storm, flood) if wave else (flood, storm)
    put(daemon, iter(first))
    put(daemon, iter(second))
    daemon.stop()
    assert daemon.counted() == 750
    assert totals(daemon, "country") == {("DE",): 250, ("RU",): 500}
    assert len(daemon.events()) == 100

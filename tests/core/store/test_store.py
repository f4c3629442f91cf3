"""The store opens whatever happened to it, and never holds half of anything."""

from __future__ import annotations

import os
import random
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import StoreError
from core.store.counts import Counts
from core.store.event_filter import EventFilter
from core.store.statistics import StatisticsFilter
from core.store.store import Store
from tests.core.store.samples import DAY, NOON, event, many

EVER = StatisticsFilter(since=0.0, until=NOON + 1000 * DAY)

WRITE = """
import sys
from core.store.store import Store
from tests.core.store.samples import event, NOON
url, writer, batches = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
store = Store.open(url)
for number in range(batches):
    ids = store.record([
        event(at=NOON + number, account=f"{writer}-{n}@x.test", domain="x.test", count=2)
        for n in range(20)
    ])
    store.bump([(ids[0], NOON + number + 1, 5, 1)])
    print(ids[-1], flush=True)
"""


def writer(url: str, number: int, batches: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITE, url, str(number), str(batches)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )


def assert_counts_agree(store: Store) -> None:
    """The statistics say what the events say."""
    events = store.events.follow(0, 10**6)
    totals = store.statistics.totals(EVER)
    assert sum(total.count for total in totals) == sum(one.count for one in events)
    assert sum(total.recipients for total in totals) == sum(one.recipients for one in events)


def test_events_and_counts_are_written_together_or_not_at_all(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    (number,) = store.record([event()])

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(Counts, "write", fail)
        with pytest.raises(ZeroDivisionError):
            store.record([event(account="a@x.test")], [(number, NOON, 9, 9)])
    assert len(store.events.find(EventFilter())) == 1
    assert_counts_agree(store)
    assert store.record([event(account="a@x.test")], [(number, NOON, 9, 9)])
    assert len(store.events.find(EventFilter(account="a*"))) == 1
    assert_counts_agree(store)


def test_two_writers_and_a_reader(store_url: str) -> None:
    with closing(Store.open(store_url)) as store:
        writers = [writer(store_url, number, 15) for number in (1, 2)]
        seen: list[int] = []
        while any(one.poll() is None for one in writers):
            seen += [one.id for one in store.events.follow(seen[-1] if seen else 0)]
        assert [one.wait(60) for one in writers] == [0, 0]
        seen += [one.id for one in store.events.follow(seen[-1] if seen else 0)]
        for one in writers:
            assert one.stdout is not None
            one.stdout.close()
        assert len(seen) == len(set(seen)) == 2 * 15 * 20
        assert seen == sorted(seen)
        assert_counts_agree(store)


def test_killed_at_any_moment_it_opens_and_agrees(sqlite_path: Path) -> None:
    url = f"sqlite:///{sqlite_path}"
    moment = random.Random(3)
    written: list[int] = []
    for turn in range(6):
        process = writer(url, turn, 10**6)
        with process:
            assert process.stdout is not None
            written.append(int(process.stdout.readline()))
            select.select([], [], [], moment.uniform(0.0, 0.1))
            process.send_signal(signal.SIGKILL)
            rest = process.stdout.read().decode()
        written += [int(line) for line in rest[: rest.rfind("\n") + 1].split()]
        with closing(Store.open(url)) as store:
            assert store.problem == ""
            assert store.check() == ""
            numbers = {one.id for one in store.events.follow(0, 10**6)}
            assert set(written) <= numbers
            assert_counts_agree(store)
    assert len(written) > 20


def fill_until_refused(store: Store) -> str:
    for _ in range(1000):
        try:
            store.record(many(500))
        except StoreError as error:
            return str(error)
    raise AssertionError("the disk never filled")


def test_a_full_file_is_refused_in_words_and_stays_whole(sqlite_path: Path) -> None:
    """SQLite's own limit stands for the disk's, where the test may make no small disk."""
    with closing(Store.open(f"sqlite:///{sqlite_path}")) as store:
        engine = store._database._engine
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=200").fetchall()
        assert "the disk is full" in fill_until_refused(store)
        assert_counts_agree(store)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=1000000").fetchall()
        assert store.record([event()])
        assert store.check() == ""
        assert_counts_agree(store)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("a small file system can be made by root only")
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no small file system here: {mounted.stderr.decode().strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_is_survived(small_disk: Path) -> None:
    path = small_disk / "store.sqlite"
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(800_000))
    with closing(Store.open(f"sqlite:///{path}")) as store:
        store.settings.change(("server", ""), {"send.limit": 5}, "me", NOON)
        assert "full" in fill_until_refused(store)
        with pytest.raises(StoreError, match="full"):
            store.settings.change(("server", ""), {"x.y": "z" * 1_000_000}, "me", NOON)
        assert store.settings.all()[("server", "")]["send.limit"] == 5
        assert_counts_agree(store)
        ballast.unlink()
        assert store.record([event()])
    with closing(Store.open(f"sqlite:///{path}")) as store:
        assert store.problem == ""
        assert store.check() == ""
        assert_counts_agree(store)


def test_a_disk_too_full_for_a_store_is_refused_in_words(small_disk: Path) -> None:
    with pytest.raises(OSError, match="No space left"):
        (small_disk / "ballast").write_bytes(bytes(3_000_000))
    with pytest.raises(StoreError, match="full"):
        Store.open(f"sqlite:///{small_disk}/store.sqlite")
    (small_disk / "ballast").unlink()
    with closing(Store.open(f"sqlite:///{small_disk}/store.sqlite")) as store:
        assert store.problem == ""
        assert store.record([event()])


AS_NOBODY = """
import os, sys
import sqlalchemy.dialects.sqlite  # all that is imported later must be there before
from core.errors import StoreError
from core.store.store import Store
from core.store.event_filter import EventFilter
from tests.core.store.samples import event
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    store = Store.open(sys.argv[1])
    print(len(store.events.find(EventFilter())))
    store.record([event()])
except StoreError as error:
    print(error)
"""


def as_nobody(path: Path) -> list[str]:
    """What somebody sees who may not write the store."""
    program = [sys.executable, "-c", AS_NOBODY, f"sqlite:///{path}"]
    done = subprocess.run(
        program, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3]
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A directory that every user can enter."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_read_only_store_can_be_read_and_says_why_not_written(open_place: Path) -> None:
    path = open_place / "store.sqlite"
    with closing(Store.open(f"sqlite:///{path}")) as store:
        store.record([event()])
        for file in open_place.iterdir():
            file.chmod(0o444)
        lines = as_nobody(path)
    assert lines[0] == "1"
    assert "read-only for this user. Nothing was changed" in lines[1]


def test_a_store_that_may_not_be_read_says_so(open_place: Path) -> None:
    path = open_place / "store.sqlite"
    Store.open(f"sqlite:///{path}").close()
    path.chmod(0o000)
    (line,) = as_nobody(path)
    assert "Permission denied" in line


def test_a_store_that_is_gone_while_open_is_made_anew(sqlite_path: Path) -> None:
    with closing(Store.open(f"sqlite:///{sqlite_path}")) as store:
        numbers = store.record([event(reason="login_ok"), event()])
        for file in sqlite_path.parent.iterdir():
            file.unlink()
        (number,) = store.record([event()], [(n, NOON, 99, 99) for n in numbers])
        (found,) = store.events.find(EventFilter())
        assert (found.id, found.reason) == (number, "country")
        assert found.count == 1, "it must not grow by what an event of the lost store grew by"
        store.bump([(number, NOON, 2, 0)])
        assert store.events.find(EventFilter())[0].count == 2
        assert_counts_agree(store)


def test_another_tool_can_read_it(sqlite_path: Path) -> None:
    with closing(Store.open(f"sqlite:///{sqlite_path}")) as store:
        store.record(many(50))
        with closing(sqlite3.connect(sqlite_path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("SELECT count(*) FROM events").fetchone() == (50,)


def test_where_it_is(store: Store, store_url: str) -> None:
    scheme = store_url.partition(":")[0]
    assert store.url.startswith(scheme)
    assert store.problem == ""
    assert store.check() == ""

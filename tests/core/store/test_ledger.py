"""A block that was announced is never lost."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import StoreError
from core.store.block import Block
from core.store.ledger import CHUNK, COMPACT_AT, KEEP_EXPIRED, Ledger
from core.store.ledger_line import encode

NOW = 1_700_000_000.0


def block(account: str, *, until: float = NOW + 21_600, evidence: str = "") -> Block:
    return Block(
        account=account,
        started=until - 21_600,
        until=until,
        seconds=21_600,
        reason="send_limit",
        evidence=evidence,
    )


def accounts(ledger: Ledger, now: float = NOW) -> set[str]:
    return {standing.account for standing in ledger.standing(now)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger"


@contextlib.contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file may grow beyond this; only inside, for what pytest prints may go to a file, too."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def fill(ledger: Ledger, held: list[str]) -> None:
    for number in range(2000):
        ledger.block(block(f"{number}@example.test"))
        held.append(f"{number}@example.test")


def reopened(path: Path) -> Ledger:
    return Ledger.open(path, now=NOW)


def test_blocks_and_releases_survive_a_restart(path: Path) -> None:
    """B7: a block outlives the daemon."""
    ledger = reopened(path)
    ledger.block(block("a@example.test", evidence="151 mails in 300 s"))
    ledger.block(block("b@example.test", until=NOW + 60))
    ledger.block(block("c@example.test"))
    assert ledger.release("c@example.test", NOW, "admin")
    assert not ledger.release("nobody@example.test", NOW, "admin")
    ledger.close()
    ledger = reopened(path)
    assert ledger.problem == ""
    assert ledger.standing(NOW) == [
        block("a@example.test", evidence="151 mails in 300 s"),
        block("b@example.test", until=NOW + 60),
    ]
    assert accounts(ledger, NOW + 61) == {"a@example.test"}
    ledger.close()


def test_a_later_block_replaces_the_earlier_one(path: Path) -> None:
    ledger = reopened(path)
    ledger.block(block("a@example.test", until=NOW + 10))
    ledger.block(block("a@example.test", until=NOW + 20))
    assert [standing.until for standing in ledger.standing(NOW)] == [NOW + 20]
    ledger.close()


def test_a_closed_ledger_says_so(path: Path) -> None:
    ledger = reopened(path)
    ledger.close()
    ledger.close()
    with pytest.raises(StoreError, match="closed"):
        ledger.block(block("a@example.test"))


def test_only_one_opens_it(path: Path) -> None:
    ledger = reopened(path)
    with pytest.raises(StoreError, match="held by another process"):
        Ledger.open(path, now=NOW)
    ledger.close()
    reopened(path).close()


def test_who_waited_gets_the_file_that_bears_the_name_now(path: Path) -> None:
    """The first may have rewritten the ledger, or somebody put a copy in its place."""
    first = reopened(path)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(Ledger.open, path, now=NOW, wait=30.0)
        path.rename(path.with_name("old"))
        path.write_bytes(encode(block("copy@example.test")))
        first.close()
        second = waiting.result(30)
    assert accounts(second) == {"copy@example.test"}
    second.block(block("new@example.test"))
    second.close()
    third = reopened(path)
    assert accounts(third) == {"copy@example.test", "new@example.test"}
    third.close()


def test_damage_that_cannot_be_cleared_away_is_still_reported(path: Path) -> None:
    lines = [encode(block(name)) for name in ("a", "b", "c")]
    lines[1] = lines[1].replace(b"send_limit", b"sand_limit")
    path.write_bytes(b"".join(lines))
    with files_up_to(100):
        ledger = reopened(path)
        assert accounts(ledger) == {"a", "c"}
        assert "line 2; the file stays as it is: File too large" in ledger.problem
        ledger.close()
    assert path.read_bytes() == b"".join(lines)


@pytest.mark.parametrize("place", ["missing/ledger", "."])
def test_a_place_that_cannot_be_opened_is_named(tmp_path: Path, place: str) -> None:
    with pytest.raises(StoreError, match="ledger"):
        Ledger.open(tmp_path / place, now=NOW)


operations = st.lists(
    st.tuples(st.sampled_from("abcde"), st.booleans(), st.integers(-1000, 1000)), max_size=12
)


@settings(max_examples=60, deadline=None)
@given(operations=operations, data=st.data())
def test_cut_anywhere_it_holds_what_was_durable_before_the_cut(
    tmp_path_factory: pytest.TempPathFactory,
    operations: list[tuple[str, bool, int]],
    data: st.DataObject,
) -> None:
    path = tmp_path_factory.mktemp("cut") / "ledger"
    ledger = reopened(path)
    expected: dict[str, Block] = {}
    states = [(0, dict(expected))]
    for account, blocking, shift in operations:
        if blocking:
            expected[account] = block(account, until=NOW + shift, evidence="x" * abs(shift))
            ledger.block(expected[account])
        else:
            assert ledger.release(account, NOW, "admin") == (account in expected)
            expected.pop(account, None)
        # The line feed at the end tells nothing: a line is whole without it.
        states.append((len(path.read_bytes().rstrip(b"\n")), dict(expected)))
    ledger.close()
    length = data.draw(st.integers(0, states[-1][0] + 20))
    os.truncate(path, length)
    ledger = reopened(path)
    durable = [state for end, state in states if end <= length][-1]
    assert ledger.problem == ""
    assert ledger.standing(0.0) == sorted(durable.values(), key=lambda b: (-b.until, b.account))
    ledger.block(block("new"))
    ledger.close()
    ledger = reopened(path)
    assert ledger.problem == ""
    assert accounts(ledger, 0.0) == {*durable, "new"}
    ledger.close()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_an_unfinished_append_costs_nothing(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Any part of the last line may have reached the disk, in any order of its pages."""
    path = tmp_path_factory.mktemp("torn") / "ledger"
    ledger = reopened(path)
    ledger.block(block("announced"))
    ledger.close()
    content = bytearray(path.read_bytes())
    start = len(content.rstrip(b"\n")) + 1
    line = encode(block("not announced", evidence="y" * 200))
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(line))] * 2)))
    gap = data.draw(st.sampled_from([b"\n", b"\0"]))
    content[start : start + len(line)] = gap * first + line[first:last] + gap * (len(line) - last)
    path.write_bytes(bytes(content))
    for name in ("next", "after next"):
        ledger = reopened(path)
        assert ledger.problem == ""
        assert "announced" in accounts(ledger)
        ledger.block(block(name))
        ledger.close()
    ledger = reopened(path)
    assert {"announced", "next", "after next"} <= accounts(ledger)
    ledger.close()


def test_reserved_room_without_line_feeds_is_no_damage(path: Path) -> None:
    """As after a crash between reserving the room and filling it."""
    path.write_bytes(encode(block("a@example.test")) + b"\0" * CHUNK)
    for name in ("b@example.test", "c@example.test"):
        ledger = reopened(path)
        assert ledger.problem == ""
        ledger.block(block(name))
        ledger.close()
    ledger = reopened(path)
    assert accounts(ledger) == {"a@example.test", "b@example.test", "c@example.test"}
    assert b"\0" not in path.read_bytes()
    ledger.close()


def test_damaged_lines_are_reported_and_the_good_ones_kept(path: Path) -> None:
    lines = [encode(block(name)) for name in ("a", "b", "c", "d")]
    lines[1] = lines[1].replace(b"send_limit", b"sand_limit")
    lines[2] = b"\xff\xfe rubbish\n"
    path.write_bytes(b"".join(lines))
    ledger = reopened(path)
    assert accounts(ledger) == {"a", "d"}
    assert "line 2, 3" in ledger.problem
    copies = list(path.parent.glob("ledger.damaged-*"))
    assert [copy.read_bytes() for copy in copies] == [b"".join(lines)]
    assert str(copies[0]) in ledger.problem
    ledger.close()
    ledger = reopened(path)
    assert ledger.problem == ""
    assert accounts(ledger) == {"a", "d"}
    ledger.close()


def test_a_large_ledger_is_rewritten_with_what_counts(path: Path) -> None:
    path.write_bytes(
        b"".join(encode(block(f"{n % 50}", evidence="z" * 900)) for n in range(COMPACT_AT // 1000))
        + encode(block("over", until=NOW - 10))
        + encode(block("forgotten", until=NOW - KEEP_EXPIRED - 10))
    )
    ledger = reopened(path)
    assert path.stat().st_size < COMPACT_AT
    assert len(ledger.standing(NOW)) == 50
    assert accounts(ledger, 0.0) == {*(str(n) for n in range(50)), "over"}
    with pytest.raises(StoreError, match="held by another process"):
        Ledger.open(path, now=NOW)
    ledger.block(block("new"))
    ledger.close()
    ledger = reopened(path)
    assert {"new", "over"} <= accounts(ledger, 0.0)
    ledger.close()


def test_a_rewrite_that_fails_changes_nothing(path: Path) -> None:
    count = COMPACT_AT // 200
    path.write_bytes(b"".join(encode(block(f"{n}@example.test")) for n in range(count)))
    with files_up_to(COMPACT_AT // 2):
        ledger = reopened(path)
        assert len(ledger.standing(NOW)) == count
        ledger.close()
    assert not list(path.parent.glob("*.new"))


def test_a_full_disk_costs_no_block(path: Path) -> None:
    """Room is reserved ahead, so blocks go on being durable on a full disk."""
    ledger = reopened(path)
    held: list[str] = []
    with files_up_to(path.stat().st_size):
        with pytest.raises(StoreError, match=r"no room for another block: File too large"):
            fill(ledger, held)
        assert len(held) > 200
        ledger.close()
        ledger = reopened(path)
        assert accounts(ledger) == set(held)
    with files_up_to(10 * CHUNK):
        ledger.block(block("later@example.test"))
        ledger.close()
    ledger = reopened(path)
    assert accounts(ledger) == {*held, "later@example.test"}
    ledger.close()


def test_a_disk_that_fails_is_an_error_and_later_blocks_hold(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = reopened(path)
    ledger.block(block("before"))

    def fail(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", fail)
        with pytest.raises(StoreError, match="Input/output error"):
            ledger.block(block("meanwhile"))
        with pytest.raises(StoreError, match="Input/output error"):
            ledger.release("before", NOW, "admin")
    assert accounts(ledger) == {"before"}
    ledger.block(block("after"))
    ledger.close()


WRITE_UNTIL_KILLED = """
import sys
from pathlib import Path
from core.store.block import Block
from core.store.ledger import Ledger
path, prefix = Path(sys.argv[1]), sys.argv[2]
ledger = Ledger.open(path, now=1_700_000_000.0, wait=10.0)
for number in range(10_000_000):
    account = f"{prefix}-{number}@example.test"
    ledger.block(Block(account=account, started=1_700_000_000.0, until=1_800_000_000.0,
                       seconds=100_000_000, reason="send_limit", evidence="e" * (number % 300)))
    print(account, flush=True)
"""


def test_killed_at_any_moment_it_holds_all_that_was_announced(path: Path) -> None:
    announced: set[str] = set()
    moment = random.Random(20)
    for turn in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", WRITE_UNTIL_KILLED, str(path), str(turn)],
            stdout=subprocess.PIPE,
        ) as writer:
            assert writer.stdout is not None
            announced.add(writer.stdout.readline().decode().strip())
            select.select([], [], [], moment.uniform(0.0, 0.15))
            writer.send_signal(signal.SIGKILL)
            rest = writer.stdout.read().decode()
        announced.update(rest[: rest.rfind("\n") + 1].split())
        ledger = reopened(path)
        assert ledger.problem == ""
        assert announced <= accounts(ledger)
        ledger.close()
    assert len(announced) > 50


def removed(path: Path) -> None:
    path.unlink()


def replaced(path: Path) -> None:
    path.rename(path.with_name("old"))
    path.write_bytes(encode(block("other@example.test")))


def cut_off(path: Path) -> None:
    os.truncate(path, 0)


@pytest.mark.parametrize("spoil", [removed, replaced, cut_off], ids=lambda spoil: spoil.__name__)
def test_a_file_that_went_away_is_written_anew(path: Path, spoil: Callable[[Path], None]) -> None:
    """B7: blocks from before and blocks from after outlive a restart; and it is said."""
    ledger = reopened(path)
    ledger.block(block("before@example.test"))
    spoil(path)
    ledger.block(block("after@example.test"))
    assert "written anew" in ledger.problem
    with pytest.raises(StoreError, match="another process"):
        reopened(path)
    ledger.close()
    ledger = reopened(path)
    assert accounts(ledger) == {"before@example.test", "after@example.test"}
    ledger.close()


def test_a_new_file_says_so(path: Path) -> None:
    """The store's history may know blocks that it does not."""
    for expected in (True, False):
        ledger = reopened(path)
        assert ledger.is_new is expected
        ledger.block(block("a@example.test"))
        ledger.close()

"""A table finds what it was given, forgets what matters least, and never grows past its limit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.engine.judging.table import SMALLEST, WAYS, Table

KEYS = st.integers(1, (1 << 64) - 1)
ODD = 0x9E3779B97F4A7C15


@given(st.dictionaries(KEYS, st.integers(0, 255), max_size=50))
def test_what_was_placed_is_found(known: dict[int, int]) -> None:
    table = Table("B", SMALLEST, ODD)
    for key, value in known.items():
        table.columns[0][table.place(key)] = value
    assert {key: table.columns[0][table.find(key)] for key in known} == known
    assert len(table) == len(known)


def test_a_key_that_was_never_placed_is_not_found() -> None:
    table = Table("B", SMALLEST, ODD)
    assert table.find(7) == -1
    assert table.forget(7) is False


def test_growing_keeps_the_rows() -> None:
    table = Table("IB", 1 << 16, ODD)
    for key in range(1, 20_001):
        row = table.place(key)
        table.rank[row] = table.columns[0][row] = key
    kept = [key for key in range(1, 20_001) if table.find(key) >= 0]
    assert len(kept) > 19_900
    assert all(table.columns[0][table.find(key)] == key for key in kept)


def test_a_full_table_keeps_its_size_and_what_matters_most() -> None:
    """A million attackers take no more memory than ten thousand."""
    table = Table("I", 4096, ODD)
    for key in range(1, 101):
        row = table.place(key)
        table.rank[row] = 1_000_000
    for key in range(1000, 101_000):
        row = table.place(key)
        table.rank[row] = 1
    assert len(table.keys) == 4096
    assert all(table.find(key) >= 0 for key in range(1, 101))


def test_a_place_that_is_taken_over_is_empty() -> None:
    """Nobody inherits the points of an address that was forgotten."""
    table = Table("I", WAYS, ODD)
    for key in range(1, 100):
        row = table.place(key)
        assert table.columns[0][row] == 0
        table.columns[0][row] = key


def test_a_forgotten_key_leaves_room() -> None:
    table = Table("I", SMALLEST, ODD)
    table.columns[0][table.place(5)] = 9
    assert table.forget(5)
    assert (table.find(5), len(table)) == (-1, 0)
    assert table.columns[0][table.place(5)] == 0


def test_its_size_is_known() -> None:
    """8 octets for the key, 4 for the rank, 1 for the column."""
    assert Table("B", SMALLEST, ODD).octets == SMALLEST * 13

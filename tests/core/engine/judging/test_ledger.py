"""Rows by key: none is lost while there is room, and those worth least make room."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from core.engine.judging.ledger import USUAL, Ledger

KEYS = st.one_of(
    st.integers(1, 2**64 - 1),
    st.integers(1, 40),
    st.integers(0, 255).map(lambda n: 0x0100_0000 + n * 0x0101),
    st.integers(1, 20).map(lambda n: n << 48),
)


@given(
    st.lists(st.tuples(KEYS, st.integers(0, 2**16 - 1), st.integers(0, 2**64 - 1)), max_size=300),
    st.integers(0, 2**64 - 1),
)
def test_rows_come_back(rows: list[tuple[int, int, int]], salt: int) -> None:
    ledger, model = Ledger("<HQ", 1 << 20, salt), dict[int, tuple[int, int]]()
    for key, rank, number in rows:
        assert ledger.get(key) == model.get(key)
        ledger.put(key, rank, number)
        model[key] = (rank, number)
    assert len(ledger) == len(model)
    assert {key: ledger.get(key) for key in model} == model


def test_it_grows_with_its_rows() -> None:
    """Each takes what it is long and a fifth more, wherever the pages are that are split next."""
    luck, ledger = random.Random(3), Ledger("<H", 1 << 20, 12_345)
    empty = ledger.octets
    keys = [luck.getrandbits(64) for _ in range(60_000)]
    for number, key in enumerate(keys):
        ledger.put(key, number & 0xFFFF)
        if number % 17_000 == 16_999:
            assert ledger.octets < empty + 8.5 * number
    assert len(ledger) == len(keys)
    assert all(ledger.get(key) == (number & 0xFFFF,) for number, key in enumerate(keys))
    assert not any(ledger.get(luck.getrandbits(64)) for _ in range(20_000))


def test_neighbours_do_not_share_a_page() -> None:
    """Addresses of one network, networks of one provider: they differ by even steps."""
    for step in (1, 1 << 8, 1 << 16, 1 << 24, 1 << 32, 1 << 48):
        ledger = Ledger("<H", 1 << 20, 0x9E37_79B9_7F4A_7C15)
        for number in range(10_000):
            ledger.put((1 << 63) + number * step, 1)
        longest = max(map(len, ledger._pages)) // 6
        assert longest < 5 * USUAL, step
        assert len(ledger) == 10_000


def test_those_worth_least_make_room() -> None:
    luck, ledger = random.Random(3), Ledger("<H", 5000, 12_345)
    keys = [luck.getrandbits(64) for _ in range(10_000)]
    for number, key in enumerate(keys):
        ledger.put(key, number)
    assert 5000 <= len(ledger) < 5100
    assert all(ledger.get(key) == (number,) for number, key in enumerate(keys) if number > 9700)
    kept = [number for number, key in enumerate(keys) if ledger.get(key)]
    assert sum(kept) / len(kept) > 7000
    ledger.put(keys[-1], 3)
    assert ledger.get(keys[-1]) == (3,)

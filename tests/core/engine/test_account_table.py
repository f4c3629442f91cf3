"""What is remembered of very many accounts, in little memory."""

from __future__ import annotations

import random
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.engine import account_table
from core.engine.account_table import LONGEST, AccountTable

NAMES = st.one_of(
    st.integers(0, 300).map("user{}@example.test".format),
    st.text(max_size=3),
    st.sampled_from(
        ["", "ä" * 127, "ä" * 128, "a" * LONGEST, "a" * (LONGEST + 1), "\udcff@a.test"]
    ),
)
DATA = st.one_of(
    st.just(b""), st.binary(max_size=30), st.integers(1, LONGEST + 40).map(lambda n: b"\xff" * n)
)


class Compared(RuleBasedStateMachine):
    """A table does what dictionaries do."""

    def __init__(self) -> None:
        super().__init__()
        self.table = AccountTable(2)
        self.model: tuple[dict[str, bytes], dict[str, bytes]] = ({}, {})

    @rule(name=NAMES, column=st.integers(0, 1), data=DATA)
    def put(self, name: str, column: int, data: bytes) -> None:
        self.table.columns[column].put(name, data)
        self.model[column].pop(name, None)
        if data:
            self.model[column][name] = data

    @rule(count=st.integers(1, 400), column=st.integers(0, 1))
    def put_many(self, count: int, column: int) -> None:
        for number in range(count):
            self.put(f"user{number}@example.test", column, str(number).encode())

    @rule(count=st.integers(1, 400), column=st.integers(0, 1))
    def forget_many(self, count: int, column: int) -> None:
        for name in sorted(self.model[column])[:count]:
            assert self.table.columns[column].pop(name) == self.model[column].pop(name)

    @rule(name=NAMES, column=st.integers(0, 1))
    def get(self, name: str, column: int) -> None:
        assert self.table.columns[column].get(name) == self.model[column].get(name, b"")

    @rule(name=NAMES, column=st.integers(0, 1))
    def pop(self, name: str, column: int) -> None:
        assert self.table.columns[column].pop(name) == self.model[column].pop(name, b"")

    @invariant()
    def is_the_same(self) -> None:
        for column, model in zip(self.table.columns, self.model, strict=True):
            assert len(column) == len(model)
            assert sorted(column.items()) == sorted(model.items())
        assert len(self.table) == len(self.model[0].keys() | self.model[1].keys())


TestCompared = Compared.TestCase
TestCompared.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


@given(st.lists(st.tuples(NAMES, DATA), max_size=60))
def test_an_account_that_nobody_knows_any_more_takes_nothing(told: list[tuple[str, bytes]]) -> None:
    table = AccountTable(3)
    empty = table.octets
    for number, (name, data) in enumerate(told):
        table.columns[number % 3].put(name, data)
    for name, _ in told:
        for column in table.columns:
            column.put(name, b"")
    assert (len(table), table.octets) == (0, empty)


def test_very_many_accounts() -> None:
    """Each takes what is said of it and a fifth more, and what has gone is given back."""
    table = AccountTable(2)
    windows, places = table.columns
    names = [f"user{number}@example{number % 500}.test" for number in range(30_000)]
    said = 0
    for number, name in enumerate(names):
        windows.put(name, number.to_bytes(24, "big"))
        places.put(name, number.to_bytes(20, "big"))
        said += len(name) + 44
    pages = [sys.getsizeof(page) + 8 for page in table._pages]
    assert sum(pages) < 1.2 * said
    assert sum(pages) == pytest.approx(table.octets, rel=0.02)
    assert max(pages) < 10_000
    assert places.get(names[27_777]) == (27_777).to_bytes(20, "big")
    assert dict(windows.items()).keys() == {*names}
    for name in names[100:]:
        windows.pop(name)
        places.pop(name)
    assert len(table) == 100
    assert table.octets < 0.006 * sum(pages)


def test_accounts_come_and_go() -> None:
    table = AccountTable()
    (column,) = table.columns
    luck = random.Random(7)
    sizes = []
    for number in range(150_000):
        column.put(f"{number}@example.test", b"x" * luck.randrange(1, 60))
        if number >= 500:
            assert column.pop(f"{number - 500}@example.test")
        if number % 15_000 == 14_999:
            sizes.append((len(column), table.parts))
    assert {count for count, _ in sizes} == {500}
    assert all(20 <= parts <= 60 for _, parts in sizes)


def test_parts_are_looked_at_while_accounts_go() -> None:
    table = AccountTable()
    (column,) = table.columns
    for number in range(3000):
        column.put(f"{number}@example.test", b"x" * (1 + number % 400))
    seen: set[str] = set()
    for number in range(column.parts):
        for name, _ in column.part(number):
            seen.add(name)
            column.put(name, b"")
    assert column.part(column.parts + 5) == []
    assert len(seen) + len(column) == 3000


def test_chosen_hashes_harm_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_table, "hash", lambda _: -1, raising=False)
    table = AccountTable()
    (column,) = table.columns
    expected = {f"{number}@example.test": str(number).encode() for number in range(600)}
    for name, data in expected.items():
        column.put(name, data)
    assert dict(column.items()) == expected
    for name in list(expected)[:590]:
        assert column.pop(name) == expected.pop(name)
    assert dict(column.items()) == expected
    assert len(column) == 10


def test_those_worth_least_make_room() -> None:
    """Of those who stand together; so the best stay, however often room is made."""
    column = AccountTable(2).columns[1]
    assert column.make_room(int) == []
    column.put("only@example.test", b"7")
    assert column.make_room(int) == ["only@example.test"]
    luck, gone = random.Random(7), list[int]()
    for number in luck.sample(range(5000), 5000):
        if len(column) >= 1000:
            names = column.make_room(int)
            assert 1 <= len(names) <= 20
            gone += [int(name.partition("@")[0]) for name in names]
        column.put(f"{number}@example.test", str(number).encode())
    kept = [int(data) for _, data in column.items()]
    assert sorted(kept + gone) == list(range(5000))
    assert {*kept} >= {*range(4900, 5000)}
    assert sum(gone) / len(gone) < 2500 < 3500 < sum(kept) / len(kept)

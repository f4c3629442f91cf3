"""The tables are as the searches need them."""

from __future__ import annotations

import pytest

from core.store.schema import SLOT, events, metadata

SLOTTED = sorted(
    index.name or "" for index in events.indexes if index.name not in ("events_at", None)
)


@pytest.mark.parametrize("name", SLOTTED)
def test_indexes_of_events_begin_with_the_slot(name: str) -> None:
    """Otherwise each event changes a page anywhere in the index, and writing slows down."""
    (index,) = (index for index in events.indexes if index.name == name)
    columns = [column.name for column in index.columns]
    assert columns[0] == "slot"
    assert "at" in columns[2:]


def test_a_slot_never_changes() -> None:
    """It is in the rows of every database there is."""
    assert SLOT == 14_400


def test_no_column_takes_a_name_that_rows_have_themselves() -> None:
    taken = {"count", "index"}
    used = {column.name for table in metadata.tables.values() for column in table.columns}
    assert not used & taken

"""The accepted entries of a feed, on disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import DataError
from core.sources import directory as places
from core.sources import ranges
from core.sources.ranges import Ranges

FULL = Ranges(
    "aws", "2026-11-19", 1.5, 2.5, 0.5, ("8.8.8.0/24",), {64500: "X"}, (('"e"', "Mon"),), "note"
)


@pytest.mark.parametrize("content", [FULL, Ranges("linode")])
def test_what_is_saved_is_loaded(tmp_path: Path, content: Ranges) -> None:
    ranges.save(tmp_path, content)
    assert ranges.load(tmp_path, content.name) == content


def test_entries_are_counted() -> None:
    assert FULL.count == 2
    assert Ranges("linode").count == 0


def test_a_feed_that_was_never_fetched_has_none(tmp_path: Path) -> None:
    assert ranges.load(tmp_path, "aws") is None


def test_the_copy_before_is_kept_unless_the_entries_are_the_same(tmp_path: Path) -> None:
    ranges.save(tmp_path, Ranges("aws", "1"))
    ranges.save(tmp_path, Ranges("aws", "2"))
    ranges.save(tmp_path, Ranges("aws", "2", checked=9), keep=False)
    path = places.ranges_path(tmp_path, "aws")
    assert b'"vintage": "1"' in places.previous_path(path).read_bytes()
    assert ranges.load(tmp_path, "aws") == Ranges("aws", "2", checked=9)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=200))
def test_whatever_the_file_holds_it_loads_or_raises_data_error(
    tmp_path: Path, content: bytes
) -> None:
    path = places.ranges_path(tmp_path, "aws")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"aws\.json cannot be read"):
        ranges.load(tmp_path, "aws")

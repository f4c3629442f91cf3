"""The charts of the tests are what they say."""

from __future__ import annotations

from datetime import timedelta

from tests.core.web.drawings.charts import START, chart


def test_columns_are_hours() -> None:
    made = chart((1, 2), None)
    assert [column.when - START for column in made.columns] == [timedelta(0), timedelta(hours=1)]
    assert [column.values for column in made.columns] == [(1, 2), None]

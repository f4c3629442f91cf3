"""A period is cut into few pieces, and rows of other weeks are not read."""

from __future__ import annotations

from typing import Any

import pytest

from core.store.piece import Piece, WeeklyPiece, Wish, pieces

MONTH = (24 * 20_000 + 5, 24 * 20_030 + 7)


def cut(hours: tuple[int, int], **fields: Any) -> list[tuple[str, int, int]]:
    known: dict[str, Any] = {
        "groups": (),
        "kinds": None,
        "domains": None,
        "countries": frozenset(),
    }
    found = []
    for piece in pieces(*hours, Wish(**(known | fields))):
        if isinstance(piece, Piece):
            found.append((piece.table.name, piece.first, piece.end))
        else:
            assert isinstance(piece, WeeklyPiece)
            found.append((piece.table.name, piece.span.first, piece.span.end))
    return found


ONE = frozenset({"a.test"})


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        pytest.param(
            {},
            [
                ("daily", 20_001, 20_030),
                ("hourly", MONTH[0], 24 * 20_001),
                ("hourly", 24 * 20_030, MONTH[1]),
            ],
            id="the server",
        ),
        pytest.param(
            {"domains": ONE},
            [
                ("domain_weekly", 20_001, 20_030),
                ("domain_hourly", MONTH[0], 24 * 20_001),
                ("domain_hourly", 24 * 20_030, MONTH[1]),
            ],
            id="a domain",
        ),
        pytest.param({"groups": ("hour",)}, [("hourly", *MONTH)], id="by hour"),
        pytest.param(
            {"domains": ONE, "groups": ("country",)},
            [("domain_countries", 20_000, 20_031)],
            id="a domain by country",
        ),
        pytest.param(
            {"groups": ("domain",), "countries": frozenset({"DE"})},
            [("domain_countries", 20_000, 20_031)],
            id="domains of one country",
        ),
    ],
)
def test_a_month_is_cut_into_few_pieces(
    fields: dict[str, Any], found: list[tuple[str, int, int]]
) -> None:
    assert cut(MONTH, **fields) == found


def test_a_short_period_has_no_days() -> None:
    assert cut((100, 110)) == [("hourly", 100, 110)]


def test_no_time_has_no_pieces() -> None:
    assert cut((100, 100)) == []
    assert cut((100, 90), domains=ONE, groups=("country",)) == []


def test_hours_of_a_domains_countries_are_not_counted() -> None:
    with pytest.raises(ValueError, match="by day, not by hour"):
        cut(MONTH, domains=ONE, groups=("country", "hour"))

"""The evidence is one line that a person understands."""

from __future__ import annotations

import pytest

from core.engine.judging.entry import counted, tried

NOON = 1_800_000_000.0 // 86_400 * 86_400 + 12 * 3600


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 second"),
        (45, "45 seconds"),
        (60, "1 minute"),
        (360, "6 minutes"),
        (3600, "1 hour"),
        (7 * 3600, "7 hours"),
        (86_400 * 3, "3 days"),
    ],
)
def test_it_says_how_long_it_took(seconds: float, words: str) -> None:
    expected = f"tried 14 accounts in {words}, last at 12:00 UTC"
    assert tried("tried 14 accounts", seconds, NOON) == expected


def test_one_is_not_many() -> None:
    assert (counted(1, "account", "accounts"), counted(2, "account", "accounts")) == (
        "1 account",
        "2 accounts",
    )

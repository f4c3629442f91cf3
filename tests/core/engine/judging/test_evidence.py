"""The evidence is one line that a person understands."""

from __future__ import annotations

import pytest

from core.engine.judging import evidence
from core.engine.judging.evidence import counted, tried
from core.engine.judging.scores import Tally

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


def tally(accounts: int, others: int) -> Tally:
    """What was tried in an hour."""
    return Tally(9.0, accounts, others, 20, NOON - 3600, NOON, 0)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (evidence.of_address(tally(14, 14), 0, NOON), "tried 14 accounts"),
        (evidence.of_address(tally(1, 12), 0, NOON), "tried 12 passwords of one account"),
        (evidence.of_address(tally(1, 0), 0, NOON), "tried 1 password of one account"),
        (
            evidence.of_address(tally(1, 3), 40, NOON),
            "tried 3 passwords of one account that 40 networks attack",
        ),
        (evidence.of_network(tally(9, 4), NOON), "4 of its addresses tried 9 accounts"),
        (evidence.of_system(tally(1, 16), NOON), "guessing from 16 of its networks"),
    ],
)
def test_it_says_what_was_tried(line: str, expected: str) -> None:
    assert line == f"{expected} in 1 hour, last at 12:00 UTC"

"""Points are given for what is new, in any order, and fade."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.judging.fingerprint import Fingerprints
from core.engine.judging.scores import Scores

PRINTS = Fingerprints(b"a" * 16)
PLACE = 0xCB007107
NOW = 1_800_000_000.0
DAY = 86_400.0


def scores() -> Scores:
    return Scores(1 << 12, 12_345)


def try_(known: Scores, account: str, password: str = "", at: float = NOW) -> float:
    """One failed try; an account weighs 1, a further password a quarter."""
    attempt = PRINTS.of(account, password) if password else 0
    return known.tried(PLACE, PRINTS.of(account), attempt, 1.0, 0.25, at)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("123")), max_size=12))
def test_only_what_is_new_counts(tries: list[tuple[str, str]]) -> None:
    """Repeating anything at once changes nothing."""
    once, often = scores(), scores()
    for account, password in tries:
        try_(once, account, password)
        for _ in range(3):
            try_(often, account, password)
    first, second = once.tally(PLACE, NOW), often.tally(PLACE, NOW)
    assert (first is None) == (second is None)
    if first is not None and second is not None:
        assert second.points == pytest.approx(first.points)


def test_the_order_of_tries_does_not_matter() -> None:
    tries = [("a", "1"), ("a", "2"), ("b", "1"), ("c", "1")]
    found = set()
    for order in permutations(tries):
        known = scores()
        points = [try_(known, *each) for each in order]
        found.add(round(points[-1], 6))
    assert found == {3.25}


def test_points_fade() -> None:
    known = scores()
    for account in "abcd":
        try_(known, account)
    for days, points in ((0, 4.0), (1, 2.0), (3, 0.5)):
        tally = known.tally(PLACE, NOW + days * DAY)
        assert tally is not None
        assert tally.points == pytest.approx(points)


def test_what_is_tried_again_and_again_is_an_old_password() -> None:
    """Half its points go; on the next day it gets none."""
    known = scores()
    try_(known, "a", "old")
    assert try_(known, "a", "old", NOW + 60) == pytest.approx(0.5, abs=0.01)
    assert try_(known, "a", "old", NOW + 120) == pytest.approx(0.5, abs=0.01)
    for minute in range(0, 4 * 1440, 15):
        points = try_(known, "a", "old", NOW + minute * 60)
    assert points < 0.1


def test_another_mechanism_at_once_is_no_old_password() -> None:
    """Programs of attackers try PLAIN and LOGIN one after the other."""
    known = scores()
    for second in range(10):
        points = try_(known, "a", "1", NOW + second)
    assert points == pytest.approx(1.0, abs=0.01)


def test_the_right_password_takes_back_what_its_account_got() -> None:
    known = scores()
    for password in "12345":
        try_(known, "a", password)
    known.succeeded(PLACE, PRINTS.of("a"), 1.0, NOW)
    tally = known.tally(PLACE, NOW)
    assert tally is not None
    assert tally.points == 0


def test_the_right_password_does_not_whiten_the_rest() -> None:
    known = scores()
    for account in "abcde":
        try_(known, account)
    known.succeeded(PLACE, PRINTS.of("a"), 1.0, NOW)
    known.succeeded(PLACE, PRINTS.of("a"), 1.0, NOW)
    tally = known.tally(PLACE, NOW)
    assert tally is not None
    assert tally.points == 4


def test_a_network_counts_accounts_and_addresses() -> None:
    known = scores()
    network = PLACE >> 8
    points = [
        known.spread(network, PRINTS.of(account), member, 2.0, NOW)
        for account, member in (("a", 1), ("a", 1), ("a", 2), ("b", 2), ("b", 1))
    ]
    assert points == [3, 3, 4, 6, 6]


def test_an_offender_begins_anew_and_is_remembered() -> None:
    known = scores()
    for account in "abc":
        try_(known, account)
    assert [known.offended(PLACE, NOW + day) for day in range(3)] == [1, 2, 3]
    tally = known.tally(PLACE, NOW)
    assert tally is not None
    assert (tally.points, tally.accounts, tally.offences) == (0, 0, 3)
    assert known.offended(PLACE, NOW, times=7) == 7
    assert known.offended(PLACE, NOW, times=2) == 7


def test_a_place_can_be_forgotten() -> None:
    known = scores()
    try_(known, "a")
    assert known.within(PLACE - 1, PLACE + 1) == [PLACE]
    assert known.forget(PLACE)
    assert known.tally(PLACE, NOW) is None

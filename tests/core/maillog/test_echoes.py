"""What two logs say counts once, what one says twice counts twice."""

from __future__ import annotations

import random

import pytest

from core.maillog.echoes import MOST, SECONDS, Echoes, message_of


@pytest.mark.parametrize("seed", range(10))
def test_the_larger_number_counts(seed: int) -> None:
    """However two logs' lines come among each other."""
    chance = random.Random(seed)
    ways = {"file": chance.randrange(4), "journal": chance.randrange(4)}
    told = [log for log, times in ways.items() for _ in range(times)]
    chance.shuffle(told)
    echoes = Echoes()
    new = sum(echoes.is_new(log, b"SASL failed", 100.0 + chance.random()) for log in told)
    assert new == max(ways.values())


def test_the_same_words_much_later_are_news() -> None:
    """Then it happened again."""
    echoes = Echoes()
    assert echoes.is_new("file", b"x", 100.0)
    assert not echoes.is_new("journal", b"x", 100.0)
    assert echoes.is_new("journal", b"x", 101.0 + SECONDS)
    assert not echoes.is_new("file", b"x", 101.0 + SECONDS)


def test_it_goes_on_after_a_restart() -> None:
    """One log was read further than the other."""
    echoes = Echoes()
    echoes.is_new("file", b"old", 1.0)
    echoes.is_new("file", b"x", 100.0)
    kept = echoes.kept()
    assert len(kept) == 1
    again = Echoes(kept)
    assert not again.is_new("journal", b"x", 100.5)
    assert again.is_new("journal", b"other", 100.5)


def test_memory_is_bounded() -> None:
    """What came first is forgotten."""
    echoes = Echoes()
    for number in range(MOST + 10):
        echoes.is_new("file", b"%d" % number, 100.0)
    assert len(echoes._known) <= MOST


@pytest.mark.parametrize(
    "line",
    [
        b"Nov 22 03:36:16 mail postfix/smtpd[12]: warning: a: b\n",
        b"2026-11-22T03:36:16.123456+01:00 mail postfix/smtpd[12]: warning: a: b",
    ],
)
def test_messages_without_their_header(line: bytes) -> None:
    """However the time is written."""
    assert message_of(line) == b"warning: a: b"

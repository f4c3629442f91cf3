"""Fingerprints tell names apart, say nothing of them, and sketches count them."""

from __future__ import annotations

import pytest

from core.engine.judging.fingerprint import Fingerprints, bit, size


def test_the_same_is_the_same_and_another_is_another() -> None:
    prints = Fingerprints(b"a" * 16)
    assert prints.of("bob@example.test", 1) == prints.of("bob@example.test", 1)
    assert len({prints.of("a", "b"), prints.of("ab", ""), prints.of("a"), prints.of("b")}) == 4


def test_another_process_says_something_else() -> None:
    """A password's hash in one memory image is worth nothing elsewhere."""
    assert Fingerprints(b"a" * 16).of("bob") != Fingerprints(b"b" * 16).of("bob")


def test_names_that_are_no_text_have_one_too() -> None:
    assert Fingerprints(b"a" * 16).of("b\udc80b") > 0


@pytest.mark.parametrize("count", [0, 1, 2, 6, 12, 40])
def test_a_sketch_counts(count: int) -> None:
    prints = Fingerprints(b"a" * 16)
    sketch = 0
    for number in range(count):
        sketch |= bit(prints.of(number))
    assert size(sketch) == pytest.approx(count, abs=max(1, count * 0.4))


def test_a_full_sketch_has_an_end() -> None:
    assert 200 < size((1 << 64) - 1) < 300

"""What is remembered of names and password tries: a number that nobody can turn back.

Keyed with a secret of the process that made it, so that neither a memory image nor a clever choice
of names says anything (BLAKE2, RFC 7693).
"""

from __future__ import annotations

import math
from hashlib import blake2b

SKETCH = 64
"""Bits of a sketch."""

_GOLDEN = 0x9E3779B97F4A7C15
_WORD = (1 << 64) - 1


class Fingerprints:
    """Makes them.

    Args:
        salt: 16 octets or more that nobody else knows.
    """

    __slots__ = ("_blank",)

    def __init__(self, salt: bytes) -> None:
        self._blank = blake2b(digest_size=8, key=salt)

    def of(self, *parts: str | int) -> int:
        """The number of what the parts say together; never 0."""
        state = self._blank.copy()
        state.update("\0".join(map(str, parts)).encode("utf-8", "surrogatepass"))
        return int.from_bytes(state.digest(), "big") or 1


def bit(number: int) -> int:
    """The one bit of a sketch that stands for a fingerprint, or the number of a place.

    Multiplied first (Knuth's multiplicative hash): networks of one provider differ by even steps.
    """
    return 1 << ((number * _GOLDEN & _WORD) >> 58)


def size(sketch: int) -> int:
    """How many different fingerprints a sketch has seen, about (linear counting; Whang, 1990).

    Exact while they are few, never too many by much, and some 270 when it is full.
    """
    taken = sketch.bit_count()
    return round(-SKETCH * math.log(max(1 - taken / SKETCH, 1 / SKETCH)))

"""How many different names there were, without remembering them.

Each sets one bit of many, and how many are set tells how many different ones there were, to a few
in a hundred (K.-Y. Whang, B. Vander-Zanden and H. Taylor, "A linear-time probabilistic counting
algorithm", ACM TODS 15(2), 1990). While they are few, only the numbers of these bits are kept.
"""

from __future__ import annotations

from array import array
from math import log
from typing import Final

NOBODY: Final = b""

_BITS: Final = 2048
"""Some 6000 names can be told apart; more are as many."""

_OCTETS: Final = _BITS // 8
_FEW: Final = 40
"""Bits whose numbers are kept, two octets each."""


def joined(crowd: bytes, name: str) -> bytes:
    """A crowd with one more name, which may be in it already."""
    bit = hash(name) % _BITS
    if len(crowd) < _OCTETS:
        numbers = array("H", crowd)
        if bit in numbers:
            return crowd
        numbers.append(bit)
        if len(numbers) <= _FEW:
            return numbers.tobytes()
        return _bits(numbers.tobytes()).to_bytes(_OCTETS, "little")
    octets = bytearray(crowd)
    octets[bit >> 3] |= 1 << (bit & 7)
    return bytes(octets)


def size(*crowds: bytes) -> int:
    """How many different names there are in these crowds together, about."""
    bits = 0
    for crowd in crowds:
        bits |= _bits(crowd)
    empty = _BITS - bits.bit_count()
    return round(-_BITS * log(max(empty, 1) / _BITS))


def _bits(crowd: bytes) -> int:
    if len(crowd) == _OCTETS:
        return int.from_bytes(crowd, "little")
    bits = 0
    for number in array("H", crowd):
        bits |= 1 << number
    return bits

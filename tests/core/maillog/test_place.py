"""What stands for a file."""

from __future__ import annotations

import io

import msgspec

from core.maillog.place import Place, digest, read_exactly


def test_a_place_survives_being_written() -> None:
    """It lies in a file between two runs."""
    place = Place(1, 2, 3, digest(b"begin"), 5, 6.5)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(place), type=Place) == place


def test_heads_differ() -> None:
    """Other octets, another digest."""
    assert digest(b"Nov 22 03:04:05") != digest(b"Nov 22 03:04:06")


class Dripping(io.BytesIO):
    """Gives one octet at a time, as a pipe may."""

    def read(self, size: int | None = -1, /) -> bytes:
        """One."""
        return super().read(min(1, size or 0))


def test_short_reads_are_put_together() -> None:
    """Up to the end."""
    assert read_exactly(Dripping(b"abcdef"), 4) == b"abcd"
    assert read_exactly(Dripping(b"ab"), 4) == b"ab"

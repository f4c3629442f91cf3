"""Logs are opened as they lie there."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from core.maillog.compressed import open_log

TEXT = b"one line\nand another\n" * 5000


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("log", bytes),
        ("log.gz", gzip.compress),
        ("log.xz", lzma.compress),
        ("log.bz2", bz2.compress),
        ("misnamed", gzip.compress),
    ],
)
def test_every_packing_reads_the_same(
    name: str, pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    """E24: recognised by content."""
    path = tmp_path / name
    path.write_bytes(pack(TEXT))
    stream, packed = open_log(path)
    found = b""
    while piece := stream.read(1000):
        found += piece
    stream.close()
    assert found == TEXT
    assert packed is (pack is not bytes)


def read_all(path: Path) -> None:
    """To its end."""
    stream, _ = open_log(path)
    try:
        while stream.read(1 << 20):
            pass
    finally:
        stream.close()


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
def test_what_is_not_whole_is_an_error_of_the_system(
    pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    """So that whoever reads needs to know one kind of error only."""
    path = tmp_path / "log"
    whole = pack(TEXT)
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(OSError, match="damaged"):
        read_all(path)


def test_flipped_octets_are_an_error_of_the_system(tmp_path: Path) -> None:
    """zlib has an error of its own."""
    packed = bytearray(gzip.compress(bytes(range(256)) * 500))
    packed[40:60] = b"\xff" * 20
    path = tmp_path / "log"
    path.write_bytes(packed)
    with pytest.raises(OSError, match="damaged"):
        read_all(path)


def test_zstandard_is_told(tmp_path: Path) -> None:
    """Nobody here can read it."""
    path = tmp_path / "log.zst"
    path.write_bytes(b"\x28\xb5\x2f\xfdrest")
    with pytest.raises(OSError, match="zstd"):
        open_log(path)


def test_an_empty_file_is_plain(tmp_path: Path) -> None:
    """It may grow."""
    path = tmp_path / "log"
    path.touch()
    stream, packed = open_log(path)
    assert stream.read(10) == b""
    assert not packed
    stream.close()

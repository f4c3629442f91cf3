"""Old logs are recognised and read from end to end."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.maillog.archive import PIPE, Archive

LINE = b"Nov %d 03:36:16 mail dovecot: imap-login: Login: user=<a@x>, rip=192.0.2.1, session=<%d>\n"
AT = datetime(2026, 11, 20, 3, 36, 16, tzinfo=UTC).timestamp()


def log(count: int, day: int = 20) -> bytes:
    """Lines of a day."""
    return b"".join(LINE % (day, number) for number in range(count))


def all_of(archive: Archive, begin: int = 0) -> list[bytes]:
    """Its lines."""
    return [line + b"\n" for _, lines in archive.lines(begin) for line in lines]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress])
def test_a_log_by_any_name(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """E24: dialect, begin and fingerprint are those of what is in it."""
    plain, path = tmp_path / "mail.log.1", tmp_path / "copy"
    for each, data in ((plain, log(9000)), (path, pack(log(9000)))):
        each.write_bytes(data)
        os.utime(each, (AT + 999, AT + 999))
    first, second = Archive(str(plain), zone=UTC), Archive(str(path), zone=UTC)
    assert (second.dialect, second.begins) == ("syslog", AT)
    assert first.fingerprint == second.fingerprint
    assert b"".join(all_of(second)) == log(9000)
    assert second.position == second.size == path.stat().st_size
    for each_archive in (first, second):
        each_archive.close()


def test_what_is_read_is_counted_in_octets(tmp_path: Path) -> None:
    """Whole lines; from there another goes on."""
    path = tmp_path / "log"
    path.write_bytes(log(5000) + b"half")
    archive = Archive(str(path), "syslog")
    *_, (octets, last) = archive.lines()
    archive.close()
    assert (octets, last) == (len(log(5000)), [b"half"])
    path.write_bytes(log(5000) + log(3, 21))
    again = Archive(str(path), "syslog")
    assert b"".join(all_of(again, octets)) == log(3, 21)
    again.close()


def test_rotated_ones_belong_together(tmp_path: Path) -> None:
    """By the name of the log that they were; what usually lies there helps to tell dialects."""
    path = tmp_path / "mail.log.3.gz"
    path.write_bytes(gzip.compress(log(1)))
    archive = Archive(str(path))
    assert archive.log == str(tmp_path / "mail.log")
    archive.close()


@pytest.mark.parametrize(
    ("data", "dialect", "fingerprinted"),
    [(b"", "", False), (b"<html>\n" * 9, "", True), (b"#Software: x\n", "mailenable-w3c", False)],
)
def test_what_is_no_log(data: bytes, dialect: str, fingerprinted: bool, tmp_path: Path) -> None:
    """It is told, and not guessed."""
    path = tmp_path / "x"
    path.write_bytes(data)
    archive = Archive(str(path))
    assert archive.dialect == dialect
    assert bool(archive.fingerprint) is fingerprinted
    archive.close()


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_pipe(pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Packed or not."""
    data = io.BytesIO(pack(log(7000)))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(data)))
    archive = Archive(PIPE)
    assert (archive.dialect, archive.size) == ("syslog", 0)
    assert b"".join(all_of(archive)) == log(7000)
    archive.close()


def test_a_damaged_log_is_told_where_it_ends(tmp_path: Path) -> None:
    """What came before is given."""
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress(os.urandom(1) + log(50_000))[:-100])
    archive = Archive(str(path), "syslog")
    pieces = archive.lines()
    assert next(pieces)[1]
    with pytest.raises(OSError, match="damaged"):
        all(True for _ in pieces)
    archive.close()

"""Archives: the one database is taken out, and nothing in them is trusted."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import DataError
from core.sources import unpack


def tar_of(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def tar_with(info: tarfile.TarInfo) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        tar.addfile(info)
    return buffer.getvalue()


def test_gzip(tmp_path: Path) -> None:
    (tmp_path / "packed").write_bytes(gzip.compress(b"content"))
    unpack.gunzip(tmp_path / "packed", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"content"


@pytest.mark.parametrize(
    "packed",
    [b"no gzip", gzip.compress(b"x" * 1000)[:-9], gzip.compress(b"x")[:-8] + bytes(8)],
    ids=["other", "cut off", "checksum"],
)
def test_a_damaged_gzip_is_refused(tmp_path: Path, packed: bytes) -> None:
    (tmp_path / "packed").write_bytes(packed)
    with pytest.raises(DataError, match="archive is damaged"):
        unpack.gunzip(tmp_path / "packed", tmp_path / "target")


@pytest.mark.parametrize(
    "content",
    [b"", b"plain", b"\x1f", gzip.compress(b"packed")],
    ids=["empty", "plain", "begun", "packed"],
)
def test_a_file_is_copied_and_unpacked_if_it_is_packed(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "source").write_bytes(content)
    unpack.plain(tmp_path / "source", tmp_path / "target")
    expected = b"packed" if content[:2] == b"\x1f\x8b" else content
    assert (tmp_path / "target").read_bytes() == expected


def test_a_gzip_bomb_is_cut_short(tmp_path: Path) -> None:
    (tmp_path / "packed").write_bytes(gzip.compress(bytes(10_000_000)))
    with pytest.raises(DataError, match="more than 2000000 bytes"):
        unpack.gunzip(tmp_path / "packed", tmp_path / "target", largest=2_000_000)
    assert (tmp_path / "target").stat().st_size <= 2_000_000


def test_tar_as_maxmind_packs_it(tmp_path: Path) -> None:
    """Facts 1.7: the archive holds a dated folder with the database, a licence and a copyright."""
    folder = tarfile.TarInfo("GeoLite2-Country_20261120")
    folder.type = tarfile.DIRTYPE
    archive = tar_with(folder)[:512] + tar_of(
        ("GeoLite2-Country_20261120/COPYRIGHT.txt", b"(c)"),
        ("GeoLite2-Country_20261120/GeoLite2-Country.mmdb", b"content"),
        ("GeoLite2-Country_20261120/LICENSE.txt", b"licence"),
    )
    (tmp_path / "archive").write_bytes(archive)
    unpack.untar(tmp_path / "archive", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"content"


def _special(name: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = "/etc/passwd"
    return info


@pytest.mark.parametrize(
    ("archive", "reason"),
    [
        (tar_of(("/etc/x.mmdb", b"")), "hostile name"),
        (tar_of(("../x.mmdb", b"")), "hostile name"),
        (tar_of(("a/../../x.mmdb", b"")), "hostile name"),
        (tar_of(("..\\x.mmdb", b"")), "hostile name"),
        (tar_of(("x.mmdb", b"1"), ("../y.txt", b"")), "hostile name"),
        (tar_with(_special("x.mmdb", tarfile.SYMTYPE)), "no file"),
        (tar_with(_special("x.mmdb", tarfile.LNKTYPE)), "no file"),
        (tar_with(_special("x.mmdb", tarfile.CHRTYPE)), "no file"),
        (tar_with(_special("x.mmdb", tarfile.FIFOTYPE)), "no file"),
        (tar_of(("x.mmdb", b"1"), ("y.mmdb", b"2")), "holds 2 databases"),
        (tar_of(("x.txt", b"1")), "holds 0 databases"),
        (b"nonsense", "damaged"),
        (tar_of(("x.mmdb", b"1" * 2000))[:1500], "damaged"),
    ],
)
def test_a_hostile_archive_is_refused(tmp_path: Path, archive: bytes, reason: str) -> None:
    (tmp_path / "archive").write_bytes(archive)
    with pytest.raises(DataError, match=reason):
        unpack.untar(tmp_path / "archive", tmp_path / "target")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=1200), st.integers(0, 1023))
def test_whatever_the_bytes_it_unpacks_or_raises_data_error(
    tmp_path: Path, noise: bytes, position: int
) -> None:
    archive = bytearray(tar_of(("x.mmdb", b"content")))
    archive[position : position + len(noise)] = noise
    (tmp_path / "archive").write_bytes(archive)
    for take in (unpack.untar, unpack.gunzip):
        try:
            take(tmp_path / "archive", tmp_path / "target")
        except DataError:
            continue

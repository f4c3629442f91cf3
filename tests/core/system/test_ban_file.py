"""What the daemon wants is read by root, who trusts nothing in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.errors import DataError
from core.system import ban_file
from core.system.ban_file import Ban, Bans, read, write

BANS = Bans("nftables", True, (Ban("192.0.2.1", 5.0), Ban("2001:db8::/64", 6.5)))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """A18: whole, over what was there."""
    file = tmp_path / "bans.json"
    write(file, Bans())
    write(file, BANS)
    assert read(file) == BANS
    assert [each.name for each in tmp_path.iterdir()] == ["bans.json"]


def test_without_a_file_nobody_is_banned(tmp_path: Path) -> None:
    assert read(tmp_path / "bans.json") == Bans()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"action":"rm"}',
        b'{"bans":[{"address":1,"until":2}]}',
        b'{"bans":[{"address":"x"}]}',
        b'{"bans":[{"address":"x","until":NaN}]}',
        b'{"format":2}',
        b"[" * 100_000,
        b'{"action":"\xff"}',
    ],
)
def test_nonsense_is_refused_and_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bans.json"
    file.write_bytes(content)
    with pytest.raises(DataError, match=r"bans\.json"):
        read(file)


def test_root_is_not_led_elsewhere(tmp_path: Path) -> None:
    """Links, pipes and folders."""
    (tmp_path / "other").write_bytes(b"{}")
    (tmp_path / "link").symlink_to("other")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("link", "pipe", "folder"):
        with pytest.raises(DataError):
            read(tmp_path / name)


def test_nor_flooded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ban_file, "MOST_OCTETS", 50)
    write(tmp_path / "bans.json", BANS)
    with pytest.raises(DataError, match="larger"):
        read(tmp_path / "bans.json")

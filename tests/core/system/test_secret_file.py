"""A shared secret is made once, and only its owner can read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.system import secret_file


def test_is_made_once_and_kept_private(tmp_path: Path) -> None:
    """Two programs that read it get the same, long enough not to be guessed."""
    path = tmp_path / "secret"
    first = secret_file.read(path)
    assert secret_file.read(path) == first
    assert len(first) >= 32
    assert path.stat().st_mode & 0o777 == 0o600


def test_differs_from_server_to_server(tmp_path: Path) -> None:
    """No secret is built in."""
    assert secret_file.read(tmp_path / "one") != secret_file.read(tmp_path / "other")


def test_looking_makes_nothing(tmp_path: Path) -> None:
    """A page that is only looked at leaves no file behind."""
    path = tmp_path / "secret"
    assert secret_file.look(path) == ""
    assert not path.exists()
    made = secret_file.read(path)
    assert secret_file.look(path) == made


def test_says_when_it_can_be_neither_read_nor_made(tmp_path: Path) -> None:
    """The caller decides what a server without the secret does."""
    with pytest.raises(OSError, match="No such file"):
        secret_file.read(tmp_path / "missing" / "secret")

"""Which libraries are taken from the lock file, and that nothing else ever is."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from packing import wheels
from packing.build import LOCK
from packing.recipe import PackingError
from tests.packing.wheelhouse import make_wheel

if TYPE_CHECKING:
    from pathlib import Path

SHORT = """alpha==1.0 \\
    --hash=sha256:aa
beta[extra]==2.0 ; sys_platform != 'win32' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
"""


def test_a_library_is_left_out_with_all_its_hashes() -> None:
    """The rest stays as it was, letter by letter."""
    assert wheels.select(SHORT, ["beta"]) == SHORT[: SHORT.index("beta")]
    assert wheels.select(SHORT, []) == SHORT


def test_who_leaves_out_what_is_not_locked_is_told() -> None:
    """It was renamed, perhaps, and would come along unnoticed."""
    with pytest.raises(PackingError, match="not locked: gamma"):
        wheels.select(SHORT, ["gamma"])


def test_the_project_s_lock_can_be_read() -> None:
    """The driver for PostgreSQL is what panels leave out."""
    text = wheels.select(LOCK.read_text("utf-8"), ["psycopg", "psycopg-binary"])
    assert "\nflask==" in text
    assert "psycopg" not in text


def test_a_wheel_with_another_checksum_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E11: a mirror can slow a build and not change it."""
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    make_wheel(mirror / "alpha-1.0-py3-none-any.whl", "alpha")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(mirror))
    lock = tmp_path / "lock"
    lock.write_text(f"alpha==1.0 \\\n    --hash=sha256:{'0' * 64}\n", "utf-8")
    with pytest.raises(PackingError, match=r"Python 3\.12 on x86_64: .*(?i:hash)"):
        wheels.fetch(lock, ["3.12"], ["x86_64"], tmp_path / "cache", lambda *_: None)


def test_what_was_fetched_is_kept_until_the_lock_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second build asks nobody; another lock leaves nothing of the old one."""
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(mirror))
    lock, cache = tmp_path / "lock", tmp_path / "cache"

    def fetch(name: str) -> list[str]:
        wheel = mirror / f"{name}-1.0-py3-none-any.whl"
        if not wheel.exists():
            make_wheel(wheel, name)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        lock.write_text(f"{name}==1.0 \\\n    --hash=sha256:{digest}\n", "utf-8")
        found = wheels.fetch(lock, ["3.12"], ["x86_64"], cache, lambda *_: None)
        return [wheel.name for wheel in found["3.12-x86_64"]]

    assert fetch("alpha") == ["alpha-1.0-py3-none-any.whl"]
    kept = (cache / "3.12-x86_64" / "alpha-1.0-py3-none-any.whl").stat().st_mtime_ns
    assert fetch("alpha") == ["alpha-1.0-py3-none-any.whl"]
    assert (cache / "3.12-x86_64" / "alpha-1.0-py3-none-any.whl").stat().st_mtime_ns == kept
    assert fetch("beta") == ["beta-1.0-py3-none-any.whl"]

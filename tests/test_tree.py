"""The tree of tests mirrors the tree of sources, so that a reader knows where to look."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

WITHOUT_LOGIC = {
    "core/__init__.py",
    "core/__main__.py",
    "core/errors.py",
    "core/daemon/companions.py",
    "core/engine/judging/entry.py",
    "core/engine/judging/weights.py",
    "core/engine/observation.py",
    "core/maillog/bookmark.py",
    "core/maillog/reading.py",
    "core/maillog/record.py",
    "core/panel/contract.py",
    "core/panel/hook.py",
    "core/panel/people.py",
    "core/panel/server.py",
    "core/words.py",
    "core/sources/facts.py",
    "core/store/attacker.py",
    "core/store/event.py",
    "core/store/good_pair.py",
    "core/store/signal.py",
    "core/store/migrations/env.py",
    "core/web/api/operation.py",
}
"""Names, types and contracts only: there is nothing a test of their own could catch."""


def sources() -> list[str]:
    """Every source file that should have a test file."""
    files = (file.relative_to(ROOT).as_posix() for file in (ROOT / "core").rglob("*.py"))
    return sorted(
        file
        for file in files
        if file not in WITHOUT_LOGIC
        and not file.endswith("__init__.py")
        and "/migrations/versions/" not in file
    )


@pytest.mark.parametrize("source", sources())
def test_every_source_file_has_its_test_file(source: str) -> None:
    """core/x/y.py is tested by tests/core/x/test_y.py."""
    path = Path(source)
    test = ROOT / "tests" / path.parent / f"test_{path.name}"
    assert test.exists(), f"{source} has no {test.relative_to(ROOT)}"


def test_the_list_of_exceptions_has_no_strangers() -> None:
    """A file that is gone needs no exception."""
    assert [name for name in WITHOUT_LOGIC if not (ROOT / name).exists()] == []

"""What all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.proof.recorder import MARK, Recorder, note

# A busy machine is no failure: laws are checked for what they say, not for how fast.
settings.register_profile("mailward", deadline=None)
settings.load_profile("mailward")


def pytest_make_parametrize_id(config: object, val: object, argname: str) -> str | None:
    """Name a set by its members in order: the order of their hashes differs between processes."""
    if isinstance(val, set | frozenset):
        return "{" + ",".join(sorted(map(str, val))) + "}"
    return None


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--proof FILE``: what the run proved, see `tests.proof`."""
    parser.addoption("--proof", type=Path, help="write down which promises were proved")


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known, and listen where that was asked for."""
    config.addinivalue_line("markers", f"{MARK}(*promises, of=''): see tests/proof/promise.py")
    file = config.getoption("--proof")
    if file is not None:
        config.pluginmanager.register(Recorder(file))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let each test carry what it proves."""
    note(items)

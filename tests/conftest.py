"""What all tests share."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from hypothesis import settings

from tests.proof.recorder import MARK, Recorder, note

LONG = ("plesk", "cpanel", "directadmin", "packing", "pages", "daemon", "lab", "demo")
"""Folders of tests whose files take minutes, the longest first."""

# A busy machine is no failure: laws are checked for what they say, not for how fast.
settings.register_profile("mailward", deadline=None)
settings.load_profile("mailward")


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Shells start jobs in the background deaf to Ctrl-C, and programs that tests end so inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let each test carry what it proves; where workers share them, begin with what takes long."""
    note(items)
    if hasattr(config, "workerinput"):
        items.sort(key=_room)


def _room(item: pytest.Item) -> int:
    """Tests of whole machines first, or one worker ends long after the other."""
    parts = item.path.relative_to(item.config.rootpath).parts
    return LONG.index(parts[1]) if len(parts) > 2 and parts[1] in LONG else len(LONG)

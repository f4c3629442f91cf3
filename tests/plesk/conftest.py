"""Fixtures: our extension as a built package, and doubles of Plesk with it and without.

What needs a machine of the lab is marked `lab`. One installed double is shared by all tests of a
worker: a test that changes something on it puts it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab.conftest import available
from tests.lab.package import Packages, both_builds, built_package, shared
from tests.lab.panel_server import guarded, several
from tests.pages.conftest import browser, complaints, open_page
from tests.plesk.double.server import PleskServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    NewServer = Callable[..., PleskServer]

__all__ = ["Packages", "browser", "complaints", "open_page"]


def make_package(out: Path, number: int) -> Path:
    """Build the extension for this Python and processor. Raises LabUnavailableError."""
    return built_package("plesk", out, number)[0]


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    """Two builds, as `build_packages.py plesk` makes them."""
    with available():
        return both_builds("plesk", shared(tmp_path_factory, "plesk-packages"))


@pytest.fixture(scope="session")
def installed(packages: Packages) -> Iterator[PleskServer]:
    """A Plesk of the newest version with our extension, which tests share."""
    with guarded(PleskServer, packages.first) as server:
        yield server
        assert server.complaints() == []


@pytest.fixture(scope="module")
def new_module_server() -> Iterator[PleskServer]:
    """A Plesk without our extension, for the tests of a module."""
    with available(), PleskServer() as server:
        yield server


@pytest.fixture
def new_server() -> Iterator[NewServer]:
    """`new_server(version=..., rows=...)`: a running Plesk of a test's own, without Mailward."""
    with several(PleskServer) as make:
        yield make

"""Fixtures: the installer as a built package, and doubles of cPanel with it and without.

What needs a machine of the lab is marked `lab`. One installed double is shared by all tests of a
worker: a test that changes something on it puts it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cpanel.double.server import CpanelServer
from tests.lab.conftest import available
from tests.lab.package import Packages, both_builds, built_package, shared
from tests.lab.panel_server import guarded, several
from tests.pages.conftest import browser, complaints, open_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    NewServer = Callable[..., CpanelServer]

__all__ = ["Packages", "browser", "complaints", "open_page"]


def make_package(out: Path, number: int) -> Path:
    """Build the installer for this Python and processor. Raises LabUnavailableError."""
    return built_package("cpanel", out, number, ("installer",))[0]


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    """Two builds, as `build_packages.py cpanel` makes them."""
    with available():
        return both_builds("cpanel", shared(tmp_path_factory, "cpanel-packages"), ("installer",))


@pytest.fixture(scope="session")
def installed(packages: Packages) -> Iterator[CpanelServer]:
    """A cPanel with Mailward, which tests share."""
    with guarded(CpanelServer, packages.first) as server:
        yield server


@pytest.fixture(scope="module")
def new_module_server() -> Iterator[CpanelServer]:
    """A cPanel without Mailward, for the tests of a module."""
    with available(), CpanelServer() as server:
        yield server


@pytest.fixture
def new_server() -> Iterator[NewServer]:
    """`new_server(localopts=...)`: a running cPanel of a test's own, without Mailward."""
    with several(CpanelServer) as make:
        yield make

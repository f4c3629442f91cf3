"""Fixtures: our packages as they are built, and doubles of DirectAdmin with them and without.

What needs a machine of the lab is marked `lab`. One installed double is shared by all tests of a
worker: a test that changes something on it puts it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.directadmin.double.server import DirectAdminServer
from tests.lab.conftest import available
from tests.lab.package import FIRST_BUILD, SECOND_BUILD, built_package, shared
from tests.lab.panel_server import guarded, several
from tests.pages.conftest import browser, complaints, open_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    NewServer = Callable[..., DirectAdminServer]

__all__ = ["browser", "complaints", "open_page"]


class Packages(NamedTuple):
    """The same state of the project, built twice: a server is upgraded from one to the other.

    first, second: archives of the installer; plugin, newer_plugin: of the Plugin Manager.
    """

    first: Path
    second: Path
    plugin: Path
    newer_plugin: Path


def make_packages(out: Path, number: int) -> tuple[Path, Path]:
    """Build both forms for this Python and processor. Raises LabUnavailableError."""
    installer, plugin = built_package("directadmin", out, number, ("installer", "tar.gz"))
    return installer, plugin


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    """Two builds, as `build_packages.py directadmin` makes them."""
    folder = shared(tmp_path_factory, "directadmin-packages")
    with available():
        first, plugin = make_packages(folder / "first", FIRST_BUILD)
        second, newer = make_packages(folder / "second", SECOND_BUILD)
        return Packages(first, second, plugin, newer)


@pytest.fixture(scope="session")
def installed(packages: Packages) -> Iterator[DirectAdminServer]:
    """A DirectAdmin with Mailward from a root shell, which tests share."""
    with guarded(DirectAdminServer, packages.first) as server:
        yield server


@pytest.fixture(scope="module")
def new_module_server() -> Iterator[DirectAdminServer]:
    """A DirectAdmin without Mailward, for the tests of a module."""
    with available(), DirectAdminServer() as server:
        yield server


@pytest.fixture
def new_server() -> Iterator[NewServer]:
    """`new_server(version=...)`: a running DirectAdmin of a test's own, without Mailward."""
    with several(DirectAdminServer) as make:
        yield make

"""Fixtures: our extension as a built package, and doubles of Plesk with it and without.

What needs a machine of the lab is marked `lab`. One installed double is shared by all tests of a
worker: a test that changes something on it puts it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.lab.conftest import available
from tests.lab.package import FIRST_BUILD, SECOND_BUILD, built_package
from tests.pages.conftest import browser, complaints, open_page
from tests.plesk.double.server import PleskServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    NewServer = Callable[..., PleskServer]

__all__ = ["browser", "complaints", "open_page"]


class Packages(NamedTuple):
    """The same state of the project, built twice: a server is upgraded from one to the other."""

    first: Path
    second: Path


def make_package(out: Path, number: int) -> Path:
    """Build the extension for this Python and processor. Raises LabUnavailableError."""
    return built_package("plesk", out, number).archive


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    """Two builds, as `build_packages.py plesk` makes them."""
    folder = tmp_path_factory.mktemp("packages")
    with available():
        return Packages(
            make_package(folder / "first", FIRST_BUILD),
            make_package(folder / "second", SECOND_BUILD),
        )


@pytest.fixture(scope="session")
def installed(packages: Packages) -> Iterator[PleskServer]:
    """A Plesk of the newest version with our extension, which tests share."""
    with available(), PleskServer() as server:
        result = server.install(packages.first)
        assert result.returncode == 0, result.stdout
        server.mailward("set", "country.mode", "allow")
        server.mailward("set", "country.list", "DE,AT")
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
    with available():
        made: list[PleskServer] = []

        def make(version: str = "18.0.68", rows: str = "both") -> PleskServer:
            server = PleskServer(version, rows)
            made.append(server)
            server.start()
            return server

        try:
            yield make
        finally:
            for server in made:
                server.close()

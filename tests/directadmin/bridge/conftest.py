"""DirectAdmin's web server with our plugin, and what listens in the pages' place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.directadmin.laid import CUSTOMERS, PAGES, LaidMachine
from tests.lab.conftest import available
from tests.lab.listener import Listener

if TYPE_CHECKING:
    pass


@pytest.fixture(scope="module")
def shared() -> Iterator[LaidMachine]:
    with available(), LaidMachine() as found:
        yield found


@pytest.fixture
def machine(shared: LaidMachine) -> Iterator[LaidMachine]:
    """The plugin in DirectAdmin; nothing may be printed to anybody's standard error."""
    shared.panel.errors.clear()
    shared.panel.ran.clear()
    yield shared
    shared.panel.entities = False
    assert shared.panel.errors == []


@pytest.fixture
def own(machine: LaidMachine) -> Iterator[Listener]:
    """In the place of the pages' own socket."""
    with Listener(machine.path(PAGES)) as pages:
        yield pages


@pytest.fixture
def door(machine: LaidMachine) -> Iterator[Listener]:
    """In the place of the customers' door."""
    with Listener(machine.path(CUSTOMERS)) as pages:
        yield pages

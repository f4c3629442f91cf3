"""Fixtures: cPanel's web server with our bridge, and what listens in the pages' place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cpanel.laid import CUSTOMERS, PAGES, LaidMachine
from tests.cpanel.panel_session import PanelSession
from tests.lab.conftest import available
from tests.lab.listener import Listener

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def machine() -> Iterator[LaidMachine]:
    """cPanel's web server with our bridge."""
    with available(), LaidMachine() as laid:
        yield laid
        assert laid.panel.errors == []


@pytest.fixture
def pages(machine: LaidMachine) -> Iterator[Listener]:
    """What listens in the place of the administrator's and the resellers' pages."""
    with Listener(machine.path(PAGES)) as listener:
        yield listener


@pytest.fixture
def door(machine: LaidMachine) -> Iterator[Listener]:
    """What listens at the customers' door, which everybody reaches."""
    with Listener(machine.path(CUSTOMERS)) as listener:
        yield listener


@pytest.fixture(scope="module")
def root(machine: LaidMachine) -> PanelSession:
    """The administrator's session."""
    return PanelSession(machine.panel, "root")


@pytest.fixture(scope="module")
def anna(machine: LaidMachine) -> PanelSession:
    """A customer's session."""
    return PanelSession(machine.panel, "anna")


@pytest.fixture(params=["root", "anna"])
def visitor(request: pytest.FixtureRequest) -> PanelSession:
    """Somebody at either script."""
    session = request.getfixturevalue(request.param)
    assert isinstance(session, PanelSession)
    return session


@pytest.fixture
def listener(visitor: PanelSession, pages: Listener, door: Listener) -> Listener:
    """Where that visitor's requests arrive."""
    return pages if visitor.is_whm else door

"""Fixtures: a running mail host of each release, and a PostgreSQL.

A test that takes `mail_host` runs once per release; `@pytest.mark.lab_releases("bookworm")` narrows
that. All tests of one release share a worker, and so the servers of their module.
"""

from __future__ import annotations

import contextlib
import functools
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import pytest

from tests.lab.exim_guarded import SCRIPT, GuardedExim
from tests.lab.guarded_host import GuardedHost
from tests.lab.mail_host import MailHost
from tests.lab.policy_stand_in import PolicyStandIn
from tests.lab.postgres import LabPostgres
from tests.lab.release import RELEASES, LabUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def pytest_configure(config: pytest.Config) -> None:
    """Make the lab's own marker known."""
    config.addinivalue_line("markers", "lab_releases(*names): only these releases of the lab")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that needs a release, directly or not, runs for each of them."""
    if "lab_release" not in metafunc.fixturenames:
        return
    chosen = metafunc.definition.get_closest_marker("lab_releases")
    names = chosen.args if chosen else tuple(RELEASES)
    parameters = [
        pytest.param(name, marks=[pytest.mark.xdist_group(f"lab-{name}")]) for name in names
    ]
    metafunc.parametrize("lab_release", parameters, indirect=True, scope="module")


@pytest.fixture(scope="module")
def lab_release(request: pytest.FixtureRequest) -> str:
    """The codename of the Debian release to test with."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def mail_host(lab_release: str) -> Iterator[MailHost]:
    """A running mail host that the tests of a module share, per release."""
    with available(), MailHost(lab_release) as host:
        yield host


@pytest.fixture
def own_mail_host(lab_release: str) -> Iterator[MailHost]:
    """A running mail host for one test that changes it."""
    with available(), MailHost(lab_release) as host:
        yield host


@pytest.fixture(scope="module")
def guarded_machine(lab_release: str) -> Iterator[GuardedHost]:
    """A mail host with Mailward in front, that the tests of a module share, per release."""
    with available(), GuardedHost(lab_release) as host:
        yield host


@pytest.fixture
def guarded(guarded_machine: GuardedHost) -> GuardedHost:
    """The same for one test: the daemon runs, with the settings that every test starts from."""
    if guarded_machine.daemon.is_running:
        guarded_machine.daemon.thaw()
    else:
        guarded_machine.daemon.start()
    guarded_machine.daemon.configure()
    return guarded_machine


@pytest.fixture(scope="session")
def exims() -> Iterator[Callable[[str], GuardedExim]]:
    """`exims(release)`: an Exim with the hook in it, made once and shared by the tests of a worker.

    A test that changes its configuration has one of its own.
    """
    with contextlib.ExitStack() as made:

        @functools.cache
        def exim_of(release: str) -> GuardedExim:
            with available():
                exim = made.enter_context(GuardedExim(release))
                exim.install()
                return exim

        yield exim_of


@pytest.fixture
def exim(exims: Callable[[str], GuardedExim], lab_release: str) -> GuardedExim:
    """The same for one test: the daemon runs, with the settings that every test starts from."""
    found = exims(lab_release)
    if found.daemon.is_running:
        found.daemon.thaw()
    else:
        found.daemon.start()
    found.daemon.configure()
    if SCRIPT in found.daemon.blocked():
        found.daemon.mailward("blocked", "release", SCRIPT)
    return found


@pytest.fixture
def stand_in(exim: GuardedExim) -> Iterator[PolicyStandIn]:
    """Somebody in the daemon's place, before Exim, who does what he is told."""
    exim.daemon.kill()
    with PolicyStandIn(exim.daemon.policy_socket) as found:
        found.path.chmod(0o666)
        found.path.parent.chmod(0o755)
        yield found
    found.path.unlink()


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    """The SQLAlchemy URL of an empty PostgreSQL."""
    with available(), LabPostgres() as server:
        yield server.url


@contextmanager
def available() -> Iterator[None]:
    """Say aloud that a test cannot run here; where CI runs, that is a failure."""
    try:
        yield
    except LabUnavailableError as error:
        _refuse(f"the lab cannot be had: {error}")


def _refuse(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)

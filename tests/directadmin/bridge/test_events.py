"""What DirectAdmin runs as root after something has changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from directadmin import places
from tests.directadmin.laid import LaidMachine
from tests.lab.readiness import await_true

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.lab

EVENTS = sorted(path.stem for path in (places.PLUGIN_FILES / "hooks").glob("*.sh"))
LOOKS = [event for event in EVENTS if event != "email_change_pass_post"]
NEW = "email_change_pass_post"


def _event(machine: LaidMachine, event: str, **variables: str) -> bytes:
    place = f"{places.PLUGIN}/hooks/{event}.sh"
    end = machine.run_as(0, "/bin/sh", "-c", f'"{place}"; echo "ended $?"', variables=variables)
    assert end.endswith(b"ended 0\n")
    return end.removesuffix(b"ended 0\n")


@pytest.fixture
def request_file(machine: LaidMachine) -> Iterator[Callable[[], list[str]]]:
    """Names in the folder of requests to root."""
    folder = machine.path("/var/lib/mailward/requests")
    folder.mkdir()
    yield lambda: sorted(path.name for path in folder.iterdir())
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


@pytest.mark.parametrize("event", LOOKS)
def test_event_makes_root_look_again_and_says_nothing(
    machine: LaidMachine, request_file: Callable[[], list[str]], event: str
) -> None:
    """E12: and keeps nothing of what it is given."""
    for _ in range(3):
        printed = _event(machine, event, username="anna", passwd="hunter2", domain="x.test")
        assert printed == b""
    assert request_file() == ["directadmin"]
    assert machine.path("/var/lib/mailward/requests/directadmin").read_bytes() == b""


def test_event_fails_never(machine: LaidMachine) -> None:
    """Without the folder, as after an uninstallation that was cut off."""
    for event in EVENTS:
        assert _event(machine, event, user="bob", domain="x.test") == b""


def test_event_follows_no_link(machine: LaidMachine, request_file: Callable[[], list[str]]) -> None:
    """Whoever takes the daemon over may not make root write elsewhere."""
    link = machine.path("/var/lib/mailward/requests/directadmin")
    link.symlink_to("/etc/nologin")
    _event(machine, "user_create_post")
    assert not machine.path("/etc/nologin").exists()
    assert link.is_symlink()
    assert request_file() == ["directadmin"]


@pytest.fixture
def told(machine: LaidMachine) -> Iterator[Callable[[], str]]:
    """What our command was told, and with which variables."""
    command = machine.path("/usr/local/bin/mailward")
    command.parent.mkdir(parents=True, exist_ok=True)
    log = machine.path("/told")
    command.write_text('#!/bin/sh\necho "$@" >> /told.new; env >> /told.env; mv /told.new /told\n')
    command.chmod(0o755)
    yield lambda: log.read_text() if log.exists() else ""
    command.unlink()
    for name in ("told", "told.env"):
        machine.path(f"/{name}").unlink(missing_ok=True)


def test_new_password_of_a_mailbox_is_told(
    machine: LaidMachine, told: Callable[[], str], request_file: Callable[[], list[str]]
) -> None:
    """B11: which mailbox, and not which password."""
    _event(machine, NEW, user="bob", domain="example.test", passwd="hunter2")
    await_told(told)
    assert told() == "password-changed -- bob@example.test\n"
    assert "hunter2" not in machine.path("/told.env").read_text()
    assert request_file() == []


@pytest.mark.parametrize(
    ("user", "domain"),
    [
        ("", "x.test"),
        ("-v", "x.test"),
        ("a b", "x.test"),
        ("a", "x;y"),
        ("a@b", "x.test"),
        ("a", ""),
    ],
)
def test_what_is_no_mailbox_is_told_to_nobody(
    machine: LaidMachine, told: Callable[[], str], user: str, domain: str
) -> None:
    _event(machine, NEW, user=user, domain=domain)
    _event(machine, NEW, user="bob", domain="example.test")
    await_told(told)
    assert told() == "password-changed -- bob@example.test\n"


def await_told(told: Callable[[], str]) -> None:
    """The event does not wait for our command."""
    await_true(lambda: told() != "", "our command", str)

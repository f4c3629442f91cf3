"""The disk is full in the middle of an installation, an upgrade, a removal: mail goes on, guarded.

Really full: the machine's files are on a disk of fixed size, of which a test leaves so much. What
was begun is taken back or finished by the next run, and the text says what to do. One Plesk, whose
life the tests follow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.lab.conftest import available
from tests.plesk.double.server import PleskServer
from tests.plesk.double.small_disk import SmallDisk
from tests.plesk.places import RUSSIA
from tests.plesk.test_faults import files, is_guarded, mail_flows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plesk.conftest import Packages

pytestmark = pytest.mark.lab

MEGABYTES = 450
"""Enough for two releases and what belongs to them."""

SETUP = "/opt/psa/admin/plib/modules/mailward/resources/payload/setup"
ADVICE = "make room"


class Full(NamedTuple):
    """A Plesk and its disk."""

    plesk: PleskServer
    disk: SmallDisk


@pytest.fixture(scope="module")
def full() -> Iterator[Full]:
    """Running, with room, and without our extension."""
    with available():
        server = PleskServer()
        disk = None
        try:
            disk = SmallDisk(server.root, MEGABYTES)
            server.start()
            yield Full(server, disk)
        finally:
            for keeper in server.machine.keepers:
                keeper.stop()
            if disk is not None:
                disk.close()
            server.close()


def unpacked(plesk: PleskServer) -> set[str]:
    """The releases that lie on the disk, complete or not."""
    folder = plesk.machine.path("/opt/mailward/releases")
    return {each.name for each in folder.iterdir()} if folder.exists() else set()


def refuses(plesk: PleskServer) -> bool:
    """Whether a refused country is refused before the banner."""
    with plesk.smtp(587, RUSSIA) as client:
        return client.greeting.code == 554


def test_an_installation_without_room(full: Full, packages: Packages) -> None:
    """E12: too little for the program, for accounts and units, for the undo records of a hook."""
    plesk, disk = full
    before = files(plesk)

    disk.leave(40_000)
    result = plesk.install(packages.first)
    assert result.returncode == 1
    assert "Nothing was changed" in result.stdout
    assert ADVICE in result.stdout
    assert unpacked(plesk) == set(), "half a release was left"

    disk.make_room()
    plesk.run("sh", SETUP, "unpack")
    for kilobytes, act in ((40, "make users, folders and units"), (200, "hook postfix")):
        disk.leave(kilobytes)
        result = plesk.install(packages.first)
        assert result.returncode == 0, "Plesk has the extension, and it says what is wrong"
        assert f"{act}: failed" in result.stdout, result.stdout
        assert "No space left on device" in result.stdout
        assert "run it again" in result.stdout
        assert files(plesk) == before
        assert mail_flows(plesk, RUSSIA)
        disk.make_room()

    result = plesk.install(packages.first)
    assert "failed" not in result.stdout
    assert is_guarded(plesk)


def test_an_upgrade_without_room(full: Full, packages: Packages) -> None:
    """E12: the release before goes on, or the new one runs; in between is nothing."""
    plesk, disk = full
    size = plesk.run("du", "-sk", "/opt/mailward/releases").stdout.split()[0]
    disk.leave(40_000)
    result = plesk.upgrade(packages.second)
    assert ADVICE in result.stdout
    assert "-1001-" in plesk.machine.path("/opt/mailward/current").readlink().name
    assert len(unpacked(plesk)) == 1, "half a release was left"
    assert refuses(plesk)
    disk.make_room()
    disk.leave(int(size) + 64)  # a release, and hardly anything beside it
    plesk.upgrade(packages.second)
    assert len(unpacked(plesk)) == 2
    assert refuses(plesk)
    assert mail_flows(plesk)
    disk.make_room()
    result = plesk.upgrade(packages.second)
    assert "failed" not in result.stdout
    assert "-1002-" in plesk.machine.path("/opt/mailward/current").readlink().name
    assert refuses(plesk)


def test_a_removal_without_room(full: Full) -> None:
    """E12: the hooks are gone, and nothing of ours runs."""
    plesk, disk = full
    disk.leave(0)
    removed = plesk.run("/opt/psa/admin/sbin/modules/mailward/mailward-setup", "uninstall")
    assert "failed" not in removed.stdout
    assert not refuses(plesk)
    assert mail_flows(plesk, RUSSIA)
    assert unpacked(plesk) == set()

"""Mailward is registered where cPanel and WHM look, once, and taken from there again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cpanel import places, registration
from tests.cpanel.folder import FolderServer

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def server(tmp_path: Path) -> FolderServer:
    """cPanel & WHM 126."""
    return FolderServer.planted(tmp_path / "root")


@pytest.mark.parametrize("times", [0, 1, 2])
def test_events_are_registered_once_each(server: FolderServer, tmp_path: Path, times: int) -> None:
    """E12: whatever a careless second run, or somebody's removal, has left."""
    records = tmp_path / "records"
    plan = registration.plan(server.host, records)
    assert plan.apply()
    category, name, _ = registration.EVENTS[0]
    words = ("script", places.HOOK, "--manual", "--category", category, "--event", name)
    if times == 0:
        server.commands.manage_hooks("delete", *words)
    for _ in range(times - 1):
        server.commands.manage_hooks("add", *words)
    assert registration.plan(server.host, records).apply() is (times != 1)
    mine = [each for each in server.commands.hooks() if each["hook"] == places.HOOK]
    assert len(mine) == len(registration.EVENTS)
    assert len({(each["category"], each["event"]) for each in mine}) == len(mine)
    assert registration.plan(server.host, records).undo()
    assert [each["hook"] for each in server.commands.hooks()] == [
        "/usr/local/cpanel/3rdparty/bin/somebody-else"
    ]


def test_a_right_that_whm_drops_puts_everything_back(server: FolderServer, tmp_path: Path) -> None:
    """E3: an entry that nobody sees is no entry; WHM says nothing of it itself."""
    server.host.answers[places.REGISTER] = lambda command: _registered_without_rights(
        server, command[1]
    )
    plan = registration.plan(server.host, tmp_path / "records")
    with pytest.raises(Exception, match="WHM has dropped the right software-Mailward"):
        plan.apply()
    assert not server.host.exists(f"{places.APPS}/mailward.conf")
    assert not server.host.exists(places.HOOK)


def test_the_doctor_sees_what_whm_lost_since(server: FolderServer, tmp_path: Path) -> None:
    """E8: asked of WHM itself, not of a file."""
    registration.plan(server.host, tmp_path / "records").apply()
    assert server.panel.remarks() == []
    _registered_without_rights(server, places.APP_CONFIG)
    assert [(each.subject, each.is_ill) for each in server.panel.remarks()] == [("WHM", True)]


def _registered_without_rights(server: FolderServer, file: str) -> tuple[int, str]:
    text = server.host.read(file).replace("acls=software-Mailward", "acls=")
    server.host.write(f"{places.APPS}/mailward.conf", text)
    return 0, "mailward registered\n"


@pytest.mark.parametrize("lost", [places.DYNAMIC_UI, f"{places.APPS}/mailward.conf", places.HOOK])
def test_what_somebody_takes_away_comes_back(
    server: FolderServer, tmp_path: Path, lost: str
) -> None:
    """E7: an update, or WHM's own pages."""
    records = tmp_path / "records"
    registration.plan(server.host, records).apply()
    server.host.path(lost).unlink()
    assert registration.plan(server.host, records).apply()
    assert server.host.exists(lost)
    assert not registration.plan(server.host, records).apply()


def test_a_tile_that_nobody_can_read_is_made_again(server: FolderServer, tmp_path: Path) -> None:
    """E3: the umask of whoever ran cPanel's command last (facts/cpanel.md 2)."""
    records = tmp_path / "records"
    registration.plan(server.host, records).apply()
    server.host.path(places.DYNAMIC_UI).chmod(0o600)
    assert registration.plan(server.host, records).apply()
    assert server.host.path(places.DYNAMIC_UI).stat().st_mode & 0o777 == 0o644

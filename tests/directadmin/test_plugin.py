"""The plugin is placed with its rights, and in DirectAdmin's lists nothing but our line changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core import __version__
from core.system.file_steps import WriteFile
from core.system.steps import MakeDirectory
from directadmin import places, plugin
from directadmin.panel import DirectAdmin
from tests.core.system.machines import tree
from tests.directadmin.folder import DirectAdminFolder

if TYPE_CHECKING:
    from pathlib import Path

CONF = f"{places.PLUGIN}/plugin.conf"
ITEMS = "other=type=text&string=Other&desc=&default=5"


@pytest.fixture
def server(tmp_path: Path) -> DirectAdminFolder:
    """A healthy DirectAdmin without us."""
    return DirectAdminFolder(tmp_path / "root")


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """Undo records, outside the machine."""
    return tmp_path / "records"


def test_the_plugin_is_as_directadmin_wants_it(server: DirectAdminFolder, records: Path) -> None:
    """facts/directadmin.md 1.1, 1.2: what is run can be run, nothing is set-uid, no Python."""
    plugin.plan(server, records).apply()
    modes = {
        str(path.relative_to(server.path(places.PLUGIN))): path.stat().st_mode & 0o7777
        for path in server.path(places.PLUGIN).rglob("*")
        if path.is_file()
    }
    assert {modes[f"{level}/index.{kind}"] for level in ("admin", "reseller", "user")
            for kind in ("html", "raw")} == {0o755}  # fmt: skip
    assert {mode for name, mode in modes.items() if name.endswith(".sh")} == {0o755}
    assert modes["plugin.conf"] == modes["images/menu_admin.json"] == 0o644
    assert set(modes.values()) == {0o755, 0o644}
    text = server.read(CONF)
    assert f"version={__version__}" in text
    assert "@" not in text
    assert "admin_run_as=mailward-ui" in text
    assert "user_run_as" not in text, "customers' pages run as themselves"
    assert not [name for name in modes if name.endswith((".py", ".in"))]


def test_what_directadmin_runs_as_root_is_root_s(server: DirectAdminFolder, records: Path) -> None:
    """D3: pages of other plugins may run as DirectAdmin's own user, and must not get to be root."""
    steps = plugin.plan(server, records).steps
    ours = [
        step
        for step in steps
        if isinstance(step, WriteFile | MakeDirectory) and step.path.startswith(places.PLUGIN)
    ]
    assert f"{places.PLUGIN}/hooks" in {step.path for step in ours}
    assert {(step.owner, step.group) for step in ours} == {("root", "root")}


def test_other_people_s_lines_in_the_lists_stay(server: DirectAdminFolder, records: Path) -> None:
    """facts/directadmin.md 4, 7: also without a newline at the end, and what comes later."""
    server.write(places.PACKAGE_ITEMS, ITEMS)
    before = tree(server.root)
    plugin.plan(server, records).apply()
    assert server.read(places.PACKAGE_ITEMS).startswith(f"{ITEMS}\nmailward=type=checkbox&")
    assert server.read(places.SERVICES) == "exim=ON\ndovecot=ON\nmailward=ON\n"
    plugin.plan(server, records).undo()
    assert tree(server.root) == before
    plugin.plan(server, records).apply()
    server.write(places.SERVICES, "exim=OFF\nmailward=OFF\nnew=ON\n")
    assert not plugin.plan(server, records).pending, "who does not want it watched is left alone"
    plugin.plan(server, records).undo()
    assert server.read(places.SERVICES) == "exim=OFF\nnew=ON\n"
    assert server.read(places.PACKAGE_ITEMS) == ITEMS


def test_lists_that_are_made_are_directadmin_s_and_go_again(
    server: DirectAdminFolder, records: Path
) -> None:
    """facts/directadmin.md 4: mode 0640."""
    server.path(places.SERVICES).unlink()
    before = tree(server.root)
    plugin.plan(server, records).apply()
    assert server.path(places.PACKAGE_ITEMS).stat().st_mode & 0o777 == 0o640
    plugin.plan(server, records).undo()
    assert tree(server.root) == before


def test_an_upgrade_leaves_the_plugin_switched_off(
    server: DirectAdminFolder, records: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """facts/directadmin.md 8; and a file that the newer plugin has not got any more goes."""
    before = tree(server.root)
    older, newer = tmp_path / "older", tmp_path / "newer"
    for folder, number in ((older, 1), (newer, 2)):
        folder.mkdir()
        text = f"id=mailward\nactive=yes\nversion={number}\n"
        (folder / "plugin.conf").write_text(text)
    (older / "old.html").write_text("old\n")
    monkeypatch.setattr(places, "PLUGIN_FILES", older)
    plugin.plan(server, records).apply()
    server.write(CONF, server.read(CONF).replace("active=yes", "active=no"))
    assert not plugin.plan(server, records).pending
    monkeypatch.setattr(places, "PLUGIN_FILES", newer)
    assert plugin.plan(server, records).apply() is True
    assert server.read(CONF) == "id=mailward\nactive=no\nversion=2\n"
    assert not server.exists(f"{places.PLUGIN}/old.html")
    assert plugin.plan(server, records).undo() is True
    assert tree(server.root) == before


def test_registration_is_this_plan(server: DirectAdminFolder, records: Path) -> None:
    """core/panel"""
    change = DirectAdmin(server).registration(records)
    assert change is not None
    assert "Show Mailward in DirectAdmin" in change.describe()

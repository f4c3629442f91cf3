"""A recipe that is wrong is refused with the place; a right one is read whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core import __version__
from packing.recipe import ROOT, PackingError, load, panels

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
title = "For a test"
module = "core"

[[archives]]
form = "zip"
file = "test-{version}.zip"
payload = "inside/payload"
"""

SERVER = """
title = "For a test"
module = "core"
server = "Panel"
present = "/usr/local/panel"
archives = [{ form = "installer" }, { form = "deb" }, { form = "rpm" }]
"""


def write(root: Path, text: str) -> None:
    """Make a panel's folder with this recipe."""
    (root / "panel").mkdir()
    (root / "panel" / "package.toml").write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD + "unknown = 1", "unknown"),
        (GOOD.replace('"zip"', '"rar"'), "rar"),
        (GOOD.replace("inside/payload", "../outside"), "leads out"),
        (GOOD.replace("inside/payload", "/etc"), "leads out"),
        (GOOD.replace('module = "core"', 'module = "os; x"'), "no name of a package"),
        (GOOD.replace("title", "[title"), "panel/package.toml"),
        (GOOD.replace('form = "zip"', ""), "form"),
        (GOOD.replace('file = "test-{version}.zip"', ""), "file and payload must be said"),
        (GOOD.replace("test-{version}.zip", "../x.zip"), "not the name of a file"),
        (GOOD + GOOD[GOOD.index("[[archives]]") :], "two archives have the same name"),
        (GOOD[: GOOD.index("[[archives]]")], "archives"),
        (SERVER.replace('server = "Panel"', ""), "server and present must be said"),
        (SERVER.replace("/usr/local/panel", "panel"), "server and present must be said"),
    ],
)
def test_a_wrong_recipe_names_itself(tmp_path: Path, text: str, said: str) -> None:
    """Whoever writes one finds the line."""
    write(tmp_path, text)
    with pytest.raises(PackingError, match=r"panel/package\.toml") as caught:
        load("panel", tmp_path)
    assert said in str(caught.value)


def test_a_form_says_its_name_and_place_itself(tmp_path: Path) -> None:
    """So that the recipes of all panels for root shells and package managers are alike."""
    write(tmp_path, SERVER)
    archives = load("panel", tmp_path).archives
    assert [archive.file for archive in archives] == [
        f"mailward-panel-{__version__}.tar.gz",
        f"mailward-panel_{__version__}_all.deb",
        f"mailward-panel-{__version__}.noarch.rpm",
    ]
    assert [archive.payload for archive in archives] == [
        f"mailward-panel-{__version__}/payload",
        "usr/share/mailward",
        "usr/share/mailward",
    ]


def test_a_panel_without_a_recipe_is_told_what_there_is(tmp_path: Path) -> None:
    """A name that is misspelt leads to the right one."""
    write(tmp_path, GOOD)
    with pytest.raises(PackingError, match="packages: panel"):
        load("pnael", tmp_path)


def test_every_recipe_of_the_project_can_be_read() -> None:
    """E11: each names what exists."""
    assert "plesk" in panels()
    for panel in panels():
        recipe = load(panel)
        assert (ROOT / recipe.module / "__main__.py").exists()
        for archive in recipe.archives:
            for folder in archive.folders:
                assert (ROOT / ("" if folder.shared else panel) / folder.source).is_dir()

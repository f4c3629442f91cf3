"""A recipe that is wrong is refused with the place; a right one is read whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from packing.recipe import ROOT, PackingError, load, panels

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
title = "For a test"
file = "test-{version}.zip"
form = "zip"
module = "core"
payload = "inside/payload"
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
    ],
)
def test_a_wrong_recipe_names_itself(tmp_path: Path, text: str, said: str) -> None:
    """Whoever writes one finds the line."""
    write(tmp_path, text)
    with pytest.raises(PackingError, match=r"panel/package\.toml") as caught:
        load("panel", tmp_path)
    assert said in str(caught.value)


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
        for folder in recipe.folders:
            assert (ROOT / panel / folder.source).is_dir()

"""What of the project comes into a package, and what stays out."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from core import __version__
from packing import product
from packing.recipe import Archive, Folder, Recipe, load
from packing.tree import Tree
from tests.packing.wheelhouse import make_wheel

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project with one panel, which git does not know."""
    for name, text in {
        "core/__init__.py": "",
        "core/engine.py": "x = 1\n",
        "core/__pycache__/engine.pyc": "old",
        "panel/__init__.py": "",
        "panel/panel.py": "y = 2\n",
        "panel/package.toml": "",
        "panel/bridge/meta.xml.in": "<v>@VERSION@</v><b>@BUILD@</b>",
        "panel/bridge/sbin/tool": "#!/bin/sh\n",
        "panel/bridge/page.php": "<?php\n",
        "LICENSE": "free",
        "NOTICE": "thanks",
        "tests/test_x.py": "",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(product, "ROOT", tmp_path)
    return tmp_path


RECIPE = Recipe(
    title="For a test",
    module="panel",
    archives=(Archive("zip", "x.zip", "inside/payload"),),
    apart=("bridge",),
    python=("3.11", "3.12"),
)


def test_glue_comes_where_the_panel_expects_it(project: Path) -> None:
    """Templates are filled in, programs can be run."""
    tree = Tree()
    product.add_glue(tree, "panel", (Folder("bridge", "outside", ("sbin/*",)),), 77)
    found = {piece.path: piece for piece in tree}
    assert set(found) == {"outside/meta.xml", "outside/sbin/tool", "outside/page.php"}
    text = f"<v>{__version__}</v><b>77</b>"
    assert found["outside/meta.xml"].content() == text.encode()
    assert found["outside/sbin/tool"].executable
    assert not found["outside/page.php"].executable


def test_the_payload_is_code_and_libraries_and_the_list_of_both(project: Path) -> None:
    """No tests, no glue, no leftovers of Python; a library of two targets comes once."""
    wheel = project / "library-1.0-py3-none-any.whl"
    make_wheel(wheel, "library")
    tree = Tree()
    wheels = {"3.11-x86_64": [wheel], "3.12-x86_64": [wheel]}
    product.place(tree, product.make("panel", RECIPE, wheels, 77), "inside/payload")
    found = {piece.path: piece for piece in tree.below("inside/payload")}
    assert set(found) == {
        *("app/core/__init__.py", "app/core/engine.py", "app/panel/__init__.py"),
        *("app/panel/panel.py", "wheels/library-1.0-py3-none-any.whl", "LICENSE", "NOTICE"),
        *("setup", "unpack.py", "bill.cdx.json", "manifest.json"),
    }
    manifest = json.loads(found["manifest.json"].content())
    assert (manifest["version"], manifest["build"]) == (__version__, 77)
    assert manifest["module"] == "panel"
    assert manifest["targets"]["3.12-x86_64"] == ["wheels/library-1.0-py3-none-any.whl"]
    assert manifest["files"] == {
        path: piece.sha256() for path, piece in found.items() if path != "manifest.json"
    }
    assert b'VERSIONS="3.11 3.12"' in found["setup"].content()
    assert found["setup"].executable


def test_only_what_git_knows_is_the_project_s(project: Path) -> None:
    """A file that somebody forgot in a folder does not come along."""
    for words in (("init", "-q"), ("add", "core/engine.py")):
        subprocess.run(("git", "-C", str(project), *words), check=True)
    (project / "core/forgotten.py").write_text("secret = 1\n")
    assert list(product.sources(project / "core")) == [project / "core/engine.py"]


def test_plesk_s_package_holds_what_plesk_needs() -> None:
    """facts/plesk.md 2.1: nothing above the root, and no part of the tests."""
    tree, recipe = Tree(), load("plesk")
    (archive,) = recipe.archives
    product.add_glue(tree, "plesk", archive.folders, 1)
    product.place(tree, product.make("plesk", recipe, {}, 1), archive.payload)
    paths = {piece.path for piece in tree}
    assert {
        "meta.xml",
        "DESCRIPTION.md",
        "htdocs/index.php",
        "plib/controllers/PageController.php",
        "plib/library/EventListener.php",
        "plib/hooks/Repair/Mail.php",
        "plib/scripts/post-install.php",
        "sbin/mailward-setup",
        "_meta/icons/64x64.png",
        "plib/resources/payload/app/plesk/panel.py",
        "plib/resources/payload/app/core/data/seed/seed.json",
    } <= paths
    outside = [p for p in paths if "/tests/" in p or "vendor/" in p or "/bridge/" in p]
    assert outside == []

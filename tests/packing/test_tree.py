"""A tree keeps each path once, inside the archive, in one order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from packing.recipe import PackingError
from packing.tree import Tree

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("path", ["/etc/passwd", "../up", "a/../../b", ""])
def test_nothing_leads_out_of_the_archive(path: str) -> None:
    """Whoever unpacks it trusts it."""
    with pytest.raises(PackingError, match="leads out"):
        Tree().add(path, b"")


def test_a_path_is_there_once() -> None:
    """Two files of one name would be one of them, and nobody knows which."""
    tree = Tree()
    tree.add("a/b", b"1")
    with pytest.raises(PackingError, match="a/b would be in the archive twice"):
        tree.add("a/./b", b"2")


def test_files_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    """However they were added; a file on the disk is as good as made content."""
    source = tmp_path / "file"
    source.write_bytes(b"from disk")
    tree = Tree()
    tree.add("z", b"last", executable=True)
    tree.add("a/file", source)
    assert [(p.path, p.content(), p.executable) for p in tree] == [
        ("a/file", b"from disk", False),
        ("z", b"last", True),
    ]
    assert [piece.path for piece in tree.below("a")] == ["file"]

"""Files are looked at and nothing more; what may not be read is not passed over in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.mta.neighbours import finding
from core.mta.neighbours.finding import Site, assignments, number
from tests.core.mta.neighbours.trees import tree


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('A = "1"\n', {"A": "1"}),
        ("A=1\r\nB = two words  \n", {"A": "1", "B": "two words"}),
        ("#A = 1\n  A = 2\n", {"A": "2"}),
        ('A = "1"\nA = "2"\n', {"A": "2"}),
        ('A = ""\n', {"A": ""}),
        ("A = 'x # y'\n", {"A": "x # y"}),
        ("A = 5 # five\n", {"A": "5"}),
        ("A == 5\n", {"A": "= 5"}),
        ("nonsense\n= 3\n[section]\n", {}),
        ("", {}),
    ],
)
def test_assignments(text: str, values: dict[str, str]) -> None:
    assert assignments(text) == values


@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    """Other people's files hold anything."""
    assert all(name for name in assignments(text))
    assert number(text) >= 0


def test_files_and_folders(tmp_path: Path) -> None:
    """In the order in which programs read them."""
    site = Site(tree(tmp_path, {"/etc/x/b.conf": "b", "/etc/x/a.conf": "a", "/etc/x/c": "c"}))
    assert site.names("/etc/x", ".conf") == ["/etc/x/a.conf", "/etc/x/b.conf"]
    assert site.names("/etc/y", ".conf") == []
    assert site.text("/etc/x/a.conf") == "a"
    assert site.text("/etc/x") == ""
    assert site.text("/etc/none") == ""
    assert site.has("/etc/x/c")
    assert site.unread == []


def test_a_link_does_not_lead_out_of_the_tree(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("A = 1\n")
    site = Site(tree(tmp_path / "root", {"/etc/x": ""}))
    (tmp_path / "root/etc/link").symlink_to("/secret")
    assert site.text("/etc/link") == ""


def test_bytes_that_are_no_text_are_read(tmp_path: Path) -> None:
    site = Site(tree(tmp_path, {}))
    (tmp_path / "x").write_bytes(b"A = \xff\xfe\nB = 1\n")
    assert assignments(site.text("/x"))["B"] == "1"


def test_a_huge_file_is_told_and_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_OCTETS", 3)
    site = Site(tree(tmp_path, {"/x": "A = 1"}))
    assert site.text("/x") == ""
    assert site.unread == ["/x"]


def test_what_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By whoever is not root; csf.conf, for one."""
    site = Site(tree(tmp_path, {"/x": "A = 1", "/y/z": ""}))

    def refuse(path: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "read_bytes", refuse)
    monkeypatch.setattr(Path, "iterdir", refuse)
    assert site.text("/x") == ""
    assert site.names("/y", "") == []
    assert site.unread == ["/x", "/y"]

"""E13: `conflicts` names who else guards logins here, and ends so that scripts can tell."""

from __future__ import annotations

from pathlib import Path

from tests.core.cli.desk import Desk
from tests.core.mta.neighbours.trees import tree


def test_nobody(desk: Desk, tmp_path: Path) -> None:
    tree(tmp_path / "root", {"/etc/passwd": ""})
    assert "No other program" in desk("conflicts", "--root", str(tmp_path / "root")).stdout


def test_what_overlaps_is_told_with_reason_and_advice(desk: Desk, tmp_path: Path) -> None:
    tree(tmp_path / "root", {"/var/cpanel/hulkd/enabled": ""})
    lines = desk("conflicts", "--root", str(tmp_path / "root")).stdout.splitlines()
    assert lines[0] == "overlaps  cPHulk: enabled"
    assert lines[1].strip() == "/var/cpanel/hulkd/enabled"
    assert len(lines) == 4


def test_what_collides_ends_with_1(desk: Desk, tmp_path: Path) -> None:
    tree(tmp_path / "root", {"/etc/csf/csf.conf": 'SMTPAUTH_RESTRICT = "1"\n'})
    document = desk.json("conflicts", "--json", "--root", str(tmp_path / "root"), code=1)
    assert document["findings"][0]["weight"] == "collides"
    assert document["unread"] == []


def test_other_peoples_files_do_not_command_the_terminal(desk: Desk, tmp_path: Path) -> None:
    tree(tmp_path / "root", {"/etc/csf/csf.conf": 'LF_SMTPAUTH = "5"\nPORTFLOOD = "25;\x1b[31m"\n'})
    assert "\x1b" not in desk("conflicts", "--root", str(tmp_path / "root")).stdout

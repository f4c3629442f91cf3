"""E13: what collides stands on the dashboard, what only overlaps does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.desk import conflicts, picture
from core.desk.conflicts import look, problems
from core.desk.picture import Light, looked_at
from tests.core.desk.office import Office
from tests.core.mta.neighbours.trees import tree

FILES = {
    "/etc/csf/csf.conf": 'SMTPAUTH_RESTRICT = "1"\nLF_SMTPAUTH = "5"\n',
    "/var/cpanel/hulkd/enabled": "",
}


def test_only_what_collides_is_a_problem(tmp_path: Path) -> None:
    """With what to do; the server is guarded all the same."""
    tree(tmp_path, FILES)
    found = look(tmp_path)
    assert len(found.findings) == 3
    (problem,) = problems(found)
    assert problem.part == "conflict CSF"
    assert problem.text == 'SMTPAUTH_RESTRICT = "1" (/etc/csf/csf.conf)'
    assert "country.list" in problem.advice
    assert problem.light is Light.AMBER


@pytest.mark.parametrize("part", ["webhook", "bans"])
def test_what_acts_elsewhere_leaves_the_server_guarded(part: str) -> None:
    """B14: amber, with advice."""
    problem = picture._problem(part, "away")
    assert problem.light is Light.AMBER
    assert problem.advice


def test_it_is_part_of_the_picture(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(tmp_path / "root", FILES)
    monkeypatch.setattr(conflicts, "look", lambda: look(tmp_path / "root"))
    with office.desk() as desk:
        _, found = looked_at(desk)
    assert "conflict CSF" in [each.part for each in found]

"""E13: cPanel's own guards."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.mta.neighbours import cpanel
from core.mta.neighbours.finding import Weight
from tests.core.mta.neighbours.trees import brief, found


@pytest.mark.proves("neighbours", of="cpanel")
def test_cphulk_is_named_while_it_is_on(tmp_path: Path) -> None:
    assert brief(found(cpanel.look, tmp_path, {cpanel.ENABLED: ""})) == [
        ("cPHulk", "enabled", Weight.OVERLAPS)
    ]


@pytest.mark.parametrize(("text", "count"), [("200\n", 1), ("0\n", 0), ("", 0), ("unlimited", 0)])
@pytest.mark.proves("neighbours", of="cpanel")
def test_the_limit_by_hour(tmp_path: Path, text: str, count: int) -> None:
    findings = found(cpanel.look, tmp_path, {cpanel.HOURLY: text})
    assert [each.what for each in findings] == ["200 mails an hour for each domain"][:count]

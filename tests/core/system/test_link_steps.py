"""A link comes, moves and goes; what is somebody else's is never replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import PlanError
from core.system.link_steps import MakeLink
from tests.core.system.machines import ScriptedHost, tree

if TYPE_CHECKING:
    from pathlib import Path

LINK = MakeLink("/usr/bin/mailward", "/opt/mailward/bin/mailward")


@pytest.fixture
def host(tmp_path: Path) -> ScriptedHost:
    """A machine with a folder for commands."""
    (tmp_path / "usr/bin").mkdir(parents=True)
    return ScriptedHost(tmp_path)


def test_a_link_comes_and_goes(host: ScriptedHost) -> None:
    """Though its target is not there: that is another machine's path."""
    before = tree(host.root)
    assert LINK.pending(host)
    saved = LINK.prepare(host, None)
    LINK.apply(host)
    LINK.apply(host)
    assert not LINK.pending(host)
    assert str((host.root / "usr/bin/mailward").readlink()) == "/opt/mailward/bin/mailward"
    assert LINK.undo(host, saved) == []
    assert tree(host.root) == before


def test_an_older_link_of_ours_comes_back_when_a_plan_fails(host: ScriptedHost) -> None:
    """And goes altogether when everything is undone."""
    place = host.root / "usr/bin/mailward"
    place.symlink_to("/opt/old/mailward")
    saved = LINK.prepare(host, None)
    LINK.apply(host)
    assert LINK.roll_back(host, saved) == []
    assert str(place.readlink()) == "/opt/old/mailward"
    LINK.apply(host)
    assert LINK.undo(host, saved) == []
    assert not place.is_symlink()


def test_a_file_of_somebody_else_s_stops_the_plan(host: ScriptedHost) -> None:
    """Before anything is changed."""
    (host.root / "usr/bin/mailward").write_text("theirs")
    with pytest.raises(PlanError, match="no link of ours"):
        LINK.pending(host)


def test_a_link_that_was_changed_since_stays(host: ScriptedHost) -> None:
    """It is theirs now."""
    saved = LINK.prepare(host, None)
    LINK.apply(host)
    place = host.root / "usr/bin/mailward"
    place.unlink()
    place.symlink_to("/elsewhere")
    assert LINK.roll_back(host, saved) == []
    assert LINK.undo(host, saved) == []
    assert str(place.readlink()) == "/elsewhere"

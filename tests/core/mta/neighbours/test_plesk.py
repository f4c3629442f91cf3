"""E13: Plesk counts what goes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.mta.neighbours import plesk
from core.mta.neighbours.finding import Weight
from tests.core.mta.neighbours.trees import brief, found


@pytest.mark.proves("neighbours", of="plesk")
def test_outgoing_mail_control_is_named(tmp_path: Path) -> None:
    assert brief(found(plesk.look, tmp_path, {plesk.POLLER: "* * * * * root x\n"})) == [
        ("Plesk", "Outgoing Mail Control", Weight.OVERLAPS)
    ]
    assert found(plesk.look, tmp_path / "another", {}) == []

"""E13: DirectAdmin's limits and guards."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.mta.neighbours import directadmin
from core.mta.neighbours.finding import Weight
from tests.core.mta.neighbours.trees import brief, found

CASES = [
    ({directadmin.LIMIT: "200\n"}, "DirectAdmin", "200 mails a day for each account", "overlaps"),
    (
        {directadmin.MAILBOX_LIMIT: "50"},
        "DirectAdmin",
        "50 mails a day for each mailbox",
        "overlaps",
    ),
    ({directadmin.CRACKING: ""}, "BlockCracking", "BC_LIM = 100, BC_PERIOD = 1h", "overlaps"),
    (
        {directadmin.CRACKING: "BC_LIM = 100\nBC_PERIOD = 2h\n"},
        "BlockCracking",
        "BC_LIM = 100, BC_PERIOD = 2h",
        "overlaps",
    ),
    (
        {directadmin.CRACKING: "BC_LIM = 100\n", directadmin.CRACKING_CUSTOM: "BC_LIM == 30\n"},
        "BlockCracking",
        "BC_LIM = 30, BC_PERIOD = 1h",
        "overlaps",
    ),
    ({directadmin.FIGHTER: ""}, "Easy Spam Fighter", "installed", "beside"),
    ({directadmin.BLOCKER: "#!/bin/sh\n"}, "Brute Force Monitor", "block_ip.sh", "overlaps"),
]


@pytest.mark.parametrize(("files", "program", "what", "weight"), CASES)
@pytest.mark.proves("neighbours", of="directadmin")
def test_each_is_found(
    tmp_path: Path, files: dict[str, str], program: str, what: str, weight: str
) -> None:
    assert brief(found(directadmin.look, tmp_path, files)) == [(program, what, Weight(weight))]


@pytest.mark.parametrize("limit", ["0", "", "none"])
def test_no_limit_is_none(tmp_path: Path, limit: str) -> None:
    """0 stands for unlimited."""
    assert found(directadmin.look, tmp_path, {directadmin.LIMIT: limit}) == []

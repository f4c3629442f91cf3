"""The manual's pictures of Plesk are there, small, and each is shown."""

from __future__ import annotations

import re

from tests.plesk.pictures import BUDGET, FOLDER, PICTURES

MANUAL = FOLDER.parent / "install-plesk.md"


def test_each_picture_is_there_and_shown() -> None:
    """Make them anew: ./dev run python -m tests.plesk.pictures."""
    shown = re.findall(r"!\[[^\]]+\]\(plesk/([a-z]+)\.png\)", MANUAL.read_text("utf-8"))
    files = {file.stem: file.stat().st_size for file in FOLDER.glob("*.png")}
    assert sorted(shown) == sorted(PICTURES) == sorted(files)
    assert sum(files.values()) <= BUDGET

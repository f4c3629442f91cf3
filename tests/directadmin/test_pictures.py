"""The manual's pictures are there, small, and each is shown."""

from __future__ import annotations

from tests.directadmin.pictures import FOLDER, PICTURES
from tests.pages.panel_pictures import BUDGET, octets, shown


def test_each_picture_is_there_and_shown() -> None:
    """Make them anew: ./dev run python -m tests.directadmin.pictures."""
    files = sorted(file.stem for file in FOLDER.glob("*.png"))
    assert shown(FOLDER.parent / "install-directadmin.md") == sorted(PICTURES) == files
    assert octets(FOLDER) <= BUDGET

"""The committed reference of the command line is the one that the verbs make."""

from __future__ import annotations

from pathlib import Path

from core.cli.program import VERBS
from core.cli.shapes import SHAPES
from tests.core.cli.desk import Desk

PAGE = Path(__file__).parents[3] / "docs" / "cli.md"


def test_the_committed_page_is_up_to_date(desk: Desk) -> None:
    """Make it anew: ./dev run mailward manual >docs/cli.md."""
    assert PAGE.read_text(encoding="utf-8") == desk("manual").stdout


def test_every_verb_is_in_it(desk: Desk) -> None:
    """E15: all but the one that makes the page."""
    page = desk("manual").stdout
    for verb in VERBS:
        assert (f"### `mailward {verb}`" in page) == (verb != "manual")
    for verb in SHAPES:
        assert f"### `mailward {verb} --json`" in page

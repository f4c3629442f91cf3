"""Takes a page's picture, small enough to be kept: a palette of 256 colours is all a page has."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.lab.chromium import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

NOT_SMALLER = 98, 99
"""pngquant's exit codes for a picture that it cannot shrink, or not well enough; pngquant(1)."""


def take_picture(page: Page, file: Path, *, whole: bool = True) -> None:
    """Write a page as PNG. whole: all of its length; otherwise what the window shows."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_shrunk(page.screenshot(full_page=whole, animations="disabled")))


def _shrunk(png: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as place:
        found = chromium(Path(place))
        done = subprocess.run(
            [found.pngquant, "--speed=1", "--quality=70-100", "--strip", "-"],
            input=png,
            capture_output=True,
            env=found.environment,
            check=False,
        )
    if done.returncode in NOT_SMALLER:
        return png
    done.check_returncode()
    return done.stdout

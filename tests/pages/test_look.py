"""`python -m tests.pages.look` takes a picture, and says aloud what is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tests.lab import debian
from tests.lab.conftest import available
from tests.lab.release import CHROMIUM, LabUnavailableError
from tests.pages.look import main

if TYPE_CHECKING:
    from tests.pages.site import Site


def test_without_a_browser_it_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise LabUnavailableError("the lab needs a moon")

    monkeypatch.setattr("tests.pages.look.running_browser", missing)
    done = CliRunner().invoke(main, ["http://127.0.0.1:9/", str(tmp_path / "page.png")])
    assert done.exit_code == 1
    assert "needs a moon" in done.output


@pytest.mark.lab
@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("fine", 0, ""),
        ('<p style="color: red">', 1, "inline style"),
        ("<button></button>", 1, "button-name"),
    ],
)
def test_a_page_is_looked_at(site: Site, tmp_path: Path, body: str, code: int, said: str) -> None:
    """In a process of its own: this one may have a browser already, and can have one only."""
    with available():
        debian.fetch(CHROMIUM)
    out = tmp_path / "page.png"
    url = site.page(body)
    done = subprocess.run(
        [sys.executable, "-m", "tests.pages.look", url, out, "--width", "360", "--dark"],
        cwd=Path(__file__).parents[2],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == code, done
    assert said in done.stdout
    assert out.read_bytes().startswith(b"\x89PNG")

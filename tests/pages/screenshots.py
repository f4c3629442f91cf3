"""Takes the pictures of the pages for the README and the manual, from a run of the demo.

`./dev screenshots` writes all of SHOTS anew below docs/pages/; a new page is a new line here.
"""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tests.pages.browser import NARROW, WIDE, Screen, running_browser
from tests.pages.complaints import Complaints
from tests.pages.picture import take_picture

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from playwright.sync_api import Browser

FOLDER = Path(__file__).parents[2] / "docs/pages"
BUDGET = 2_000_000
"""Octets of all pictures together: everybody who clones the project gets them."""

HEIGHTS = {WIDE: 1000, NARROW: 740}
ACT = "── 4."
"""The demo's act in which there is most to see: an account has just been blocked."""

DOOR = re.compile(r"(administrator|reseller|customer):\s+(http://127\.0\.0\.1:\d+/enter\?key=\S+)")


@dataclass(frozen=True)
class Shot:
    """One picture. role: as the demo names its addresses; path: with a query where one helps."""

    name: str
    role: str
    path: str
    width: int = WIDE
    dark: bool = False

    @property
    def file(self) -> str:
        """Its name below docs/pages: `dashboard-1600-dark.png`."""
        return f"{self.name}-{self.width}-{'dark' if self.dark else 'light'}.png"


def everywhere(name: str, role: str, path: str) -> tuple[Shot, ...]:
    """Light and dark, wide and narrow: for the pages that show how all of them look."""
    return tuple(
        Shot(name, role, path, width, dark) for width in (WIDE, NARROW) for dark in (False, True)
    )


def twice(name: str, role: str, path: str) -> tuple[Shot, ...]:
    """Wide and light, narrow and dark."""
    return Shot(name, role, path), Shot(name, role, path, NARROW, dark=True)


EXPLAINED = "/explain?address=39.32.7.1&account=julia@lindlaw.example&port=993"
"""Somebody in Pakistan knows a lawyer's password."""

SHOTS = (
    *everywhere("dashboard", "administrator", "/dashboard"),
    *everywhere("countries", "administrator", "/countries"),
    *everywhere("log", "administrator", "/log?result=stopped"),
    *everywhere("overview", "customer", "/overview"),
    *twice("limits", "administrator", "/limits"),
    *twice("security", "administrator", "/security"),
    *twice("attackers", "administrator", "/attackers"),
    *twice("lists", "administrator", "/attackers/lists"),
    *twice("stolen", "customer", "/stolen"),
    *twice("exemptions", "administrator", "/exemptions"),
    *twice("explain", "administrator", EXPLAINED),
    *twice("system", "administrator", "/system"),
    *twice("audit", "administrator", "/system/audit"),
    *twice("customers", "administrator", "/customers"),
    *twice("travellers", "customer", "/travellers"),
    *twice("domain", "customer", "/domains/lindlaw.example"),
)


def doors_in(said: str) -> dict[str, str]:
    """The addresses that the demo printed: role -> address."""
    return dict(DOOR.findall(said))


@contextlib.contextmanager
def demo() -> Iterator[dict[str, str]]:
    """A run of the demo, in the middle of its story. Yields its addresses.

    Raises ClickException with what it said when it ends before that.
    """
    with tempfile.TemporaryDirectory(prefix="mailward-demo-") as place:
        command = [sys.executable, "-m", "demo", "--fresh", "--no-lab", "--quiet"]
        process = subprocess.Popen(
            [*command, "--directory", f"{place}/demo"],
            cwd=FOLDER.parents[1],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            assert process.stdout is not None
            yield doors_in(_until_the_act(process.stdout))
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


def _until_the_act(lines: Iterable[str]) -> str:
    said = ""
    for line in lines:
        said += line
        if line.startswith(ACT):
            return said
    raise click.ClickException(f"the demo ended before it was interesting\n{said}")


def take(
    browser: Browser, shots: Sequence[Shot], doors: Mapping[str, str], folder: Path
) -> list[str]:
    """Take pictures.

    Args:
        browser: drives them.
        shots: what to show.
        doors: role -> address that lets somebody in, on the server that has the paths.
        folder: where they go.

    Returns:
        What is wrong: the browser's complaints, pages that are missing, too many octets.
    """
    wrong = []
    for shot in shots:
        complaints = Complaints()
        context = Screen(shot.width, HEIGHTS[shot.width], shot.dark).open(browser)
        complaints.listen(context)
        page = context.new_page()
        door = doors[shot.role]
        page.goto(door)
        page.goto(door.partition("/enter")[0] + shot.path)
        take_picture(page, folder / shot.file, whole=False)
        context.close()
        wrong += [f"{shot.file}: {line}" for line in complaints.left()]
    sizes = {file.name: file.stat().st_size for file in folder.glob("*.png")}
    if sum(sizes.values()) > BUDGET:
        listed = ", ".join(f"{name} {sizes[name]}" for name in sorted(sizes, key=sizes.__getitem__))
        wrong.append(f"more than {BUDGET} octets together: {listed}")
    return wrong


@click.command()
@click.argument("names", nargs=-1)
@click.option(
    "--door",
    "doors",
    multiple=True,
    metavar="ROLE=URL",
    help="An address that a running demo printed, for each role; else one is run for this.",
)
def main(names: tuple[str, ...], doors: tuple[str, ...]) -> None:
    """Take the pictures below docs/pages/ anew: all of them, or those of the pages NAMES."""
    shots = [shot for shot in SHOTS if not names or shot.name in names]
    if unknown := set(names) - {shot.name for shot in SHOTS}:
        raise click.BadParameter(f"no such page: {', '.join(sorted(unknown))}")
    if not names and FOLDER.exists():
        for file in FOLDER.glob("*.png"):
            file.unlink()
    given = dict(door.split("=", 1) for door in doors)
    running = contextlib.nullcontext(given) if given else demo()
    with running as found, running_browser() as browser:
        wrong = take(browser, shots, found, FOLDER)
    for line in wrong:
        click.echo(line, err=True)
    click.echo(f"{len(shots)} pictures in {FOLDER}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

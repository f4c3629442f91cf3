"""Builds the packages: ``build_packages.py plesk`` makes the one for Plesk, and tries it out.

Knows the panels by the folders that have a `package.toml`, and nothing else of them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from packing import check as checking
from packing import seal
from packing.build import Built, build
from packing.recipe import ROOT, PackingError, panels

console = Console(stderr=True)


class Bar:
    """Shows how far a build is."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def report(self, panel: str, step: str, done: int, total: int) -> None:
        """Show a step of a panel's build."""
        if panel not in self._tasks:
            self._tasks[panel] = self._progress.add_task(panel, total=total)
        text = f"{panel}: {step}"
        self._progress.update(self._tasks[panel], description=text, completed=done, total=total)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", metavar="PANEL ...", nargs=-1, type=click.Choice(panels()))
@click.option("--all", "everything", is_flag=True, help="Build the packages of all panels.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=ROOT / "dist", help="Where packages come to."
)
@click.option("--python", "pythons", multiple=True, help="Only for this Python, e.g. 3.12.")
@click.option("--machine", "machines", multiple=True, help="Only for this processor.")
@click.option(
    "--key",
    type=click.Path(path_type=Path, exists=True),
    help="Ed25519 private key (PEM) that signs the checksums.",
)
@click.option("--check/--no-check", default=True, help="Try each package out (the default).")
def main(
    names: tuple[str, ...],
    everything: bool,
    out: Path,
    pythons: tuple[str, ...],
    machines: tuple[str, ...],
    key: Path | None,
    check: bool,
) -> None:
    """Build packages, with everything inside that a server without internet needs.

    The same state of the project always gives the same bytes. Libraries are fetched once, by the
    checksums of requirements.lock, and kept in the folder build.
    """
    wanted = panels() if everything else list(dict.fromkeys(names))
    if not wanted:
        raise click.UsageError(f"name a panel, or say --all; there are: {', '.join(panels())}")
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    try:
        signer = seal.load_key(key) if key else None
        with Progress(*columns, console=console) as progress:
            bar = Bar(progress)
            for panel in wanted:
                built = _build(panel, out, bar, pythons, machines)
                if check:
                    checking.check(built, lambda *step, panel=panel: bar.report(panel, *step))
        seal.write(out, signer)
    except PackingError as error:
        raise click.ClickException(str(error)) from error
    if signer is None:
        console.print(f"Not signed: give --key to sign {seal.SUMS}.")
    for file in sorted(out.iterdir()):
        click.echo(f"{file}  {file.stat().st_size / 1e6:.1f} MB")


def _build(
    panel: str, out: Path, bar: Bar, pythons: tuple[str, ...], machines: tuple[str, ...]
) -> Built:
    return build(
        panel,
        out,
        ROOT / "build" / "wheels",
        lambda *step: bar.report(panel, *step),
        pythons=pythons,
        machines=machines,
    )


if __name__ == "__main__":
    sys.exit(main())

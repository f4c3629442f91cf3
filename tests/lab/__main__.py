"""`python -m tests.lab fetch|list|clean`: the lab from a terminal."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from tests.lab import debian
from tests.lab.machine import running_machines
from tests.lab.release import LAB, TREES, LabUnavailableError, Tree

console = Console(stderr=True)


@click.group()
def main() -> None:
    """Real mail servers and a browser that tests use, unpacked below .lab/ and nowhere else."""


@main.command()
@click.argument("names", nargs=-1, type=click.Choice(list(TREES)))
def fetch(names: tuple[str, ...]) -> None:
    """Fetch and unpack what is missing (everything by default)."""
    try:
        debian.require_debian()
    except LabUnavailableError as error:
        _give_up(str(error))
    problems = [problem for name in names or tuple(TREES) if (problem := _fetch_one(TREES[name]))]
    if problems:
        _give_up("; ".join(problems))


def _fetch_one(tree: Tree) -> str:
    """Fetch with a progress bar. Returns what went wrong, or nothing."""
    if debian.read_stamp(tree) is not None:
        console.print(f"{tree.name}: ready")
        return ""
    started = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task(tree.name, total=1)

        def report(step: str, done: int, total: int) -> None:
            label = f"{tree.name}: {step}"
            bar.update(task, description=label, completed=done, total=total)

        try:
            packages = debian.fetch(tree, report)
        except LabUnavailableError as error:
            return str(error)
    seconds = time.monotonic() - started
    console.print(f"{tree.name}: {len(packages)} packages unpacked in {seconds:.0f} s")
    return ""


def _give_up(reason: str) -> None:
    """Loud on a laptop, where the lab's tests are then skipped; an error where CI runs."""
    text = f"[bold red]Something that the tests need is missing:[/] {reason}"
    console.print(text, highlight=False, soft_wrap=True)
    if os.environ.get("CI"):
        sys.exit(1)
    console.print("The tests that need it will be skipped.")
    sys.exit(0)


@main.command("list")
def show() -> None:
    """What is unpacked, and the versions of what is used."""
    for tree in TREES.values():
        packages = debian.read_stamp(tree)
        if packages is None:
            click.echo(f"{tree.name:13} not fetched")
            continue
        shown = (
            *("postfix", "dovecot-core", "exim4-daemon-heavy", "postgresql-15"),
            "chromium-headless-shell",
        )
        versions = "  ".join(f"{name} {packages[name]}" for name in shown if name in packages)
        click.echo(f"{tree.name:13} {versions}")


@main.command()
def clean() -> None:
    """Remove the lab. Refused while servers of it run."""
    if running := running_machines():
        names = ", ".join(running)
        raise click.ClickException(f"servers of the lab are running ({names}); stop them first")
    with contextlib.ExitStack() as held:
        for tree in TREES.values():
            held.enter_context(debian.locked(tree))
        for entry in LAB.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)


if __name__ == "__main__":
    main()

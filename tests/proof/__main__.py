"""`python -m tests.proof write|check FILE`: make tables of a run, or hold it against them."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tests.proof import table
from tests.proof.recorder import Proof

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "docs" / "panels.json"
DOCUMENT = ROOT / "docs" / "panels.md"
README = ROOT / "README.md"
BEGIN, END = "<!-- panels: made by ./dev panels -->", "<!-- /panels -->"


def read(file: Path) -> Proof:
    """A record of what was proved."""
    proof: Proof = json.loads(file.read_text("utf-8"))
    return proof


def between_marks(text: str, made: str) -> str:
    """The text with what was made between the two marks.

    Raises:
        click.ClickException: it has no such marks.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise click.ClickException(f"README.md has no lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{made}{END}{after}"


@click.group()
def main() -> None:
    """What works where, told by the tests."""


@main.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True))
def write(file: Path) -> None:
    """Make docs/panels.json, docs/panels.md and the README's table from a run's record."""
    proof = read(file)
    RECORD.write_text(json.dumps(proof, indent=1, sort_keys=True) + "\n", "utf-8")
    DOCUMENT.write_text(table.document(proof), "utf-8")
    README.write_text(between_marks(README.read_text("utf-8"), table.glance(proof)), "utf-8")


@main.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True))
def check(file: Path) -> None:
    """Ends with 1 when the tables say what this run did not prove."""
    ran, said = read(file), read(RECORD)
    lost = [
        f"{whom}, {promise}: {test}"
        for whom, promises in said.items()
        for promise, tests in promises.items()
        for test in tests
        if test not in ran.get(whom, {}).get(promise, [])
    ]
    if lost:
        told = "\n".join(lost)
        raise click.ClickException(f"docs/panels.md says what was not proved now:\n{told}")
    more = sum(
        len(set(tests) - set(said.get(whom, {}).get(promise, [])))
        for whom, promises in ran.items()
        for promise, tests in promises.items()
    )
    if more:
        click.echo(f"{more} proofs are not in docs/panels.md yet: ./dev panels")


if __name__ == "__main__":
    main()

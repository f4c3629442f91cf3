"""``conflicts``: other programs on this server that do what Mailward does."""

from __future__ import annotations

from pathlib import Path

import click

from core.cli.exit_code import ExitCode
from core.cli.parameters import as_json
from core.cli.terminal import Colour, emit, paint, remark, say
from core.desk import conflicts as desk
from core.desk.text import printable
from core.mta.neighbours.finding import Weight

_COLOURS: dict[Weight, Colour] = {
    Weight.COLLIDES: "red",
    Weight.OVERLAPS: "yellow",
    Weight.BESIDE: "green",
}


@click.command()
@as_json
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("/"),
    show_default=True,
    help="Of the system that is looked at.",
)
@click.pass_context
def conflicts(ctx: click.Context, as_json: bool, root: Path) -> None:
    """Say which other programs here guard logins or limit mail, and what to do about each.

    collides: people are refused and nobody can say why. overlaps: both do the same, and the
    stricter wins. beside: no trouble is expected. Looks at files only, and changes nothing; some
    of them only root may read. Exit code 1 when something collides.
    """
    found = desk.look(root)
    if as_json:
        emit(found)
    else:
        for each in found.findings:
            weight = paint(f"{each.weight:<8}", _COLOURS[each.weight])
            say(f"{weight}  {printable(each.program)}: {printable(each.what)}")
            for line in (each.where, each.why, each.advice):
                say(f"          {printable(line)}")
        if not found.findings:
            say("No other program here is known to guard logins or to limit mail.")
    for name in found.unread:
        remark(f"{printable(name)} may be read by root only: run this as root")
    for fault in found.faults:
        remark(f"could not be understood: {printable(fault)}")
    if any(each.weight is Weight.COLLIDES for each in found.findings):
        ctx.exit(ExitCode.PROBLEMS)

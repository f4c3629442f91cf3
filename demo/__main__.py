"""`./dev demo`: the command."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from demo.ending import Ending


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--fresh", is_flag=True, help="Forget earlier runs; write a new month.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    help="Where everything is kept; .demo without it.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    help="End by itself; the story is told as fast as it must be.",
)
@click.option("--no-lab", is_flag=True, help="Do without the real Postfix and Dovecot.")
@click.option(
    "--speed",
    type=click.FloatRange(min=0.1, max=50),
    help="How many times as fast the story is told.",
)
@click.option("--quiet", is_flag=True, help="Acts and results only, no single decisions.")
def main(
    fresh: bool,
    directory: Path | None,
    seconds: float | None,
    no_lab: bool,
    speed: float | None,
    quiet: bool,
) -> None:
    """Run the daemon with living data, and print its decisions. Ctrl-C ends it."""
    ending = Ending()
    ending.listen()
    # Loading the rest takes half a second, in which a signal is heard already.
    from core.cli import streams  # noqa: PLC0415
    from core.errors import MailwardError  # noqa: PLC0415
    from demo.directory import DEFAULT  # noqa: PLC0415
    from demo.problem import DemoError  # noqa: PLC0415
    from demo.screen import Screen  # noqa: PLC0415
    from demo.show import Options, Show  # noqa: PLC0415

    streams.take_anything()
    options = Options(directory or DEFAULT, fresh, seconds or 0, not no_lab, speed or 0)
    try:
        Show(options, Screen(quiet=quiet), ending).run()
    except (DemoError, MailwardError) as error:
        click.echo(f"demo: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()

"""`python -m tests.pages.look URL OUT.png`: a picture of a page, and what is wrong with it."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from playwright.sync_api import Error

from tests.lab.release import LabUnavailableError
from tests.pages.accessibility import barriers
from tests.pages.browser import WIDE, Screen, running_browser
from tests.pages.complaints import Complaints
from tests.pages.picture import take_picture


@click.command()
@click.argument("url")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--width", default=WIDE, show_default=True, help="Of the window, in pixels.")
@click.option("--height", default=900, show_default=True, help="Of the window, in pixels.")
@click.option("--dark", is_flag=True, help="The visitor's system prefers dark colours.")
@click.option("--locale", default="en-GB", show_default=True)
@click.option("--zone", default="UTC", show_default=True, help="The visitor's time zone.")
@click.option("--header", "headers", multiple=True, metavar="NAME=VALUE", help="Sent along.")
@click.option("--window", is_flag=True, help="Only what the window shows, not the whole page.")
def main(
    url: str,
    out: Path,
    width: int,
    height: int,
    dark: bool,
    locale: str,
    zone: str,
    headers: tuple[str, ...],
    window: bool,
) -> None:
    """Write a picture of the page at URL (on this machine) to OUT, a PNG file.

    Says what the browser complains about and what axe-core finds; ends with 1 if there is any.
    """
    sent = dict(header.split("=", 1) for header in headers)
    screen = Screen(width, height, dark, locale, zone, sent)
    try:
        found = _look(url, out, screen, whole=not window)
    except (LabUnavailableError, Error) as error:
        raise click.ClickException(str(error)) from error
    for line in found:
        click.echo(line)
    sys.exit(1 if found else 0)


def _look(url: str, out: Path, screen: Screen, *, whole: bool) -> list[str]:
    complaints = Complaints()
    with running_browser() as browser:
        context = screen.open(browser)
        complaints.listen(context)
        page = context.new_page()
        page.goto(url)
        take_picture(page, out, whole=whole)
        found = barriers(page)
        context.close()
    return complaints.left() + found


if __name__ == "__main__":
    main()

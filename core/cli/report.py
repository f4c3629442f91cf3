"""``report``: what a report says, and mail one now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast, get_args

import click

from core.cli.parameters import not_empty
from core.cli.session import Session, pass_session
from core.cli.terminal import say
from core.desk.text import printable
from core.notify.report_period import Every
from core.settings.scope import scope_of

_DOMAIN: Final = click.option(
    "--domain",
    default="",
    callback=not_empty,
    metavar="DOMAIN",
    help="The report for the owner of that domain; without it the administrator's.",
)
_PERIOD: Final = click.option(
    "--period",
    type=click.Choice(list(get_args(Every))),
    default=None,
    help="Yesterday, or the last week from Monday to Sunday; without it as it is set.",
)


def _options(verb: Callable[..., Any]) -> Callable[..., Any]:
    return _DOMAIN(_PERIOD(verb))


@click.group()
def report() -> None:
    """The report that is mailed every day or every week."""


@report.command("show")
@_options
@click.option("--html", "as_html", is_flag=True, help="As a page of HTML.")
@pass_session
def report_show(session: Session, domain: str, period: str | None, as_html: bool) -> None:
    """Print the report on the last day or week that is over.

    It reads what the mailed one will say, so it also shows whether anybody needs it.
    """
    # Loads babel, which other verbs do without.
    from core.desk import report as reports  # noqa: PLC0415
    from core.notify.report_document import html, plain  # noqa: PLC0415

    with session.desk(make=False) as desk:
        made = reports.make(desk, scope_of(domain).name, cast("Every | None", period))
    if as_html:
        click.echo(html(made), nl=False)
        return
    say(f"{made.subject}\n\n{plain(made)}".rstrip("\n"))


@report.command("send")
@_options
@pass_session
def report_send(session: Session, domain: str, period: str | None) -> None:
    """Mail the report now, and say exactly what happened.

    It goes to notify.address, or with --domain to that domain's owner.address. The report that is
    due next is mailed all the same.
    """
    from core.desk import report as reports  # noqa: PLC0415  see above

    with session.desk(make=False) as desk:
        sent = reports.send(desk, scope_of(domain).name, cast("Every | None", period))
    say(f"to       {printable(sent.recipient)}")
    say(f"subject  {printable(sent.subject)}")
    say(f"id       {sent.id}")
    say(f"result   {printable(sent.result)}")

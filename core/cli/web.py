"""``web``: run the pages, and let people in on a server without a panel."""

from __future__ import annotations

import time
from urllib.parse import quote

import click

from core.cli.parameters import as_json
from core.cli.session import Session, pass_session
from core.cli.terminal import emit, remark, say
from core.errors import ConfigError
from core.panel import Role, Viewer

HOUR = 3600


@click.group()
def web() -> None:
    """The pages: run them, or print an address that lets somebody in."""


@web.command("serve")
@click.option(
    "--customers",
    is_flag=True,
    help="Only those of customers whose own processes ask, at `listen.customers`, a socket that "
    "every local user reaches; for panels that run customers' pages as the customers' own users.",
)
@pass_session
def web_serve(session: Session, customers: bool) -> None:
    """Run the pages in the foreground.

    The service manager does this at boot. They listen where `listen.web` of the configuration says:
    a unix socket for a panel's bridge, or tcp:127.0.0.1:PORT for a browser. SIGTERM or Ctrl-C ends
    them; mail and logins are guarded without them.
    """
    if customers:
        session.pages.serve_customers(session.config, session.panel)
        return
    where = session.config.web
    if where != "off":
        remark(f"The pages are at {where}; `mailward web link` prints an address that lets you in.")
    session.pages.serve(session.config, session.panel)


@web.command("link")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.ADMIN.value,
    show_default=True,
    help="As whom the address lets in.",
)
@click.option(
    "--login",
    default="root",
    show_default=True,
    help="The name in the panel: decides which domains a reseller or customer sees, and stands in "
    "the audit trail.",
)
@click.option(
    "--hours",
    type=click.FloatRange(min=0, min_open=True, max=24 * 30),
    default=12,
    show_default=True,
    help="For how long.",
)
@as_json
@pass_session
def web_link(session: Session, role: str, login: str, hours: float, as_json: bool) -> None:
    """Print an address that lets its reader into the pages.

    For servers without a panel; inside a panel its own session lets people in. Whoever has the
    address is that person until it ends, so do not mail it around.
    """
    kind, _, place = session.config.web.partition(":")
    if kind != "tcp":
        raise ConfigError(
            "listen.web is no tcp:127.0.0.1:PORT, so a browser cannot reach the pages: set it in "
            "the configuration and start the pages again"
        )
    until = time.time() + hours * HOUR
    key = session.pages.key(session.config, Viewer(Role(role), login), until)
    address = f"http://{place}/enter?key={quote(key, safe='')}"
    if as_json:
        emit({"address": address, "role": role, "login": login, "until": until})
        return
    say(address)
    remark(f"From another machine first: ssh -L {place.rpartition(':')[2]}:{place} THIS-SERVER")

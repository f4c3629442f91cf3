"""``serve``: run the daemon."""

from __future__ import annotations

import click

from core.cli.session import Session, pass_session


@click.command()
@pass_session
def serve(session: Session) -> None:
    """Run the daemon in the foreground.

    The service manager does this at boot. SIGTERM or Ctrl-C ends it without losing anything;
    SIGHUP makes it read settings and data anew. What it has to say goes to standard error: text on
    a terminal, JSON lines anywhere else.
    """
    session.serve(session.config, session.panel)

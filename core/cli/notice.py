"""``test-notice``: send the administrator's notice now, to see whether it arrives."""

from __future__ import annotations

import click

from core.cli.session import Session, pass_session
from core.cli.terminal import say
from core.desk import trial_notice
from core.desk.text import printable


@click.command("test-notice")
@pass_session
def test_notice(session: Session) -> None:
    """Send a block notice to notify.address now, and say exactly what happened.

    Nobody is blocked. The mail system's answer is shown; whether the mail arrives is decided
    beyond it.
    """
    sent = trial_notice.send_with(session.resolved().server)
    say(f"from     {printable(sent.sender)}")
    say(f"to       {printable(sent.recipient)}")
    say(f"id       {sent.id}")
    say(f"result   {printable(sent.result)}")

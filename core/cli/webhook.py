"""``test-webhook``: tell the webhook now that nothing has happened."""

from __future__ import annotations

import click

from core.cli.session import Session, pass_session
from core.cli.terminal import remark, say
from core.desk import trial_webhook
from core.desk.text import printable


@click.command("test-webhook")
@pass_session
def test_webhook(session: Session) -> None:
    """Tell webhook.url now that nothing has happened, and say what it answered.

    The event has the kind test, and is sent once.
    """
    sent = trial_webhook.send_with(session.resolved().server)
    say(f"to       {printable(sent.host)}")
    say(f"id       {sent.id}")
    say(f"signed   {'yes' if sent.signed else 'no'}")
    say(f"result   {printable(sent.result)}")
    if not sent.signed:
        remark(trial_webhook.WITHOUT_SECRET)

"""``test-notice``: send the administrator's notice now, to see whether it arrives."""

from __future__ import annotations

import time

import click

from core.cli.session import Session, pass_session
from core.cli.stores import resolved
from core.cli.terminal import printable, say
from core.errors import SettingError
from core.notify.block_notice import compose
from core.notify.host_name import host_name
from core.notify.submission import submit
from core.settings.model import Settings
from core.store.block import Block
from core.words import Reason


@click.command("test-notice")
@pass_session
def test_notice(session: Session) -> None:
    """Send a block notice to notify.address now, and say exactly what happened.

    Nobody is blocked. The mail system's answer is shown; whether the mail arrives is decided
    beyond it.
    """
    settings = resolved(session.config).server
    recipient = settings.notify.address
    if not recipient:
        raise SettingError("notify.address: is empty, so nobody is told when an account is blocked")
    host = host_name()
    message = compose(_example(settings, host), recipient, host, test=True)
    say(f"from     {printable(str(message['From']))}")
    say(f"to       {printable(recipient)}")
    say(f"id       {message['Message-ID']}")
    say(f"result   {printable(submit(message, recipient))}")


def _example(settings: Settings, host: str) -> Block:
    now, send = time.time(), settings.send
    return Block(
        account=f"example@{host}",
        started=now,
        until=now + send.block_seconds,
        seconds=send.block_seconds,
        reason=Reason.SEND_LIMIT,
        evidence=f"{send.limit + 1} {send.unit} within {send.seconds} seconds, "
        f"{send.limit} are permitted",
    )

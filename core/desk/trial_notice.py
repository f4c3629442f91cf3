"""The administrator's notice, sent now to see whether it arrives. Nobody is blocked."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec import Struct

from core.errors import SettingError
from core.notify.block_notice import compose
from core.notify.host_name import host_name
from core.notify.submission import submit
from core.settings.model import Settings
from core.store.block import Block
from core.words import Reason

if TYPE_CHECKING:
    from core.desk.desk import Desk


class SentNotice(Struct, frozen=True):
    """A notice that the mail system took; whether it arrives is decided beyond it.

    Attributes:
        sender, recipient: its addresses.
        id: its Message-ID, to find it in the mail log.
        result: which way it went and what the mail system said.
    """

    sender: str
    recipient: str
    id: str
    result: str


def send(desk: Desk) -> SentNotice:
    """Send an example of a block notice to notify.address. May take half a minute.

    Raises:
        SettingError: notify.address is empty.
        NoticeError: nobody took it; the text says what each way complained about.
        StoreError: the settings cannot be read.
    """
    return send_with(desk.rules().resolved.server)


def send_with(settings: Settings) -> SentNotice:
    """As `send`, with the server's settings."""
    recipient = settings.notify.address
    if not recipient:
        raise SettingError("notify.address: is empty, so nobody is told when an account is blocked")
    host = host_name()
    language = settings.notify.language
    message = compose(_example(settings, host), recipient, host, language=language, test=True)
    result = submit(message, recipient)
    return SentNotice(str(message["From"]), recipient, str(message["Message-ID"]), result)


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

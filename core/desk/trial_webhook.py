"""The webhook, told now that nothing has happened, to see whether it answers."""

from __future__ import annotations

import time
from typing import Final

from msgspec import Struct

from core.errors import NoticeError, SettingError
from core.notify import webhook_event, webhook_place
from core.notify.webhook import Sender
from core.settings.model import Settings

WITHOUT_SECRET: Final = "webhook.secret is empty, so nobody can tell that this server sent it"  # noqa: S105  it is what people read


class SentWebhook(Struct, frozen=True):
    """An event that the receiver took.

    Attributes:
        host: who.
        id: the event's.
        result: what was answered.
        signed: whether it was signed.
    """

    host: str
    id: str
    result: str
    signed: bool


def send_with(settings: Settings, sender: Sender | None = None) -> SentWebhook:
    """Tell the webhook of nothing. May take half a minute.

    Args:
        settings: the server's.
        sender: None for the real one.

    Raises:
        SettingError: webhook.url is empty.
        NoticeError: it was not taken; the text says what was answered.
    """
    hook = settings.webhook
    if not hook.url:
        raise SettingError("webhook.url: is empty, so no program is told")
    event = webhook_event.example(time.time())
    outcome = (sender or Sender()).send(event, settings)
    if not outcome.taken:
        raise NoticeError(f"the webhook did not take it: {outcome.text}")
    return SentWebhook(webhook_place.host_of(hook.url), event.id, outcome.text, bool(hook.secret))

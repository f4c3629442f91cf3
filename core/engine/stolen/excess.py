"""Judges what an account sends, against what it has sent before."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Final

from core.engine.stolen.outflow import Sent, Usual
from core.engine.stolen.signal import Signal
from core.settings.stolen import Stolen
from core.words import SignalKind

MAILS: Final = 60
"""Fewer mails an hour are never too many: some people answer all letters of a week at once."""

RECIPIENTS: Final = 500
"""Fewer different recipients an hour are never too many: a club invites its members."""

FAILED: Final = 25
"""Fewer refused recipients are never too many."""

DAYS: Final = 7
"""Days for which something must be known of an account before it can be said what is usual."""


def asks(sent: Sent, settings: Stolen) -> bool:
    """Whether an account sends so much that its past matters."""
    return bool(settings.volume) and (sent.mails >= MAILS or sent.recipients >= RECIPIENTS)


def next_look(sent: Sent, usual: Usual | None, settings: Stolen) -> tuple[float, float]:
    """How many mails and recipients of the hour can change what `judge` makes of them.

    Args:
        sent: what was judged just now.
        usual: what the account sent before; None while that is not known, or of no account.
        settings: what counts for it.
    """
    if not settings.volume or usual is None or usual.days < DAYS:
        return inf, inf
    mails = max(MAILS, settings.volume * usual.mails)
    recipients = max(RECIPIENTS, settings.volume * usual.recipients)
    return (
        mails if sent.mails < mails else inf,
        recipients if sent.recipients < recipients else inf,
    )


def judge(
    account: str, sent: Sent, usual: Usual | None, at: float, settings: Stolen
) -> Iterator[Signal]:
    """What an account's sending tells.

    Args:
        account: normalised name.
        sent: what it sent within the last hour.
        usual: what it sent before; None while that is not known.
        at: seconds since 1970.
        settings: what counts for it.
    """
    if settings.volume and usual is not None and usual.days >= DAYS:
        for kind, floor, now, before, noun in (
            (SignalKind.VOLUME, MAILS, sent.mails, usual.mails, "mails"),
            (
                SignalKind.RECIPIENTS,
                RECIPIENTS,
                sent.recipients,
                usual.recipients,
                "different recipients",
            ),
        ):
            if now >= max(floor, settings.volume * before):
                evidence = (
                    f"{now} {noun} within an hour; its busiest hour of the last {usual.days} days "
                    f"had {before}"
                )
                yield Signal(account, kind, evidence, sent.since, at)
    if settings.failed and sent.failed >= FAILED:
        percent = min(100, 100 * sent.failed // max(1, sent.told))
        if percent >= settings.failed:
            evidence = f"{sent.failed} of {sent.told} recipients of the last hour were refused"
            yield Signal(account, SignalKind.FAILED_RECIPIENTS, evidence, sent.since, at)

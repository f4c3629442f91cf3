"""The quick way to decide about a mail: most are within their account's limit, and that is all.

It says less than the checks (`core.engine.checks`) and never anything else: what it lets through,
they would let through, and count alike. Whatever it does not let through they must be asked about.
"""

from __future__ import annotations

from core.engine.blocks import Blocks
from core.engine.policy import Snapshot
from core.engine.request import Request
from core.engine.window import SendWindows
from core.settings.sending import Send


def limit_of(request: Request, snapshot: Snapshot) -> Send | None:
    """The limit of an account's mails; None for whoever is exempt from it, or is nobody."""
    senders = snapshot.exempt_senders
    if not request.account or not senders.empty:
        return None
    return snapshot.policy(request.account).send


def is_within_limit(
    request: Request, send: Send, blocks: Blocks, windows: SendWindows, now: float
) -> bool:
    """Count a mail if no check of `Stage.SEND` has anything against it; the quick way to decide.

    Where it says no, nothing is counted, and the checks must be asked.

    Args:
        request: the mail.
        send: see `limit_of`; nothing may have been set since.
        blocks, windows: the state of sending.
        now: seconds on the clock that never jumps.
    """
    if blocks.known and blocks.holds(request.account):
        return False
    cost = 1 if send.unit == "messages" else max(1, request.recipients)
    used = windows.add(request.account, now, send.seconds, cost, send.limit)
    return used <= send.limit

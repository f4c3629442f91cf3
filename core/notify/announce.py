"""What the daemon calls when an account is blocked."""

from __future__ import annotations

from core.notify.block_notice import compose
from core.notify.host_name import host_name
from core.notify.submission import submit
from core.settings.model import Settings
from core.store.block import Block


def announce(block: Block, settings: Settings) -> None:
    """Send one notice about one block to ``notify.address``; nothing while that is empty.

    May take half a minute, so it runs beside the daemon's loop.

    Args:
        block: the block that has begun.
        settings: what counts for the account.

    Raises:
        NoticeError: it could not be handed over.
    """
    address = settings.notify.address
    if address:
        submit(compose(block, address, host_name()), address)

"""Which blocks stand when the daemon starts.

The ledger knows. Where it is damaged or gone, the store's history stands in for what is missing.
"""

from __future__ import annotations

from contextlib import suppress

from core.errors import StoreError
from core.store.block import Block
from core.store.ledger import Ledger
from core.store.store import Store


def standing(ledger: Ledger | None, store: Store | None, now: float) -> list[Block]:
    """All blocks that are not over.

    What only the history knows is written into the ledger, so that it lasts as the others do.

    Args:
        ledger: None when it could not be opened.
        store: None when it could not be opened.
        now: seconds since 1970.
    """
    found = {} if ledger is None else {block.account: block for block in ledger.standing(now)}
    if store is None or not (ledger is None or ledger.is_new or ledger.problem):
        return list(found.values())
    try:
        history = store.blocks.standing(now)
    except StoreError:
        return list(found.values())
    for past in history:
        if past.account in found:
            continue
        block = Block(
            account=past.account,
            started=past.started,
            until=past.until,
            seconds=past.seconds,
            reason=past.reason,
            evidence=past.evidence,
        )
        found[block.account] = block
        if ledger is not None:
            with suppress(StoreError):  # the disk is full: it stands all the same
                ledger.block(block)
    return list(found.values())

"""What led to a block, in plain words: how many mails, how fast, from where.

Reads the mails that the account sent just before a block for too many; a block by hand, or of an
account that looked stolen, has its evidence with it.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from flask_babel import gettext, ngettext
from msgspec import Struct

from core.desk.text import printable
from core.settings.model import Settings
from core.store.block import Block
from core.store.event_filter import EventFilter
from core.store.store import Store
from core.web.evidence import evidence
from core.web.wording import country, length, number
from core.words import Reason, Service, Stage

MOST: Final = 500
"""Mails that are looked at."""

_EVIDENCE: Final = re.compile(r"(\d+) (messages|recipients) within (\d+) seconds")


class Origin(Struct, frozen=True):
    """Where mails before a block came from.

    Attributes:
        place: a country, or scripts on the server, in the visitor's language.
        mails: how many.
    """

    place: str
    mails: int


class Story(Struct, frozen=True):
    """What led to a block.

    Attributes:
        said: a sentence without its full stop.
        origins: the places, the one with the most mails first; none when no mail is known.
        addresses: how many different addresses they came from.
    """

    said: str
    origins: tuple[Origin, ...] = ()
    addresses: int = 0


def story(store: Store, block: Block, settings: Settings) -> Story:
    """What led to a block.

    Args:
        store: with the mails.
        block: the block.
        settings: what counts for the account.

    Raises:
        StoreError: the store cannot be read.
    """
    if block.reason in (Reason.BLOCKED_BY_HAND, Reason.ACCOUNT_STOLEN):
        return Story(told(block))  # it did not begin with mails
    window = settings.send.seconds
    wanted = EventFilter(
        account=block.account,
        stages=frozenset({Stage.SEND}),
        since=block.started - window,
        until=block.started + 1,
    )
    mails: Counter[str] = Counter()
    addresses = set()
    for event in store.events.find(wanted, MOST):
        if event.account != block.account:  # a mailbox may be called ``*``
            continue
        local = event.service is Service.LOCAL or not event.address
        mails[gettext("scripts on the server") if local else country(event.country)] += event.count
        addresses.add(event.address)
    places = tuple(Origin(place, count) for place, count in mails.most_common())
    return Story(told(block), places, len(addresses - {""}))


def _by(title: str, block: Block) -> str:
    seen = printable(block.evidence)
    return f"{title}: {evidence(seen)}" if seen else title


def told(block: Block) -> str:
    """The block's own evidence in the visitor's words; as it is where another version wrote it."""
    if block.reason == Reason.BLOCKED_BY_HAND:
        return _by(gettext("Locked by hand"), block)
    if block.reason == Reason.ACCOUNT_STOLEN:
        return _by(gettext("It looked stolen"), block)
    found = _EVIDENCE.search(block.evidence)
    if found is None:
        return printable(block.evidence) or str(gettext("More mails than are permitted"))
    count, seconds = int(found[1]), int(found[3])
    if found[2] == "recipients":
        return str(
            ngettext(
                "A mail to one recipient within %(time)s",
                "Mails to %(count)s recipients within %(time)s",
                count,
                count=number(count),
                time=length(seconds),
            )
        )
    return str(
        ngettext(
            "%(count)s mail within %(time)s",
            "%(count)s mails within %(time)s",
            count,
            count=number(count),
            time=length(seconds),
        )
    )

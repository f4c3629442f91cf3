"""One event with all its evidence: the rest of its session, and what the client read.

The store keeps no texts: what was read is made again, from the event and today's wording.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from werkzeug.exceptions import NotFound

from core.desk.desk import Desk
from core.engine import refusal
from core.engine.decide import Decision
from core.engine.policy import Policy
from core.engine.request import Request
from core.sources.facts import AddressFacts
from core.store.blocks import BlockFilter
from core.store.event_filter import EventFilter, StoredEvent
from core.store.store import Store
from core.web.pages.log_rows import Line, line_of
from core.web.sight import Sight
from core.words import BLOCKED_REASONS, Reason, Service, Stage, Verdict

SESSION_SECONDS: Final = 30.0
"""How far apart the stages of one session may lie: somebody may be asked for a password between."""

NEAR: Final = 200
"""Events around one that are looked through for its session."""

_SMTP: Final = frozenset({Service.SUBMISSION, Service.SMTPS, Service.SMTP})


class Read(Struct, frozen=True):
    """What a refused client read.

    Attributes:
        status: the enhanced status code, "" where the protocol has none.
        text: the line.
    """

    status: str
    text: str


def event_of(store: Store, sight: Sight, number: int) -> StoredEvent:
    """An event by its number.

    Raises:
        NotFound: it is gone, there never was one, or it is not the visitor's.
        StoreError: the store cannot be read.
    """
    if not 0 < number < 1 << 63:
        raise NotFound
    found = store.events.follow(number - 1, limit=1)
    if not found or found[0].id != number:
        raise NotFound
    event = found[0]
    if not sight.is_admin and not (event.domain and sight.sees_domain(event.domain)):
        raise NotFound
    return event


def session_of(store: Store, sight: Sight, event: StoredEvent) -> list[Line]:
    """The stages of the session that an event belongs to, itself among them, in their order.

    Of each other stage the nearest in time counts. There is no certain link between them: several
    people may share an address.
    """
    if not event.address:
        return [line_of(event)]
    near = EventFilter(
        domains=sight.domains,
        address=event.address,
        since=event.at - SESSION_SECONDS - 60,  # a storm began up to a minute before its last
        until=event.last + SESSION_SECONDS,
    )
    others = store.events.find(near, NEAR)
    found = [event]
    for stage in Stage:
        if stage is not event.stage:
            found += _nearest(event, [other for other in others if other.stage is stage])
    order = list(Stage)
    return [line_of(each) for each in sorted(found, key=lambda e: order.index(e.stage))]


def _nearest(event: StoredEvent, others: Sequence[StoredEvent]) -> list[StoredEvent]:
    candidates = [
        other
        for other in others
        if _distance(event, other) <= SESSION_SECONDS
        and (not other.account or not event.account or other.account == event.account)
        and (other.service is event.service or Stage.SEND in (event.stage, other.stage))
    ]
    return sorted(candidates, key=lambda other: (_distance(event, other), other.id))[:1]


def _distance(one: StoredEvent, other: StoredEvent) -> float:
    """Seconds between two events, nothing where they overlap."""
    return max(0.0, one.at - other.last, other.at - one.last)


def read_text(desk: Desk, event: StoredEvent) -> Read | None:
    """What the client read; None when it was let in, or the reason is another version's.

    Raises:
        StoreError: the store cannot be read.
    """
    if event.verdict not in (Verdict.DENY, Verdict.DEFER) or not isinstance(event.reason, Reason):
        return None
    rules = desk.rules().resolved
    before_login = event.stage is Stage.CONNECT
    settings = rules.server if before_login else rules.of_account(event.account)
    decision = Decision(event.verdict, event.reason)
    text = refusal.text(
        decision,
        Request(event.stage, event.address, event.service, event.account),
        AddressFacts(event.address, 0, 0, country=event.country, asn=event.asn),
        Policy.of(settings, ""),
        _block_end(desk.store, event) if event.reason in BLOCKED_REASONS else 0,
    )
    if event.service in _SMTP:
        return Read(refusal.status(decision), refusal.plain(text))
    return Read("", text)


def _block_end(store: Store, event: StoredEvent) -> float:
    """When the block ended that stood when an event fell, 0 when it is not known."""
    blocks = store.blocks.history(BlockFilter(account=event.account, until=event.last + 1), limit=1)
    return blocks[0].until if blocks and blocks[0].until >= event.at else 0

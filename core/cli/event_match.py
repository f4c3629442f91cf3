"""Whether one event, as the daemon tells it, fits a filter: the search without a store."""

from __future__ import annotations

import re
from collections.abc import Container

from core.net.addresses import parse
from core.net.prefixes import Prefix
from core.store.event import Event
from core.store.event_filter import EventFilter


def matches(wanted: EventFilter, event: Event) -> bool:
    """As `core.store.events.Events.find` would decide; see `EventFilter`."""
    kind = (
        (wanted.stages, event.stage),
        (wanted.services, event.service),
        (wanted.verdicts, event.verdict),
        (wanted.reasons, event.would if _would_for(wanted, event) else event.reason),
        (wanted.countries, event.country),
    )
    return (
        all(_among(chosen, value) for chosen, value in kind)
        and (wanted.domains is None or event.domain in wanted.domains)
        and (not wanted.asn or wanted.asn == event.asn)
        and (not wanted.would or bool(event.would))
        and (not wanted.queue_id or wanted.queue_id == event.queue_id)
        and (wanted.until is None or event.at < wanted.until)
        and (not wanted.account or _fits(wanted.account, event.account))
        and (not wanted.address or _within(wanted.address, event.address))
    )


def _would_for(wanted: EventFilter, event: Event) -> bool:
    """Whether it was let in, and would have been refused for a wanted reason."""
    return wanted.would and event.would in wanted.reasons


def _among(chosen: Container[object] | frozenset[object], value: object) -> bool:
    return not chosen or value in chosen


def _fits(pattern: str, account: str) -> bool:
    parts = (re.escape(part) for part in pattern.strip().lower().split("*"))
    return re.fullmatch(".*".join(parts), account) is not None


def _within(network: str, text: str) -> bool:
    address = parse(text)
    if address is None:
        return False
    prefix = Prefix.parse(network)
    return prefix.covers(Prefix.parse(address.text))

"""What takes a while to see, seen now and then: the hooks, the busiest, the last weeks.

Kept in the process for all visitors, because only the administrator sees it. A page that finds
nothing fresh shows what is old, or leaves it out, and its script asks for it at once.
"""

from __future__ import annotations

from typing import Final

from flask import current_app
from msgspec import Struct

from core.desk.desk import Desk
from core.desk.picture import looked_at
from core.errors import StoreError
from core.store.event_filter import EventFilter
from core.store.rankings import Rank, RankingFilter
from core.store.store import Store
from core.web.kept import Kept
from core.web.pages.countries_counts import CountryCounts, counts
from core.web.pages.dashboard_state import Looked
from core.web.pages.decisions_watched import Watched, watched
from core.web.pages.log_networks import networks
from core.words import Verdict

SECONDS: Final = 120.0
"""How long it counts."""

MOST: Final = 8
"""Lines of a ranking."""

DAY: Final = 86_400.0
DAYS: Final = 30

_KEY: Final = "mailward dashboard"
_STOPPED: Final = frozenset({Verdict.DENY, Verdict.DEFER})


class Network(Struct, frozen=True):
    """A network that was refused often.

    Attributes:
        rank: its number and counts.
        owner: who runs it, "" when that is not known.
    """

    rank: Rank
    owner: str


class Busiest(Struct, frozen=True):
    """The busiest of the last 24 hours.

    Attributes:
        networks, addresses: those refused most.
        mailboxes: those most aimed at.
    """

    networks: tuple[Network, ...] = ()
    addresses: tuple[Rank, ...] = ()
    mailboxes: tuple[Rank, ...] = ()


class Glimpse(Struct, frozen=True):
    """What was seen.

    Attributes:
        at: when, seconds since 1970.
        looked: the hooks.
        busiest: the busiest of a day.
        month: what came from which country in 30 days.
        watched: what checks that only watch would have refused in a week.
    """

    at: float
    looked: Looked
    busiest: Busiest = Busiest()
    month: tuple[CountryCounts, ...] = ()
    watched: tuple[Watched, ...] = ()


class Glimpses(Kept[Glimpse]):
    """The last glimpse."""

    def __init__(self) -> None:
        super().__init__(SECONDS)

    def look(self, desk: Desk, now: float) -> Glimpse:
        """Look again, unless what was seen is fresh. Never raises.

        Args:
            desk: whose; it may be without a store.
            now: seconds since 1970.
        """
        return self.get(now, lambda: _seen(desk, now))


def glimpses() -> Glimpses:
    """Those of the present application."""
    found = current_app.extensions.setdefault(_KEY, Glimpses())
    assert isinstance(found, Glimpses)  # noqa: S101  the key is ours
    return found


def _seen(desk: Desk, now: float) -> Glimpse:
    looked = looked_at(desk)
    try:
        store = desk.store
        return Glimpse(
            at=now,
            looked=looked,
            busiest=busiest(store, now),
            month=tuple(counts(store, now - DAYS * DAY, now)),
            watched=tuple(watched(store, now)),
        )
    except StoreError:  # the state says so
        return Glimpse(now, looked)


def busiest(store: Store, now: float) -> Busiest:
    """Who was refused most, and who was aimed at.

    Raises:
        StoreError: the store cannot be read.
    """
    wanted = RankingFilter(since=now - DAY, until=now, verdicts=_STOPPED)
    top = store.rankings.top
    return Busiest(
        tuple(Network(each, _owner(store, each, now)) for each in top("asn", wanted, MOST)),
        tuple(top("address", wanted, MOST)),
        tuple(top("account", wanted, MOST)),
    )


def _owner(store: Store, rank: Rank, now: float) -> str:
    """Who runs a network: whoever runs it where its last event came from."""
    if not rank.key.isdecimal():
        return ""
    wanted = EventFilter(asn=int(rank.key), since=now - DAY, verdicts=_STOPPED)
    found = store.events.find(wanted, 1)
    return networks().name(found[0].address) if found else ""

"""How long the store takes to answer what pages ask, with five million events of a month.

The first answer after opening is quoted beside the least of the rounds: the operating system has
the file in its memory by then, as on a server where pages are looked at.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sized
from contextlib import closing
from functools import partial

from msgspec.structs import replace

from bench.programs import BIN
from bench.store_data import domains, filled_store
from core.store.account_list import AccountFilter
from core.store.event_filter import EventFilter
from core.store.habits import HabitFilter
from core.store.rankings import Field, RankingFilter
from core.store.statistics import Group, StatisticsFilter
from core.store.store import Store
from core.words import Reason, Stage, Verdict

PLACE = BIN / "store.sqlite"
DAY = 86400.0
REFUSED = frozenset({Verdict.DENY, Verdict.DEFER})
FIELDS: tuple[Field, ...] = ("address", "asn", "account", "domain", "country")
GROUPS: tuple[tuple[Group, ...], ...] = (
    ("verdict", "reason"),
    ("day", "verdict"),
    ("domain", "verdict"),
    ("country",),
)
SEARCHES: dict[str, EventFilter] = {
    "everything": EventFilter(),
    "an account": EventFilter(account="user0003@customer001.example"),
    "a common wildcard": EventFilter(account="user00*"),
    "a wildcard and a reason": EventFilter(
        account="user00*", reasons=frozenset({Reason.NETWORK_ATTACKER})
    ),
    "an address": EventFilter(address="203.0.113.7"),
    "a network and a rare country": EventFilter(address="84.0.0.0/8", countries=frozenset({"KP"})),
    "refusals at stage auth": EventFilter(
        verdicts=frozenset({Verdict.DENY}), stages=frozenset({Stage.AUTH})
    ),
    "500 domains": EventFilter(domains=frozenset(domains())),
    "500 domains, refusals of one country": EventFilter(
        domains=frozenset(domains()), verdicts=REFUSED, countries=frozenset({"KP"})
    ),
    "nothing": EventFilter(account="nobody*"),
}

Call = Callable[[], object]


def main(rounds: int, _: float) -> None:
    """Measure and print."""
    path = filled_store(PLACE)
    with closing(Store.open(f"sqlite:///{path}")) as store:
        (newest,) = store.events.find(EventFilter(), 1)
        print("Milliseconds, first and least of the rounds.\n")
        print("| call | lines | first | least |")
        print("|---|--:|--:|--:|")
        for name, call in _calls(store, newest.at).items():
            _measure(name, call, max(rounds, 2))


def _measure(name: str, call: Call, rounds: int) -> None:
    times = []
    found: object = None
    for _ in range(rounds):
        start = time.perf_counter()
        found = call()
        times.append((time.perf_counter() - start) * 1000)
    lines = len(found) if isinstance(found, Sized) else ""
    print(f"| {name} | {lines} | {times[0]:,.0f} | {min(times):,.0f} |")


def _calls(store: Store, now: float) -> dict[str, Call]:
    return {
        **_searches(store),
        **_totals(store, now),
        **_habits(store, now),
        **_rankings(store, now),
        "mailboxes": store.accounts.find,
        "mailboxes that begin with user00": partial(
            store.accounts.find, AccountFilter(prefix="user00")
        ),
    }


def _searches(store: Store) -> dict[str, Call]:
    calls: dict[str, Call] = {}
    for name, wanted in SEARCHES.items():
        calls[f"log: {name}"] = partial(store.events.find, wanted)
        page = store.events.find(wanted)
        if page:
            older = partial(store.events.find, wanted, before_id=page[-1].id)
            calls[f"log: {name}, next page"] = older
        calls[f"log: {name}, count"] = partial(store.events.count, wanted)
    return calls


def _totals(store: Store, now: float) -> dict[str, Call]:
    calls: dict[str, Call] = {}
    for days in (1, 7, 30):
        for name, some in (("server", 0), ("500 domains", 1), ("50 domains", 10)):
            of = frozenset(domains()[::some]) if some else None
            wanted = StatisticsFilter(since=now - days * DAY, until=now, domains=of)
            for groups in GROUPS:
                said = f"totals: {days} d, {name}, by {', '.join(groups)}"
                calls[said] = partial(store.statistics.totals, wanted, groups)
    return calls


def _habits(store: Store, now: float) -> dict[str, Call]:
    month = HabitFilter(since=now - 30 * DAY, until=now)
    filters = {
        "all": month,
        "four countries": replace(month, countries=frozenset({"FR", "IT", "US", "KP"})),
        "500 domains": replace(month, domains=frozenset(domains())),
        "with refused": replace(month, with_refused=True),
    }
    calls: dict[str, Call] = {}
    for name, wanted in filters.items():
        calls[f"habits: {name}"] = partial(store.habits.find, wanted)
        calls[f"habits: {name}, count"] = partial(store.habits.count, wanted)
    return calls


def _rankings(store: Store, now: float) -> dict[str, Call]:
    calls: dict[str, Call] = {}
    for days in (1, 30):
        for name, of in (("server", None), ("500 domains", frozenset(domains()))):
            wanted = RankingFilter(since=now - days * DAY, until=now, verdicts=REFUSED, domains=of)
            for field in FIELDS:
                said = f"ranking: {days} d, {name}, {field}"
                calls[said] = partial(store.rankings.top, field, wanted)
    return calls

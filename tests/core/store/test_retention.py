"""What is old goes, a little at a time, and the file shrinks."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.store import retention, schema
from core.store.block import Block
from core.store.database import Database
from core.store.event_filter import EventFilter
from core.store.habits import HabitFilter
from core.store.kinds import Kinds
from core.store.preparation import Preparation
from core.store.rank_sums import RankSums
from core.store.retention import Retention
from core.store.statistics import StatisticsFilter
from core.store.store import Store
from core.words import Reason, Stage, Verdict
from tests.core.store.samples import DAY, NOON, event, forget, many

EVER = StatisticsFilter(since=0.0, until=NOON + 1000 * DAY)


def fill(store: Store) -> None:
    for day in range(10):
        store.record(
            [event(at=NOON + day * DAY, account=f"a{day}@x.test", domain="x.test", country="DE")]
        )
        started = NOON + day * DAY
        store.blocks.opened(
            Block(
                account="a@x.test",
                started=started,
                until=started + 60,
                seconds=60,
                reason="send_limit",
            )
        )
    store.settings.change(("server", ""), {"send.limit": 5}, "me", NOON)


def test_events_and_statistics_go_at_their_own_age(store: Store) -> None:
    """D7: retention."""
    fill(store)
    forget(store, NOON + 6 * DAY, NOON + 2 * DAY)
    assert [one.at for one in store.events.follow(0)] == [NOON + n * DAY for n in range(6, 10)]
    assert len(store.statistics.totals(EVER, ["hour"])) == 8
    assert len(store.statistics.totals(EVER, ["day", "country"])) == 8
    of_domain = StatisticsFilter(since=0.0, until=EVER.until, domains=frozenset({"x.test"}))
    assert len(store.statistics.totals(of_domain, ["hour"])) == 8
    assert len(store.statistics.totals(of_domain, ["day", "country"])) == 10  # by whole weeks
    assert len(store.statistics.totals(of_domain, ["day"])) == 10
    assert len(store.blocks.history()) == 8
    assert len(store.audit.find()) == 1
    assert len(store.events.find(EventFilter(account="a*"))) == 4
    forget(store, NOON + 8 * DAY, NOON + 8 * DAY)
    assert len(store.statistics.totals(of_domain, ["day", "country"])) == 3
    assert len(store.statistics.totals(of_domain, ["day"])) == 3


def test_who_logged_in_from_where_goes_with_the_events(store: Store) -> None:
    login = {"stage": Stage.AUTH, "verdict": Verdict.ALLOW, "reason": Reason.LOGIN_OK}
    for day in range(10):
        store.record([event(at=NOON + day * DAY, account="a@x.test", domain="x.test", **login)])
    wanted = HabitFilter(since=NOON, until=NOON + 10 * DAY)
    forget(store, NOON + 6 * DAY)
    assert store.habits.count(wanted).logins == 10
    forget(store, NOON + 8 * DAY)
    assert store.habits.count(wanted).logins == 3


def test_of_refused_guesses_only_the_most_stay(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attackers can make up any number of names."""
    monkeypatch.setattr(retention, "REFUSED_HABITS", 15)
    monkeypatch.setattr(retention, "CHUNK", 10)
    guesses = [
        event(account=f"{n}@x.test", domain="x.test", stage=Stage.AUTH, count=n + 1)
        for n in range(40)
    ]
    login = event(
        account="ann@x.test",
        domain="x.test",
        stage=Stage.AUTH,
        verdict=Verdict.ALLOW,
        reason=Reason.LOGIN_OK,
    )
    store.record([login, *guesses])
    forget(store, NOON)
    found = store.habits.find(
        HabitFilter(since=NOON, until=NOON + DAY, with_refused=True), limit=1000
    )
    assert [one.logins for one in found] == [1] + [0] * 15
    assert [one.refused for one in found] == [0, *range(40, 25, -1)]


def test_tokens_go_some_time_after_they_have_ended(store: Store) -> None:
    for name, expires in (("for ever", None), ("ended", NOON + DAY), ("good", NOON + 90 * DAY)):
        store.tokens.create(name, "admin", "", None, expires, "root", NOON)
    revoked, _ = store.tokens.create("revoked", "admin", "", None, None, "root", NOON)
    store.tokens.revoke(revoked.id, NOON + 2 * DAY)
    left = []
    for days in (1, 3, 5):
        forget(store, NOON + days * DAY, NOON + days * DAY)
        left.append([token.name for token in reversed(store.tokens.all())])
    assert left == [
        ["for ever", "ended", "good", "revoked"],
        ["for ever", "good"],
        ["for ever", "good"],
    ]


def test_sums_go_with_their_events(store_url: str) -> None:
    with closing(Store.open(store_url)) as store:
        for day in range(10):
            store.record([event(at=NOON + day * DAY)])
    with closing(Database(store_url, Preparation())) as database:
        sums = RankSums(database, Kinds(database))
        while sums.step(NOON + 10 * DAY):
            pass
        pruning = Retention(database, sums)
        while pruning.step(NOON + 10 * DAY, events_days=4, statistics_days=100):
            pass
        with database.reading() as connection:
            oldest = connection.execute(select(func.min(schema.ranks.c.slot))).scalar_one()
    assert oldest >= (NOON + 6 * DAY) // schema.SLOT


def test_what_is_young_stays(store: Store) -> None:
    fill(store)
    forget(store, NOON, NOON - DAY)
    assert len(store.events.follow(0)) == 10
    assert sum(total.count for total in store.statistics.totals(EVER)) == 10


def test_names_go_with_their_last_event(store_url: str) -> None:
    with closing(Store.open(store_url)) as store:
        fill(store)
        forget(store, NOON + 6 * DAY, NOON)
    with closing(Database(store_url, Preparation())) as database, database.reading() as connection:
        names = connection.scalars(select(schema.accounts.c.name)).all()
    assert sorted(names) == [f"a{day}@x.test" for day in range(6, 10)]


def test_each_step_is_small(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "CHUNK", 100)
    with closing(Store.open(store_url)) as store:
        store.record(many(450))
    with closing(Database(store_url, Preparation())) as database:
        pruning = Retention(database, RankSums(database, Kinds(database)))
        left = []
        more = True
        while more:
            more = pruning.step(NOON + 100 * DAY, events_days=1, statistics_days=1000)
            with database.reading() as connection:
                left.append(connection.execute(select(func.count(schema.events.c.id))).scalar())
    assert left == [350, 250, 150, 50, 0]


def test_the_file_shrinks(sqlite_path: Path) -> None:
    with closing(Store.open(f"sqlite:///{sqlite_path}")) as store:
        for _ in range(10):
            store.record(many(4000))
    full = sqlite_path.stat().st_size
    with closing(Store.open(f"sqlite:///{sqlite_path}")) as store:
        forget(store, NOON + 1000 * DAY, NOON + 1000 * DAY)
        assert store.check() == ""
    # Some free pages stay: a tenth, and less than one step gives back.
    assert sqlite_path.stat().st_size < full // 2
    assert full > 2 * retention.PAGES * 4096

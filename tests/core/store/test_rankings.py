"""The busiest come first, and are counted as the events say."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import func, select

from core.store import rank_sums, rankings, schema
from core.store.database import Database
from core.store.preparation import Preparation
from core.store.rankings import Field, Rank, RankingFilter
from core.store.store import Store
from core.words import Reason, Stage, Verdict
from tests.core.store.samples import DAY, HOUR, NOON, event

EVER = RankingFilter(since=0.0, until=NOON + 1000 * DAY)
REFUSED = frozenset({Verdict.DENY, Verdict.DEFER})


def refused(**fields: Any) -> RankingFilter:
    known: dict[str, Any] = {"since": NOON, "until": NOON + DAY, "verdicts": REFUSED}
    return RankingFilter(**(known | fields))


def sum_up(store: Store) -> None:
    """Have everything summed up and nothing forgotten."""
    while store.retention.step(NOON + 2 * DAY, events_days=1000, statistics_days=1000):
        pass


@pytest.fixture(params=["from events", "summed up"])
def attacked(store: Store, request: pytest.FixtureRequest) -> Store:
    """Three attackers, two targets."""
    numbers = store.record(
        [
            event(address="203.0.113.7", asn=64500, country="KP", count=3),
            event(address="203.0.113.8", asn=64500, country="KP", at=NOON + 60),
            event(
                address="2001:db8::1",
                asn=64501,
                country="RU",
                count=9,
                at=NOON + 5 * HOUR,
                last=NOON + 5 * HOUR + 50,
                stage=Stage.AUTH,
                account="ann@a.test",
                domain="a.test",
            ),
            event(
                address="203.0.113.7",
                asn=64500,
                country="KP",
                at=NOON + 2 * HOUR,
                stage=Stage.AUTH,
                account="bob@b.test",
                domain="b.test",
                reason=Reason.NETWORK_CLOUD,
            ),
            event(
                address="192.0.2.1",
                country="DE",
                asn=0,
                at=NOON + 3 * HOUR,
                stage=Stage.SEND,
                verdict=Verdict.ALLOW,
                reason=Reason.NOTHING_AGAINST,
                account="eve@b.test",
                domain="b.test",
                recipients=2,
                count=4,
            ),
        ]
    )
    store.bump([(numbers[1], NOON + 90, 2, 0)])
    if request.param == "summed up":
        sum_up(store)
    return store


def lines(ranks: list[Rank]) -> list[tuple[str, int, int]]:
    return [(rank.key, rank.count, rank.events) for rank in ranks]


@pytest.mark.parametrize(
    ("field", "wanted", "found"),
    [
        pytest.param(
            "address",
            refused(),
            [("2001:db8::1", 9, 1), ("203.0.113.7", 4, 2), ("203.0.113.8", 2, 1)],
            id="addresses",
        ),
        pytest.param("asn", refused(), [("64501", 9, 1), ("64500", 6, 3)], id="networks"),
        pytest.param("country", refused(), [("RU", 9, 0), ("KP", 6, 0)], id="countries"),
        pytest.param(
            "account", refused(), [("ann@a.test", 9, 1), ("bob@b.test", 1, 1)], id="mailboxes"
        ),
        pytest.param("domain", refused(), [("a.test", 9, 0), ("b.test", 1, 0)], id="domains"),
        pytest.param(
            "address",
            refused(domains=frozenset({"b.test"})),
            [("203.0.113.7", 1, 1)],
            id="addresses that aimed at one domain",
        ),
        pytest.param(
            "account", refused(domains=frozenset({"b.test"})), [("bob@b.test", 1, 1)], id="of one"
        ),
        pytest.param("address", refused(domains=frozenset()), [], id="of no domain"),
        pytest.param(
            "account",
            refused(verdicts=frozenset({Verdict.ALLOW}), stages=frozenset({Stage.SEND})),
            [("eve@b.test", 4, 1)],
            id="senders",
        ),
        pytest.param(
            "address",
            refused(reasons=frozenset({Reason.NETWORK_CLOUD})),
            [("203.0.113.7", 1, 1)],
            id="for one reason",
        ),
        pytest.param(
            "address",
            refused(since=NOON + 2 * HOUR + 100, until=NOON + 2 * HOUR + 200),
            [("203.0.113.7", 1, 1)],
            id="within an hour",
        ),
        pytest.param("address", refused(until=NOON), [], id="no time"),
    ],
)
def test_the_busiest_come_first(
    attacked: Store, field: Field, wanted: RankingFilter, found: list[tuple[str, int, int]]
) -> None:
    """D13: top attackers and targets."""
    assert lines(attacked.rankings.top(field, wanted)) == found
    assert lines(attacked.rankings.top(field, wanted, limit=1)) == found[:1]


def test_a_line_says_where_the_last_came_from(attacked: Store) -> None:
    ranks = {rank.key: rank for rank in attacked.rankings.top("address", refused())}
    assert ranks["2001:db8::1"] == Rank(
        "2001:db8::1", 9, 1, NOON + 5 * HOUR + 50, country="RU", asn=64501
    )
    assert ranks["203.0.113.7"].last == NOON + 2 * HOUR
    (network,) = attacked.rankings.top("asn", refused(domains=frozenset({"a.test"})))
    assert (network.country, network.asn) == ("RU", 64501)


def test_of_a_storm_only_the_busiest_stay(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million addresses leave no more behind than a few."""
    monkeypatch.setattr(rank_sums, "KEPT", 3)
    with closing(Store.open(store_url)) as store:
        store.record([event(address=f"203.0.113.{n}", count=n + 1) for n in range(100)])
        sum_up(store)
        found = lines(store.rankings.top("address", refused(), limit=100))
    assert found == [(f"203.0.113.{n}", n + 1, 1) for n in (99, 98, 97)]
    with closing(Database(store_url, Preparation())) as database, database.reading() as connection:
        query = select(func.count()).where(schema.ranks.c.field == "address")
        assert connection.execute(query).scalar_one() == 3


def test_many_domains_are_looked_at_sparsely(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there all the time is found as well, and counted about right."""
    attempts = [
        event(
            at=NOON + n * HOUR / 2,
            stage=Stage.AUTH,
            account="ann@a.test",
            domain="a.test",
            address=f"203.0.113.{n % 2}",
        )
        for n in range(24 * 2 * 10)
    ]
    store.record(attempts)
    monkeypatch.setattr(rankings, "MOST_OF_DOMAINS", len(attempts) // 4)
    wanted = refused(until=NOON + 10 * DAY, domains=frozenset({"a.test"}))
    found = store.rankings.top("address", wanted)
    assert {one.key for one in found} == {"203.0.113.0", "203.0.113.1"}
    assert sum(one.count for one in found) == pytest.approx(len(attempts), rel=0.1)


def test_what_was_let_in_is_no_ranking_of_addresses(store: Store) -> None:
    store.record([event(verdict=Verdict.ALLOW, reason=Reason.NOTHING_AGAINST, check="")])
    assert store.rankings.top("address", EVER) == []
    assert lines(store.rankings.top("country", EVER)) == [("KP", 1, 0)]


@pytest.mark.parametrize(
    "fields",
    [{"reason": Reason.LOGIN_FAILED}, {"would": "country", "reason": Reason.NOTHING_AGAINST}],
)
def test_wrong_passwords_and_watched_refusals_count(store: Store, fields: dict[str, Any]) -> None:
    store.record([event(verdict=Verdict.ALLOW, check="", **fields)])
    assert lines(store.rankings.top("address", EVER)) == [("203.0.113.7", 1, 1)]


def test_what_is_unknown_is_not_ranked(store: Store) -> None:
    store.record([event(address="", asn=0, country="", account="", domain="")])
    fields: list[Field] = ["address", "asn", "country", "account", "domain"]
    assert [store.rankings.top(field, EVER) for field in fields] == [[]] * 5

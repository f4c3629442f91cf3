"""The busiest come first, and are counted as the events say."""

from __future__ import annotations

from typing import Any

import pytest

from core.store.rankings import Field, Rank, RankingFilter
from core.store.store import Store
from core.words import Reason, Stage, Verdict
from tests.core.store.samples import DAY, HOUR, NOON, event

EVER = RankingFilter(since=0.0, until=NOON + 1000 * DAY)
REFUSED = frozenset({Verdict.DENY, Verdict.DEFER})


def refused(**fields: Any) -> RankingFilter:
    known: dict[str, Any] = {"since": NOON, "until": NOON + DAY, "verdicts": REFUSED}
    return RankingFilter(**(known | fields))


@pytest.fixture
def attacked(store: Store) -> Store:
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
        pytest.param("country", refused(), [("RU", 9, 1), ("KP", 6, 3)], id="countries"),
        pytest.param(
            "account", refused(), [("ann@a.test", 9, 1), ("bob@b.test", 1, 1)], id="mailboxes"
        ),
        pytest.param("domain", refused(), [("a.test", 9, 1), ("b.test", 1, 1)], id="domains"),
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


def test_what_is_unknown_is_not_ranked(store: Store) -> None:
    store.record([event(address="", asn=0, country="", account="", domain="")])
    fields: list[Field] = ["address", "asn", "country", "account", "domain"]
    assert [store.rankings.top(field, EVER) for field in fields] == [[]] * 5

"""What was kept comes back, and what is protected stays so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.desk.recall import (
    DAY,
    OFFENCE_DAYS,
    entry_of,
    kept_of,
    protected,
    recall_attackers,
    recall_homes,
)
from core.engine.judging.entry import Entry
from core.engine.judging.judge import Judge
from core.engine.judging.place import read
from core.sources.facts import AddressFacts
from core.store.good_pair import GoodPair
from core.store.store import Store
from tests.core.engine.asking import facts, snapshot

NOW = 1_800_000_000.0
TODAY = int(NOW // DAY)
ADDRESS = "203.0.113.7"
ACCOUNT = "bob@example.test"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with closing(Store.open(f"sqlite:///{tmp_path / 'store.db'}")) as found:
        yield found


def entry(place: str, until: float) -> Entry:
    return Entry(place, "address", until - DAY, until, 2, "tried 9 accounts")


def look(address: str) -> AddressFacts:
    """All is in one system."""
    return facts(address, asn=64500)


def test_an_attacker_is_kept_as_it_is() -> None:
    assert entry_of(kept_of(entry(ADDRESS, NOW))) == entry(ADDRESS, NOW)


def test_who_stands_comes_back_and_who_did_lately_is_known(store: Store) -> None:
    """A18."""
    ends = {ADDRESS: NOW + 60, "203.0.113.8": NOW - DAY, "203.0.113.9": NOW - 91 * DAY}
    assert 1 < OFFENCE_DAYS < 91
    for place, until in ends.items():
        store.attackers.seen([kept_of(entry(place, until))])
    judge = Judge()
    newest = recall_attackers(judge, store, NOW)
    assert [each.place for each in judge.standing] == [ADDRESS]
    ids = {each.place: each.id for each in store.attackers.history()}
    assert newest == ids["203.0.113.8"]
    offences = [judge.tally(look(place), NOW) for place in ends]
    assert [tally.offences if tally else 0 for tally in offences] == [2, 2, 0]


def test_who_is_at_home_comes_back_for_as_many_days_as_wanted(store: Store) -> None:
    """A18."""
    for account, last in ((ACCOUNT, TODAY - 10), ("old@example.test", TODAY - 70)):
        store.good_pairs.learn([GoodPair(account, "203.0.113.0/24", 0, last - 9, last, 5)])
    judge = Judge()
    recall_homes(judge, store, 60, NOW)
    network = read("203.0.113.0/24")
    judge.history.days = 1000
    homes = [judge.history.home(name, network, NOW) for name in (ACCOUNT, "old@example.test")]
    assert homes == [True, False]


def test_what_anybody_has_exempted_is_protected_until_it_expires() -> None:
    """A19."""
    settings = snapshot(
        {"exempt.addresses": [{"entry": "192.0.2.0/24"}]},
        {"a.test": {"exempt.addresses": [{"entry": "AS64501"}]}},
        {ACCOUNT: {"exempt.addresses": [{"entry": ADDRESS, "expires": NOW}]}},
    )
    before, after = (protected(settings, look, wall) for wall in (NOW - 1, NOW))
    assert before.spares(facts("192.0.2.9"))
    assert before.spares(facts("198.51.100.1", asn=64501))
    assert before.spares(facts(ADDRESS))
    assert before.touches(read("AS64500")), "exempt addresses lie in it"
    assert not after.spares(facts(ADDRESS))
    assert not after.spares(facts("198.51.100.1", asn=64500))

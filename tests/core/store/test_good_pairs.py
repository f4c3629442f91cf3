"""Good pairs grow by day, and are forgotten in time."""

from __future__ import annotations

from core.store.good_pair import GoodPair
from core.store.good_pairs import ONCE_DAYS
from core.store.store import Store

DAY = 20_500
NETWORK = "203.0.113.0/24"


def pair(first: int, last: int, account: str = "bob@example.test", **more: int) -> GoodPair:
    return GoodPair(account, NETWORK, 64500, first, last, **more)


def everything(store: Store, since: int = 0) -> list[GoodPair]:
    return list(store.good_pairs.all(since))


def test_a_pair_grows_by_day(store: Store) -> None:
    """The same day again is no other day; an older log may come later."""
    for first, last in ((DAY, DAY), (DAY, DAY), (DAY + 1, DAY + 1), (DAY - 5, DAY - 5)):
        store.good_pairs.learn([pair(first, last)])
    assert everything(store) == [pair(DAY - 5, DAY + 1, days=3)]


def test_an_address_has_its_number_of_accounts(store: Store) -> None:
    home = GoodPair("", "203.0.113.7", 64500, DAY, DAY, accounts=3)
    store.good_pairs.learn([home, pair(DAY, DAY)])
    assert sorted(everything(store), key=lambda each: each.account) == [home, pair(DAY, DAY)]


def test_only_what_is_young_enough_is_read(store: Store) -> None:
    store.good_pairs.learn([pair(DAY, DAY, "a@x.test"), pair(DAY, DAY + 9, "b@x.test")])
    assert [each.account for each in everything(store, DAY + 1)] == ["b@x.test"]


def test_of_too_many_the_newest_are_read_the_oldest_of_them_first(store: Store) -> None:
    for number in (2, 0, 3, 1):
        store.good_pairs.learn([pair(DAY, DAY + number, f"{number}@x.test")])
    found = store.good_pairs.all(0, limit=2)
    assert [each.account for each in found] == ["2@x.test", "3@x.test"]


def test_what_is_too_old_is_forgotten_and_a_single_visit_sooner(store: Store) -> None:
    store.good_pairs.learn(
        [
            pair(DAY, DAY, "once@x.test"),
            pair(DAY - 1, DAY, "home@x.test"),
            pair(DAY - 80, DAY - 70, "old@x.test"),
        ]
    )
    assert store.good_pairs.prune(DAY + ONCE_DAYS + 1, 60) is False
    assert [each.account for each in everything(store)] == ["home@x.test"]


def test_odd_names_are_kept(store: Store) -> None:
    store.good_pairs.learn([pair(DAY, DAY, "b\udc80\0b@x.test")])
    assert len(everything(store)) == 1

"""Old logs are counted as if somebody had been there, and never twice."""

from __future__ import annotations

from contextlib import closing

import pytest

from core.errors import StoreError
from core.store.event import Event
from core.store.habits import HabitFilter
from core.store.kinds import Kind
from core.store.replays import Counted, Replayed, Sum
from core.store.statistics import StatisticsFilter
from core.store.store import Store
from core.words import Reason, Service, Stage, Verdict
from tests.core.store.samples import DAY, HOUR, NOON

LOGIN = Kind(Stage.AUTH, Service.IMAP, Verdict.ALLOW, Reason.LOGIN_OK)
MAIL = Kind(Stage.SEND, Service.SUBMISSION, Verdict.ALLOW, Reason.NOTHING_AGAINST)
THEN = NOON - 30 * DAY

LOG = Replayed("f" * 32, "syslog", "mail.log.1", THEN, THEN + 100, NOON, 1000, 10)


def login(at: float, account: str = "a@example.test") -> Event:
    """Proves an account."""
    return Event(
        at=at,
        last=at,
        stage=Stage.AUTH,
        service=Service.IMAP,
        verdict=Verdict.ALLOW,
        reason=Reason.LOGIN_OK,
        account=account,
        domain="example.test",
    )


SUMS = {
    Counted(int(THEN // HOUR), LOGIN, "DE", "a@example.test", "example.test"): Sum(3, 0, THEN + 5),
    Counted(int(THEN // HOUR), MAIL, "DE", "", "example.test"): Sum(2, 7, THEN + 6),
}


def test_what_is_counted_is_as_if_it_had_been_seen(store_url: str) -> None:
    """E24, D4: statistics, habits, names of mailboxes; no event."""
    with closing(Store.open(store_url)) as store:
        store.replays.count(SUMS, [LOG], NOON, [login(THEN)])
        wanted = StatisticsFilter(since=THEN - HOUR, until=THEN + HOUR)
        found = store.statistics.totals(wanted, ("stage", "country"))
        assert [(total.key, total.count, total.recipients) for total in found] == [
            (("auth", "DE"), 3, 0),
            (("send", "DE"), 2, 7),
        ]
        (habit,) = store.habits.find(HabitFilter(since=THEN - DAY, until=NOON))
        assert (habit.account, habit.country, habit.logins) == ("a@example.test", "DE", 3)
        assert store.replays.known() == [LOG]
        assert store.events.last_id() == 0


def test_a_log_that_goes_on_is_one_log(store_url: str) -> None:
    """Its interval grows in both directions, its lines add up."""
    with closing(Store.open(store_url)) as store:
        store.replays.count({}, [LOG], NOON)
        more = Replayed(LOG.fingerprint, "syslog", "x", THEN - 5, THEN + 50, NOON + 9, 0, 5)
        store.replays.count({}, [more], NOON + 9)
        assert store.replays.known() == [
            Replayed(LOG.fingerprint, "syslog", "x", THEN - 5, THEN + 100, NOON + 9, 1000, 15)
        ]


@pytest.mark.parametrize(
    ("events", "since"),
    [([], NOON + DAY), ([NOON + 7.5], NOON + 7.5), ([NOON + 7.5, NOON + 9], NOON + 7.5)],
)
def test_since_when_mailward_itself_was_there(
    store_url: str, events: list[float], since: float
) -> None:
    """Its first event; of a fresh installation, now. Counting old logs changes nothing of it."""
    with closing(Store.open(store_url)) as store:
        store.write([login(at) for at in events])
        assert store.replays.own_since(NOON + DAY) == since
        store.replays.count(SUMS, [LOG], NOON + DAY)
        assert store.replays.own_since(NOON + 2 * DAY) == since


def test_a_failure_counts_nothing(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the sums nor that they are counted."""
    with closing(Store.open(store_url)) as store:
        store.replays.own_since(NOON)

        def fail(*_: object) -> None:
            raise StoreError("the disk is full")

        monkeypatch.setattr(store.replays._accounts, "note", fail)
        with pytest.raises(StoreError):
            store.replays.count(SUMS, [LOG], NOON)
        monkeypatch.undo()
        assert store.replays.known() == []
        wanted = StatisticsFilter(since=0, until=NOON)
        assert store.statistics.totals(wanted) == []
        store.replays.count(SUMS, [LOG], NOON)
        assert sum(total.count for total in store.statistics.totals(wanted)) == 5

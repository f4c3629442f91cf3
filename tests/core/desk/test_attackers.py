"""Who guessed passwords here, by whoever knows best, and a way out."""

from __future__ import annotations

import time
from typing import Any

import pytest

from core.desk import attackers
from core.errors import ControlError, SettingError
from core.store.attacker import Attacker
from core.store.good_pair import GoodPair
from tests.core.desk.office import Office

PLACE = "192.0.2.66"
NOW = time.time()
KEPT = Attacker(
    place=PLACE,
    kind="address",
    since=NOW - 60,
    until=NOW + 86_400,
    times=1,
    evidence="tried 14 accounts in 6 minutes, last at 12:00 UTC",
)
FROM_DAEMON = {
    "place": PLACE,
    "kind": "address",
    "since": NOW - 60,
    "until": NOW + 86_400,
    "times": 1,
    "evidence": "tried 14 accounts",
    "mode": "refuse",
}
NOTHING: dict[str, Any] = {"standing": [], "tally": None, "residents": 0, "local": False}


def test_the_daemon_knows(office: Office) -> None:
    """A18."""
    answer = {"attackers": [FROM_DAEMON], "count": 7}
    with office.daemon({"attackers": lambda _: answer}) as asked:
        found = attackers.standing(office.desk_on(None), 1)
    assert ([each.place for each in found.attackers], found.count) == ([PLACE], 7)
    assert (found.from_daemon, found.notes) == (True, ())
    assert asked == [{"do": "attackers", "limit": 1}]


def test_without_a_daemon_the_store_tells(office: Office) -> None:
    with office.desk() as desk:
        desk.store.attackers.seen([KEPT])
        found = attackers.standing(desk)
    assert [each.place for each in found.attackers] == [PLACE]
    assert found.notes == (attackers.AWAY,)


def test_without_daemon_and_store_there_is_nobody(office: Office) -> None:
    assert attackers.standing(office.desk_on(None)).count == 0
    assert attackers.history(office.desk_on(None), 0) == []


def test_a_daemon_that_refuses_is_believed(office: Office) -> None:
    with office.daemon({}), pytest.raises(ControlError):
        attackers.standing(office.desk_on(None))


def test_an_address_is_shown_with_its_past(office: Office) -> None:
    tally = {
        "points": 2.5,
        "accounts": 2,
        "others": 2,
        "tries": 9,
        "born": NOW,
        "last": NOW,
        "offences": 1,
    }
    answer = NOTHING | {"tally": tally, "residents": 3}
    with office.desk() as desk, office.daemon({"attacker": lambda _: answer}):
        desk.store.attackers.seen([KEPT])
        found = attackers.show(desk, f" {PLACE}")
    assert found.tally is not None
    assert (found.address, found.tally.tries, found.residents) == (PLACE, 9, 3)
    assert [each.place for each in found.past] == [PLACE]


def test_an_address_is_shown_without_a_daemon(office: Office) -> None:
    with office.desk() as desk:
        desk.store.attackers.seen([KEPT])
        found = attackers.show(desk, PLACE)
    assert ([each.place for each in found.standing], found.from_daemon) == ([PLACE], False)


def test_what_is_no_address_is_said(office: Office) -> None:
    with pytest.raises(SettingError, match="no IP address"):
        attackers.show(office.desk_on(None), "x")
    with pytest.raises(SettingError, match="autonomous system"):
        attackers.release(office.desk_on(None), "10.0.0.0/8")


def test_the_daemon_releases(office: Office) -> None:
    """The daemon is told who and why; what still covers the address is said."""
    around = FROM_DAEMON | {"place": "192.0.2.0/24", "kind": "network"}
    answers: dict[str, Any] = {
        "forgive": lambda _: {"released": [PLACE]},
        "attacker": lambda _: NOTHING | {"standing": [around]},
    }
    with office.daemon(answers) as asked:
        found = attackers.release(office.desk_on(None), PLACE, "our office")
    assert asked[0] == {"do": "forgive", "place": PLACE, "by": "carol", "why": "our office"}
    assert (found.released, found.around, found.notes) == ((PLACE,), ("192.0.2.0/24",), ())


def test_without_a_daemon_the_release_is_on_record(office: Office) -> None:
    with office.desk() as desk:
        desk.store.attackers.seen([KEPT])
        found = attackers.release(desk, PLACE, "our office")
        (kept,) = attackers.history(desk, 0)
        again = attackers.release(desk, PLACE)
    assert (found.released, found.notes) == ((PLACE,), (attackers.RELEASED_ON_RECORD,))
    assert (kept.released_by, kept.released_why) == ("carol", "our office")
    assert again.released == ()


def test_an_end_has_a_word() -> None:
    assert attackers.ending(KEPT, NOW) == "stands"
    assert attackers.ending(KEPT, NOW + 90_000) == "ran out"


@pytest.mark.parametrize("runs", [True, False])
def test_old_logs_teach_who_is_at_home(office: Office, runs: bool) -> None:
    """E24: in bulk, by the daemon or into the store."""
    pairs = [GoodPair(f"p{n}@x.test", "203.0.113.0/24", 0, 20_000, 20_010) for n in range(6000)]
    with office.desk() as desk:
        if runs:
            with office.daemon({"learn_pairs": lambda _: {"learned": 1}}) as asked:
                assert attackers.learn(desk, pairs) == 6000
            assert [len(each["pairs"]) for each in asked] == [5000, 1000]
        else:
            assert attackers.learn(desk, pairs) == 6000
            assert len(list(desk.store.good_pairs.all(0))) == 6000

"""Attackers are listed, shown and let go at the command line."""

from __future__ import annotations

import time

from core.store.attacker import Attacker
from tests.core.cli.desk import Desk
from tests.core.desk.test_attackers import FROM_DAEMON, KEPT, NOTHING, PLACE


def keep(desk: Desk, *found: Attacker) -> None:
    with desk.store() as store:
        store.attackers.seen(found)


def test_lists_what_the_daemon_knows(desk: Desk) -> None:
    """A18."""
    answer = {"attackers": [FROM_DAEMON], "count": 3}
    with desk.daemon({"attackers": lambda _: answer}):
        page = desk("attackers", "list", width=120)
        document = desk.json("attackers", "list", "--json")
    assert PLACE in page.stdout
    assert "tried 14 accounts" in page.stdout
    assert "refused" in page.stdout
    assert "There are 3" in page.stderr
    assert document == answer


def test_says_when_nobody_is_refused(desk: Desk) -> None:
    with desk.daemon({"attackers": lambda _: {"attackers": [], "count": 0}}):
        assert desk("attackers", "list").stdout == "Nobody is refused as an attacker.\n"


def test_lists_the_record_without_a_daemon(desk: Desk) -> None:
    keep(desk, KEPT)
    result = desk("attackers", "list", width=120)
    assert PLACE in result.stdout
    assert "nobody is refused now" in result.stderr


def test_shows_an_address(desk: Desk) -> None:
    tally = {
        "points": 2.5,
        "accounts": 2,
        "others": 2,
        "tries": 9,
        "born": time.time(),
        "last": time.time(),
        "offences": 1,
    }
    answer = NOTHING | {"tally": tally, "residents": 3}
    with desk.daemon({"attacker": lambda _: answer}):
        page = desk("attackers", "show", PLACE).stdout
    assert f"{PLACE} is not refused as an attacker." in page
    assert "It failed 9 times" in page
    assert "About 3 accounts are at home there" in page


def test_shows_an_address_without_a_daemon(desk: Desk) -> None:
    keep(desk, KEPT)
    result = desk("attackers", "show", PLACE, width=120)
    assert "stands" in result.stdout
    assert "what weighs against the address is not known" in result.stderr
    assert "never an attacker" in desk("attackers", "show", "127.0.0.1").stdout
    assert desk.json("attackers", "show", PLACE, "--json")["address"] == PLACE


def test_releases(desk: Desk) -> None:
    """Exit code 1 when nobody was refused there."""
    keep(desk, KEPT)
    result = desk("attackers", "release", PLACE, "--why", "our office")
    assert result.stdout == f"{PLACE} may try again.\n"
    result = desk("attackers", "release", PLACE, code=1)
    assert "was not refused" in result.stdout
    page = desk("attackers", "history", width=140).stdout
    assert "released" in page
    assert "(our office)" in page


def test_says_what_still_covers_an_address(desk: Desk) -> None:
    around = FROM_DAEMON | {"place": "192.0.2.0/24", "kind": "network"}
    answers = {
        "forgive": lambda _: {"released": []},
        "attacker": lambda _: NOTHING | {"standing": [around]},
    }
    with desk.daemon(answers):
        result = desk("attackers", "release", PLACE, code=1)
    assert "still in 192.0.2.0/24" in result.stdout


def test_a_place_that_is_none_is_one_line(desk: Desk) -> None:
    result = desk("attackers", "release", "10.0.0.0/8", code=4)
    assert "autonomous system" in result.stderr


def test_the_history_may_be_empty(desk: Desk) -> None:
    assert "Nobody was refused" in desk("attackers", "history").stdout
    keep(desk, KEPT)
    assert desk.json("attackers", "history", "--json")[0]["place"] == PLACE

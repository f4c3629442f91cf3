"""What weighs how much, and when it is enough: for made-up accounts, botnets, networks, systems."""

from __future__ import annotations

import itertools

import pytest

from tests.core.engine.judging.trying import (
    ATTACKER,
    DAY,
    HOME,
    HOUR,
    MINUTE,
    OFFICE,
    PEOPLE,
    Town,
    at,
    guess,
)


@pytest.mark.parametrize("gap", [1.0, 900.0, 2 * HOUR], ids=["fast", "15 minutes", "2 hours"])
def test_made_up_accounts_are_tried_four_times_at_most(gap: float) -> None:
    """A18: once the server knows its own, an account that nobody uses counts more."""
    town = Town(PEOPLE)
    assert guess(town, ATTACKER, 20, gap) <= 4


@pytest.mark.parametrize("gap", [1.0, 60.0, 3600.0])
def test_two_new_mailboxes_with_a_typing_mistake_each_are_a_person(gap: float) -> None:
    """Nobody used them yet, and nobody knows the place: a new customer's first evening."""
    town = Town(PEOPLE)
    assert guess(town, ATTACKER, 2, gap, known="new") == 2
    assert town.places() == []
    assert town.try_(ATTACKER, "new0@example.test", "right", right=True)
    assert not town.refuses(ATTACKER, "new1@example.test")


def test_on_a_new_server_six_accounts_are_enough() -> None:
    town = Town()
    assert guess(town, ATTACKER, 100) in (6, 7)
    (entry,) = town.standing()
    assert (entry.place, entry.kind, entry.times) == (ATTACKER, "address", 1)
    assert entry.evidence.startswith("tried 6 accounts in ")
    assert entry.evidence.endswith(" UTC")


@pytest.mark.parametrize(("told", "refused"), [(True, True), (False, False)])
def test_many_passwords_of_one_account(told: bool, refused: bool) -> None:
    """Only Dovecot tells wrong passwords apart; a log cannot tell them from an old phone."""
    town = Town(PEOPLE)
    for number in range(40):
        town.try_(ATTACKER, "p0@example.test", f"x{number}" if told else "")
        town.now += 5
    assert (town.places() == [ATTACKER]) is refused
    if refused:
        assert "passwords of one account" in town.standing()[0].evidence


def test_a_botnet_is_seen_on_one_account() -> None:
    """crowdsec hub #283: 2000 addresses, three tries each, a try each quarter of an hour."""
    town = Town(PEOPLE)
    tries = itertools.count()
    for number in range(700):
        for _ in range(3):
            town.try_(f"192.{number % 250}.{number // 250}.9", "p0@example.test",
                      f"x{next(tries)}", asn=65_000 + number)  # fmt: skip
            town.now += 15 * MINUTE
    entered = len({entry.place for entry in town.standing()})
    assert entered > 50, "those of the last day; the others' time is over"
    last = "192.199.2.9"
    assert not town.try_(last, "p0@example.test", "a fourth", asn=65_699)
    assert "of one account that" in town.standing()[-1].evidence


def test_a_botnet_is_seen_on_accounts_that_nobody_uses() -> None:
    """A18: an attacked name without an owner is one try for each address."""
    town = Town(PEOPLE)
    let = 0
    for number in range(300):
        for turn in range(3):
            let += town.try_(f"192.{number % 250}.{number // 250}.9", "info@example.test",
                             f"x{number}.{turn}", asn=65_000 + number)  # fmt: skip
            town.now += MINUTE
    assert let < 330


def test_a_system_is_only_watched_and_only_with_much_evidence() -> None:
    """From twenty of its networks, and nobody is at home there."""
    town = Town(PEOPLE)
    for number in range(40):
        guess(town, f"192.{number}.2.9", 3, known=f"s{number}-")
    assert "AS64501" in town.places()
    entry = next(each for each in town.standing() if each.kind == "system")
    assert town.judge.mode(entry) == "watch"
    assert "of its networks" in entry.evidence


def test_a_system_where_customers_are_at_home_is_never_one() -> None:
    town = Town({f"p{n}@example.test": f"203.0.{n}.7" for n in range(5)})
    for number in range(40):
        for turn in range(3):
            town.try_(f"192.{number}.2.9", f"s{number}-{turn}@example.test", asn=HOME)
    assert f"AS{HOME}" not in town.places()


def test_a_lucky_guess_does_not_whiten() -> None:
    """facts/data_sources.md 3.3: reset on success, but not for whoever tried the others."""
    town = Town(PEOPLE)
    guess(town, ATTACKER, 2)
    town.try_(ATTACKER, "p0@example.test", "lucky", right=True)
    guess(town, ATTACKER, 3, known="more")
    assert town.places() == [ATTACKER]
    assert town.refuses(ATTACKER, "p0@example.test")
    town.now += 2 * DAY
    assert not town.judge.history.residents(0xC0000242, town.now)


def test_ten_devices_after_a_change_of_the_password_ban_nobody() -> None:
    """At home, at the office and in two mobile networks."""
    town = Town(PEOPLE)
    places = [(OFFICE, HOME), ("198.51.100.3", 64510), ("192.0.2.9", 64511), ("192.0.2.70", 64511)]
    for number in range(500):
        address, asn = places[number % 4]
        assert town.try_(address, "p0@example.test", "old", asn=asn)
        town.now += MINUTE
    assert town.places() == []


def test_where_many_are_at_home_more_is_needed() -> None:
    """An address that a hundred customers share makes more mistakes than a flat."""
    nobody, neighbours, residents = (
        guess(Town({f"p{number}@example.test": place for number in range(5)}), ATTACKER, 60)
        for place in (OFFICE, "192.0.2.5", ATTACKER)
    )
    assert nobody < neighbours < residents < 60


def test_a_password_that_was_right_after_all_takes_back_what_was_wrong() -> None:
    town = Town(PEOPLE)
    town.try_(ATTACKER, "p0@example.test", "typo")
    before = town.judge.tally(at(ATTACKER), town.now)
    assert before is not None
    assert before.points > 0
    town.try_(ATTACKER, "p0@example.test", "right", right=True)
    after = town.judge.tally(at(ATTACKER), town.now)
    assert after is not None
    assert (after.points, after.accounts) == (0, 0)

"""Whoever is at home where an attacker was seen gets in, and nobody besides."""

from __future__ import annotations

from core.engine.judging.weights import NAMED
from core.settings.attack import Attack
from tests.core.engine.judging.trying import (
    ATTACKER,
    HOME,
    MINUTE,
    OFFICE,
    PEOPLE,
    Town,
    guess,
)

NEIGHBOUR = "192.0.2.5"
"""In the attacker's network."""


def test_neighbours_with_a_history_are_spared_in_an_attacking_network() -> None:
    """An address of the same /24, and its account."""
    town = Town({"p0@example.test": "192.0.2.5"})
    for number in range(60):
        guess(town, f"192.0.2.{100 + number}", 1, known=f"n{number}")
    assert "192.0.2.0/24" in town.places()
    assert town.refuses("192.0.2.201", "eve@example.test")
    assert not town.refuses("192.0.2.5", asn=HOME)
    assert not town.refuses("192.0.2.5", "p0@example.test", asn=HOME)
    assert not town.refuses("192.0.2.9", "p0@example.test", asn=HOME)
    assert town.refuses("192.0.2.201", "eve@example.test")


def test_a_stolen_account_does_not_open_the_door_to_the_others() -> None:
    """Whoever logs in from there for days spares that account, at that place, and no other."""
    town = Town(PEOPLE | {"p0@example.test": ATTACKER})
    guess(town, ATTACKER, 30)
    assert town.places() == [ATTACKER]
    assert not town.refuses(ATTACKER, "p0@example.test", asn=HOME)
    assert town.refuses(ATTACKER, "p1@example.test")


def test_an_owner_gets_in_at_home_while_the_whole_world_attacks() -> None:
    """Mailu #2880, #1987: no account is ever locked out because somebody attacks it."""
    town = Town(PEOPLE)
    for number in range(2000):
        town.try_(f"192.{number % 200}.{number % 250}.9", "p0@example.test", f"x{number}",
                  asn=65_000 + number)  # fmt: skip
        town.now += 15 * MINUTE
        if number % 100 == 0:
            assert town.try_(OFFICE, "p0@example.test", "right", right=True, asn=HOME)
    assert town.try_("198.51.100.77", "p0@example.test", "right", right=True)


def test_a_traveller_whose_account_is_attacked_may_mistype_twice() -> None:
    """A new hotel, and an attack under way."""
    town = Town(PEOPLE)
    for number in range(100):
        town.try_(f"192.{number}.2.9", "p0@example.test", f"x{number}", asn=65_000 + number)
        town.now += 15 * MINUTE
    for password in ("typo", "another"):
        assert town.try_("198.51.100.77", "p0@example.test", password)
    assert town.try_("198.51.100.77", "p0@example.test", "right", right=True)


def test_a_crowd_of_customers_is_asked_for_a_name_first() -> None:
    """A carrier's customers share addresses, and change them all day."""
    town = Town({f"p{number}@example.test": NEIGHBOUR for number in range(5)})
    guess(town, ATTACKER, 40)
    assert ATTACKER in town.places()
    assert not town.refuses(ATTACKER)
    assert town.refuses(ATTACKER, "eve@example.test")
    assert not town.refuses(ATTACKER, "p0@example.test")


def test_where_names_are_told_before_the_password_one_customer_is_enough() -> None:
    """Dovecot asks again with the name; a day after its last report nobody counts on that."""
    town = Town({"p0@example.test": NEIGHBOUR}, Attack(hours=48))
    guess(town, ATTACKER, 40)
    assert not town.refuses(ATTACKER)
    assert town.refuses(ATTACKER, "eve@example.test")
    town.now += NAMED
    assert town.refuses(ATTACKER)


def test_a_phone_of_the_same_provider_gets_in_until_the_attacker_goes_on() -> None:
    """The attacker guesses at its address, which the provider gives to others, too."""
    phone = "p0@example.test"
    town = Town({phone: OFFICE})
    for number in range(8):
        town.try_(ATTACKER, f"info{number}@example.test", f"x{number}", asn=HOME)
    assert ATTACKER in town.places()
    assert not town.refuses(ATTACKER, phone, asn=HOME)
    assert town.refuses(ATTACKER, "eve@example.test", asn=HOME)
    for number in range(60):
        town.try_(ATTACKER, phone, f"y{number}", asn=HOME)
        town.now += MINUTE
    assert town.refuses(ATTACKER, phone, asn=HOME)
    (entry,) = town.judge.release(ATTACKER)
    town.judge.restore([entry], town.now)
    assert not town.refuses(ATTACKER, phone, asn=HOME)

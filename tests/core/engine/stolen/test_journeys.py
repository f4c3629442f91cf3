"""Where a stolen account logs in from, and who must not be taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.net.countries import CODES
from core.net.places import gap
from core.words import NetworkKind, SignalKind
from tests.core.engine.asking import facts
from tests.core.engine.stolen.visits import Person, at

K = SignalKind


def test_many_countries_are_a_signal() -> None:
    """A19: home counts once, and the evidence names the places."""
    person = Person(countries=3, speed=0)
    assert person.logs_in("DE") == []
    assert person.logs_in("VN", 10) == [K.NEW_COUNTRY]
    assert person.logs_in("BR", 20) == [K.COUNTRIES, K.NEW_COUNTRY]
    signal = person.signals[1]
    assert signal.countries == ("VN", "BR")
    assert signal.evidence == (
        "logins from 3 countries within 24 hours: Germany (198.51.100.7), "
        "Vietnam (203.0.113.7), Brazil (203.0.114.7)"
    )
    assert signal.last - signal.first == 20 * 3600


def test_the_second_country_is_enough_where_that_is_set() -> None:
    """A19: within the same second."""
    person = Person(countries=2, speed=0)
    assert person.logs_in("DE") == []
    assert K.COUNTRIES in person.logs_in("AT")


def test_countries_of_other_days_do_not_add_up() -> None:
    person = Person(countries=3, speed=0)
    kinds = [person.logs_in(where, 30 * n) for n, where in enumerate(("DE", "VN", "BR", "AT"))]
    assert not any(K.COUNTRIES in each for each in kinds)


@pytest.mark.parametrize(("second", "raised"), [("", True), ("DE", False), ("VN", True)])
def test_a_country_counts_when_no_source_puts_it_at_home(second: str, raised: bool) -> None:
    """Databases err: one opinion that fits is enough."""
    person = Person(countries=2)
    person.logs_in("DE")
    assert bool(person.logs_in(at("VN", second=second), 1)) is raised


@pytest.mark.parametrize(
    ("where", "hours", "raised"),
    [
        ("VN", 0.0, True),
        ("VN", 5.0, True),
        ("VN", 9.0, False),  # 7,600 km
        ("AT", 0.0, False),
        ("GB", 0.0, False),
        ("US", 1.0, True),
        ("US", 6.0, False),
    ],
)
def test_an_impossible_journey(where: str, hours: float, raised: bool) -> None:
    """A23: the smallest distance counts, at 1,000 km/h."""
    person = Person(countries=0)
    person.logs_in("DE")
    assert (K.TRAVEL in person.logs_in(at(where, "203.0.113.7"), hours)) is raised


def test_the_evidence_of_a_journey() -> None:
    person = Person(countries=0)
    person.logs_in("DE")
    person.logs_in("VN", 0.5)
    found = next(each for each in person.signals if each.kind is K.TRAVEL)
    assert found.evidence == (
        "Vietnam (203.0.113.7) 30 minutes after Germany (198.51.100.7): at least 7,580 km"
    )


@pytest.mark.parametrize("known", [("DE", "VN"), ("DE", "US", "VN")])
def test_two_offices_share_a_mailbox(known: tuple[str, ...]) -> None:
    """A23: what it is known from is no journey and no second country."""
    person = Person(known, countries=2)
    assert [person.logs_in(where, n / 10) for n, where in enumerate(("DE", "VN") * 5)] == [[]] * 10


def test_neighbours_share_a_mailbox() -> None:
    """info@ in Germany and Austria, before anything is known of it: nobody is told."""
    person = Person(())
    assert [person.logs_in(w, n / 10) for n, w in enumerate(("DE", "AT") * 5)] == [[]] * 10


def test_a_phone_in_many_networks_of_one_provider() -> None:
    """A19: /24 by /24, and IPv6."""
    person = Person(networks=3)
    for number in range(50):
        assert person.logs_in(at("DE", f"198.51.{number}.7"), number / 60) == []
        assert person.logs_in(at("DE", f"2001:db8:{number}::7"), number / 60) == []


def test_many_networks_are_a_signal() -> None:
    """A19: a botnet of homes in the account's own country."""
    person = Person(networks=5)
    kinds = [person.logs_in(at("DE", f"198.51.{n}.7", asn=100 + n), n / 10) for n in range(7)]
    assert kinds == [[], [], [], [], [K.NETWORKS], [], []]


def test_a_vpn_is_no_journey_and_is_soon_known() -> None:
    """A23: its first day is noted; afterwards it may come out anywhere."""
    person = Person()
    vpn = [at(c, "192.0.2.9", 9009, "", NetworkKind.ANONYMISER) for c in ("NL", "US", "SG")]
    person.logs_in("DE")
    assert person.logs_in(vpn[0], 0.1) == [K.NEW_NETWORK]
    person.logs_in("DE", 24)
    assert person.logs_in(vpn[0], 24.1) == []
    for hour, place in enumerate(vpn * 3):
        assert person.logs_in(place, 25 + hour) in ([], [K.NEW_NETWORK])
        assert not any(each.kind is K.COUNTRIES for each in person.signals)


def test_a_stranger_without_past_has_no_news() -> None:
    """A new account's first country is not a new country."""
    assert Person(()).logs_in("VN") == []


def test_a_country_that_nobody_knows_counts_for_nothing() -> None:
    person = Person(countries=2)
    person.logs_in("DE")
    assert person.logs_in(facts("203.0.113.9", "", asn=5), 0.1) == []


PLACES = st.sampled_from(sorted(CODES))


@given(st.lists(st.tuples(PLACES, st.floats(0, 30)), max_size=15), st.sets(PLACES, max_size=3))
def test_whoever_travels_as_people_do_is_never_accused_of_a_journey(
    legs: list[tuple[str, float]], known: set[str]
) -> None:
    """The law behind the smallest distance: slower than the limit is no signal, whatever the way.

    A traveller who leaves nothing running needs at least the gap, at 1,000 km/h.
    """
    person = Person(tuple(sorted(known)), countries=0, networks=0)
    clock, before = 0.0, ""
    visited: list[tuple[str, float]] = []
    for country, stay in legs:
        there = max((left + gap(place, country) / 1000 for place, left in visited), default=clock)
        clock = max(clock, there) + 0.01
        assert K.TRAVEL not in person.logs_in(at(country, "203.0.113.7"), clock), before
        clock += stay
        assert K.TRAVEL not in person.logs_in(at(country, "203.0.113.7"), clock)
        visited, before = [*visited, (country, clock)], country

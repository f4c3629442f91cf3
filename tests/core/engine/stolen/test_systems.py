"""A provider's country, learnt from the logins of all people of a server."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.engine.stolen.systems import LEAST, MOST, SHARE, Systems
from core.words import SignalKind
from tests.core.engine.asking import WALL
from tests.core.engine.stolen.visits import Person, at


def test_a_provider_of_one_country_is_certain_after_some_logins() -> None:
    systems = Systems()
    said = [systems.note(3320, "DE") for _ in range(LEAST)]
    assert said == [""] * (LEAST - 1) + ["DE"]
    assert systems.note(3320, "US") == "DE"


def test_a_provider_of_many_countries_never_is() -> None:
    """A cloud, a VPN, a carrier of several countries."""
    systems = Systems()
    assert {systems.note(9009, ("NL", "US", "DE", "SG")[n % 4]) for n in range(500)} == {""}


def test_a_network_that_moves_is_learnt_anew() -> None:
    systems = Systems()
    for _ in range(50):
        systems.note(64500, "DE")
    said = [systems.note(64500, "VN") for _ in range(200)]
    assert said[-1] == "VN"
    assert "" in said


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["DE", "US", ""])), max_size=300))
def test_what_is_certain_is_what_nearly_all_said(logins: list[tuple[int, str]]) -> None:
    """The law: nine of ten, and never of a network without number."""
    systems, seen = Systems(), dict[int, list[str]]()
    for asn, country in logins:
        said = systems.note(asn, country)
        if country:
            seen.setdefault(asn, []).append(country)
        if said:
            assert asn
            assert seen[asn].count(said) >= SHARE * LEAST


def test_memory_is_bounded() -> None:
    systems = Systems()
    for asn in range(1, MOST + 10):
        systems.note(asn, "DE")
    assert len(systems) == MOST


def test_an_error_of_the_database_is_no_journey() -> None:
    """A23: one network of the provider is said to be in America."""
    person = Person(countries=2)
    for number in range(LEAST):
        other = person.lookout.login(
            WALL, at("DE", asn=3209), f"u{number}@example.test", person.settings
        )
        assert other == []
    assert person.logs_in("DE") == []
    assert person.logs_in(at("US", "203.0.113.9", asn=3209), 0.1) == []
    assert SignalKind.TRAVEL in person.logs_in(at("US", "192.0.2.9", asn=7922), 0.2)

"""The lookout: asks for the past, gives each signal once, forgets, and remembers over a restart."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.account_table import AccountTable
from core.engine.stolen import lookout as module
from core.engine.stolen.lookout import Lookout
from core.engine.stolen.outflow import Usual
from core.settings.stolen import Stolen
from core.words import Reason, SignalKind
from tests.core.engine.asking import ACCOUNT, WALL, facts
from tests.core.engine.stolen.visits import DAY, HOUR, Person, at

K = SignalKind


def test_nothing_is_judged_before_the_past_is_known() -> None:
    """A login abroad may be the account's own second home."""
    person = Person(None)
    assert person.logs_in("DE") == []
    assert person.logs_in("VN", 0.1) == []
    assert person.lookout.wanted() == ([ACCOUNT], [])
    found = person.lookout.learn_home(ACCOUNT, ("DE",), person.settings)
    assert {signal.kind for signal in found} >= {K.TRAVEL}
    assert person.lookout.wanted() == ([], [])


def test_a_past_that_nobody_tells_is_waited_for() -> None:
    """The store may be away for hours; nobody is blocked for that."""
    person = Person(None, countries=2)
    for hour in range(10):
        assert person.logs_in("DE", hour) == []
        assert person.logs_in("VN", hour) == []
    assert person.lookout.wanted()[0] == [ACCOUNT]


def test_each_signal_is_given_once_a_day_unless_a_country_is_new() -> None:
    person = Person(countries=2, speed=0)
    person.logs_in("DE")
    assert K.COUNTRIES in person.logs_in("VN", 1)
    assert person.logs_in("VN", 2) == []
    assert K.COUNTRIES in person.logs_in("BR", 3)
    assert [person.logs_in("VN", 4 + n) for n in range(10)] == [[]] * 10
    person.logs_in("DE", 20)
    assert K.COUNTRIES in person.logs_in("VN", 28)


def test_a_place_of_a_signal_does_not_become_the_account_s_own() -> None:
    """A thief who stays is told of again the next day."""
    person = Person(countries=2)
    for hour in range(60):
        person.logs_in("DE", hour)
        person.logs_in("VN", hour + 0.5)
    assert [each.kind for each in person.signals].count(K.TRAVEL) == 3


def test_it_was_me() -> None:
    """A23: what the owner confirms is known from then on."""
    person = Person(countries=2)
    person.logs_in("DE")
    assert K.TRAVEL in person.logs_in("VN", 1)
    person.lookout.teach(ACCOUNT, ("VN",))
    assert [person.logs_in("VN", n) for n in range(2, 60)] == [[]] * 58
    assert K.TRAVEL in person.logs_in("BR", 59.5)


def test_a_changed_password_starts_afresh() -> None:
    """B12: the thief's places and mails are forgotten, the account's own are not."""
    person = Person(countries=2)
    for day in range(2):
        person.logs_in("DE", day * 24)
    person.logs_in("VN", 24.5)
    person.sends(50)
    person.lookout.forget(ACCOUNT)
    assert person.logs_in("DE", 25) == []
    assert K.TRAVEL in person.logs_in("VN", 25.1), "and is seen again when it comes again"


def test_the_usual_is_asked_for_only_by_those_who_send_much() -> None:
    person = Person()
    assert person.sends(59) == []
    assert person.lookout.wanted()[1] == []
    assert person.sends(1) == []
    assert person.lookout.wanted()[1] == [ACCOUNT]
    found = person.lookout.learn_usual(ACCOUNT, Usual(3, 3, 30), WALL, person.settings)
    assert [signal.kind for signal in found] == [K.VOLUME]
    assert person.sends(50) == [], "once a day"
    assert person.lookout.wanted() == ([], [])


def test_a_busy_account_is_busy_again() -> None:
    person = Person()
    person.sends(60)
    assert person.lookout.learn_usual(ACCOUNT, Usual(60, 600, 30), WALL, person.settings) == []
    assert person.sends(240) == [K.VOLUME]


def test_refused_recipients_need_no_past() -> None:
    """B10."""
    watch, found = Lookout(), []
    for number in range(40):
        name = f"r{number}@example.test"
        found += watch.delivery(WALL, ACCOUNT, name, number % 2 == 0, Stolen(failed=30))
        found += watch.delivery(WALL, ACCOUNT, f"x{name}", number % 2 == 0, Stolen(failed=30))
    assert [signal.kind for signal in found] == [K.FAILED_RECIPIENTS]


def test_a_right_password_that_was_refused_is_told_of() -> None:
    """The country rule has stopped a thief, and nobody would know."""
    watch = Lookout()
    place = facts("203.0.113.7", "VN")
    (found,) = watch.refusal(WALL, place, ACCOUNT, Reason.COUNTRY)
    assert (found.kind, found.countries) == (K.PASSWORD_KNOWN, ("VN",))
    assert "Vietnam (203.0.113.7)" in found.evidence
    assert watch.refusal(WALL + 60, place, ACCOUNT, Reason.COUNTRY) == []
    assert watch.refusal(WALL + DAY, place, ACCOUNT, Reason.COUNTRY) != []


def test_the_same_address_is_soon_no_news() -> None:
    """Mail programs log in again and again."""
    watch = Lookout()
    assert watch.is_news(ACCOUNT, at("DE"), WALL)
    watch.login(WALL, at("DE"), ACCOUNT, Stolen())
    assert not watch.is_news(ACCOUNT, at("DE"), WALL + 59)
    assert watch.is_news(ACCOUNT, at("DE"), WALL + 60)
    assert watch.is_news(ACCOUNT, at("VN"), WALL + 1)


def test_a_clean_restart_loses_nothing() -> None:
    """Places, what is known, and what was given today."""
    person = Person(countries=2)
    person.logs_in("DE")
    person.logs_in("VN", 1)
    again = Lookout()
    for memory in person.lookout.dump():
        again.restore(memory)
    person.lookout = again
    assert person.logs_in("VN", 2) == []
    assert K.COUNTRIES in person.logs_in("BR", 2)
    assert again.wanted() == ([], [])


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ACCOUNTS", 10)
    watch = Lookout()
    for number in range(30):
        watch.login(WALL + number, at("DE"), f"u{number}@example.test", Stolen())
        assert len(watch) <= 10
        assert len(watch.wanted()[0]) == len(watch)
    left = {memory.account for memory in watch.dump()}
    assert left >= {f"u{number}@example.test" for number in range(22, 30)}
    assert not watch.is_news("u29@example.test", at("DE"), WALL + 30)


def test_what_is_over_is_forgotten() -> None:
    person = Person(countries=2)
    person.logs_in("DE")
    person.logs_in("VN", 1)
    person.lookout.sweep(WALL + 3 * DAY)
    assert [memory.raised for memory in person.lookout.dump()] == [{}]


VISITS = st.lists(
    st.tuples(st.sampled_from(["DE", "AT", "VN", "BR"]), st.floats(0, 20)), max_size=30
)


@given(VISITS, st.integers(0, 2**32))
def test_a_restart_changes_no_judgement(visits: list[tuple[str, float]], seed: int) -> None:
    """The law: wherever a restart falls, the same signals are given."""
    steady, restarted = Person(countries=2, networks=3), Person(countries=2, networks=3)
    dice, clock = random.Random(seed), 0.0
    for country, pause in visits:
        clock += pause
        assert steady.logs_in(country, clock) == restarted.logs_in(country, clock)
        if dice.random() < 0.3:
            again = Lookout()
            for memory in restarted.lookout.dump():
                again.restore(memory)
            restarted.lookout = again


@given(VISITS)
def test_who_stays_where_he_is_known_is_left_alone(visits: list[tuple[str, float]]) -> None:
    """The law: an account that is known from everywhere it logs in from gives no signal."""
    person = Person(("DE", "AT", "VN", "BR"), countries=2, networks=0)
    clock = 0.0
    for country, pause in visits:
        clock += pause
        assert person.logs_in(country, clock) == []


@given(st.integers(1, 50), st.floats(0, HOUR / 3600))
def test_below_the_floor_no_sending_is_a_signal(mails: int, hours: float) -> None:
    person = Person()
    assert person.sends(mails, hours, recipients=1) == []
    assert person.lookout.wanted()[1] == []


SENDING = st.lists(
    st.tuples(st.integers(1, 40), st.integers(1, 30), st.floats(0, 0.7), st.booleans()), max_size=20
)


@given(SENDING, st.sampled_from([0, 2, 5]), st.integers(0, 40))
def test_who_is_not_looked_at_all_the_time_gives_the_same_signals(
    sending: list[tuple[int, int, float, bool]], volume: int, before: int
) -> None:
    """The law: no mail that is passed over would have been the one."""
    resting, watched = Person(volume=volume), Person(volume=volume)
    hours = 0.0
    for mails, recipients, pause, told in sending:
        hours += pause
        for _ in range(mails):
            found = resting.sends(1, hours, recipients)
            watched.lookout.renew()
            assert watched.sends(1, hours, recipients) == found
        for person in (resting, watched):
            if told and person.lookout.wanted()[1]:
                usual = Usual(before, before * 2, 30)
                moment = WALL + hours * HOUR
                person.lookout.learn_usual(ACCOUNT, usual, moment, person.settings)
        assert resting.lookout.wanted() == watched.lookout.wanted()


def test_places_are_kept_where_it_is_said() -> None:
    """A table that is shared, and still empty."""
    table = AccountTable(2)
    watch = Lookout(table.columns[1])
    watch.login(WALL, at("DE"), ACCOUNT, Stolen())
    assert len(table.columns[1]) == len(watch) == 1

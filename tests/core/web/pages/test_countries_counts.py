"""What was counted by country."""

from __future__ import annotations

import time

import pytest

from core.store.store import Store
from core.web.pages.countries_counts import CountryCounts, counts, last_seen
from core.words import Reason, Service, Stage, Verdict
from tests.core.web.pages.came import DAY, HOUR, a_month, event, refusal
from tests.core.web.rig import Pages


@pytest.fixture
def store(pages: Pages) -> Store:
    """With a month in it."""
    a_month(pages.parts.store)
    return pages.parts.store


def _counted(store: Store, days: float = 30, **more: frozenset[str]) -> dict[str, CountryCounts]:
    now = time.time()
    return {each.code: each for each in counts(store, now - days * DAY, now, **more)}


def test_each_country_has_its_numbers(store: Store) -> None:
    """D1, D2: logins, refusals, guesses and mails are told apart."""
    found = _counted(store)
    assert found["DE"] == CountryCounts("DE", logins=500, mails=33)
    assert found["RU"] == CountryCounts("RU", refused=900, failed=70)
    assert found["TH"] == CountryCounts("TH", logins=3)
    assert set(found) == {"DE", "AT", "TH", "RU", "BR"}


def test_a_period_and_a_domain_narrow_it(store: Store) -> None:
    """D2: what is older, or another's, is not counted."""
    assert "TH" not in _counted(store, days=1)
    assert set(_counted(store, domains=frozenset({"delta.example"}))) == {"TH"}
    assert not _counted(store, domains=frozenset())


def test_what_is_only_watched_is_a_login_of_its_own_kind(store: Store) -> None:
    """A11: it came through, and the page says how many of them would not."""
    store.record([event(country="NL", would=Reason.COUNTRY, count=4)])
    assert _counted(store)["NL"] == CountryCounts("NL", logins=4, watched=4)


def test_words_of_another_version_are_passed_over(store: Store) -> None:
    """A store that a newer version wrote is still read."""
    store.record([event(country="NL", reason="novelty")])
    assert "NL" not in _counted(store)


@pytest.mark.parametrize(("view", "number"), [("logins", 1), ("refused", 2), ("mails", 3)], ids=str)
def test_a_view_is_about_one_number(view: str, number: int) -> None:
    """D1: inbound and outbound are two views."""
    each = CountryCounts("DE", logins=1, refused=2, mails=3)
    assert each.of(view) == number  # type: ignore[arg-type]  # parametrize gives plain text


def test_refusals_of_sending_are_no_refused_logins(store: Store) -> None:
    """B1: they are another page's."""
    store.record(
        [event(country="NL", stage=Stage.SEND, verdict=Verdict.DEFER, reason=Reason.SEND_LIMIT)]
    )
    assert "NL" not in _counted(store)


def test_last_seen_is_the_newest_event(store: Store) -> None:
    """D1: of any kind, in the domain that is looked at."""
    now = time.time()
    store.record([refusal(1, country="AT", service=Service.IMAPS)])
    seen = last_seen(store, "AT", now - 30 * DAY)
    assert seen is not None
    assert now - seen == pytest.approx(HOUR, abs=60)
    seen = last_seen(store, "AT", now - 30 * DAY, frozenset({"alpha.example"}))
    assert seen is not None
    assert now - seen == pytest.approx(30 * HOUR, abs=60)
    assert last_seen(store, "NL", now - 30 * DAY) is None

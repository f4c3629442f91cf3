"""The demo's settings."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings.scope import scope_of, typed
from core.store.store import Store
from demo import cast, rules


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty one."""
    store = Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}")
    yield store
    store.close()


def test_all_of_a_month_is_legal(store: Store) -> None:
    """Oldest first, and nothing has to be left out when it is read back."""
    ages = [change.age for change in rules.MONTH]
    assert ages == sorted(ages, reverse=True)
    for change in rules.MONTH:
        change.make(store, time.time())
    resolved, problems = typed(store.settings.all())
    assert problems == []
    assert resolved.of_account(cast.TRAVELLERS[0]).country.mode == "allow"
    assert "IT" in resolved.of_account(cast.FREQUENT_TRAVELLER).country.list
    assert set(resolved.of_account("anna@huber.example").country.list) == {"CN", "IR", "KP"}
    assert not resolved.counts(scope_of(domain="brotzeit.example"))


def test_what_the_acts_set_is_taken_back_and_nothing_else(store: Store) -> None:
    """E21: whoever tries things out in another terminal keeps them."""
    own = rules.Change(
        0, scope_of(), {"exempt.accounts": [{"entry": "ole@ahoy.example"}]}, "visitor", ""
    )
    own.make(store, 1.0)
    rules.refuse_rented_servers(store, 2.0)
    rules.exempt_traveller(store, cast.TRAVELLERS[0], "Bangkok", 3.0)
    settings = typed(store.settings.all())[0].server
    assert settings.network.cloud == "refuse"
    assert {entry.entry for entry in settings.exempt.accounts} == {
        cast.TRAVELLERS[0],
        "ole@ahoy.example",
    }
    rules.rewind(store, 4.0)
    settings = typed(store.settings.all())[0].server
    assert settings.network.cloud == "watch"
    assert [entry.entry for entry in settings.exempt.accounts] == ["ole@ahoy.example"]

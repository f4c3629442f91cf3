"""The store is opened when it is needed, once, and again after it was away."""

from __future__ import annotations

import pytest

from core.errors import StoreError
from tests.core.web.rig import Pages


def test_store_is_opened_once(pages: Pages) -> None:
    assert pages.parts.store is pages.parts.store


def test_store_that_was_away_is_opened_later(pages: Pages) -> None:
    place = pages.config.state / "store.sqlite"
    place.mkdir()
    with pytest.raises(StoreError):
        _ = pages.parts.store
    place.rmdir()
    assert pages.parts.store.settings.all() == {}


def test_desk_is_the_visitors(pages: Pages) -> None:
    assert pages.parts.desk("anna (customer)").who == "anna (customer)"

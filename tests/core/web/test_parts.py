"""The store is opened when it is needed, once, and again after it was away."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import StoreError
from core.panel import PanelInfo
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


def test_a_panel_that_takes_its_time_keeps_nobody_from_the_store(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A probe runs the panel's commands."""
    probed, go_on = threading.Event(), threading.Event()
    probe = pages.panel.probe

    def slowly() -> PanelInfo:
        probed.set()
        assert go_on.wait(10)
        return probe()

    monkeypatch.setattr(pages.panel, "probe", slowly)
    with ThreadPoolExecutor(2) as pool:
        asked = pool.submit(pages.parts.situation)
        assert probed.wait(10)
        assert pool.submit(lambda: pages.parts.store).result(10).settings.all() == {}
        go_on.set()
        assert asked.result(10).panel.name == "standalone"

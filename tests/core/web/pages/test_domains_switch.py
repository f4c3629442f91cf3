"""The switch of domains (E5)."""

from __future__ import annotations

from core.web.pages.domains_switch import switch
from tests.core.web.rig import Pages

ALPHA = ("domain", "alpha.example")


def test_switching_keeps_no_value_that_the_server_says_anyway(pages: Pages) -> None:
    desk, store = pages.parts.desk("somebody"), pages.parts.store
    assert switch(desk, ["alpha.example"], True) is None
    switch(desk, ["alpha.example", "beta.example"], False)
    assert store.settings.all() == {
        ALPHA: {"domain.enabled": False},
        ("domain", "beta.example"): {"domain.enabled": False},
    }
    switch(desk, ["alpha.example"], True)
    assert ALPHA not in store.settings.all()


def test_switching_on_where_domains_are_off_says_so_for_the_domain(pages: Pages) -> None:
    desk, store = pages.parts.desk("somebody"), pages.parts.store
    store.settings.change(("server", ""), {"domain.enabled": False}, "root", 1.0)
    switch(desk, ["alpha.example"], True)
    assert store.settings.all()[ALPHA] == {"domain.enabled": True}

"""Doing what a decision offers, exactly once, and putting one away."""

from __future__ import annotations

import time
from typing import Any

import pytest
from flask import g

from core.errors import SettingError
from core.web.pages import decisions_done
from core.web.pages.decisions import Decision, Option
from core.web.pages.decisions_done import dismissed, do, put_away, show_all
from core.web.visitor import recognise
from tests.core.web.rig import Pages

OFFER = (Option("Do it"),)


def _stored(pages: Pages) -> dict[str, Any]:
    return pages.parts.store.settings.all().get(("server", ""), {})


def test_a_country_is_opened_until_the_end_of_the_pass(pages: Pages) -> None:
    """A12, A17."""
    until = round(time.time() + 9 * 86_400)
    offered = Decision(f"pass TH {until}", "A pass", "", OFFER)
    with pages.app.test_request_context("/"):
        done = do(pages.parts.desk("root (admin)"), [offered], offered.key)
    (found,) = _stored(pages)["country.passes"]
    assert (found["country"], found["expires"]) == ("TH", until)
    (entry,) = pages.parts.store.audit.find(None, 10)
    assert (entry.id,) == done.audit
    assert entry.who == "root (admin)"


@pytest.mark.parametrize(
    ("setting", "value"), [("network.cloud", "refuse"), ("country.watch", False)]
)
def test_a_check_refuses_from_now_on(pages: Pages, setting: str, value: object) -> None:
    """A11."""
    pages.parts.store.settings.change(("server", ""), {"country.watch": True}, "t", 1.0)
    offered = Decision(f"watched {setting}", "", "", OFFER)
    with pages.app.test_request_context("/"):
        done = do(pages.parts.desk("root"), [offered], offered.key)
    assert _stored(pages)[setting] == value
    assert done.audit
    assert "not running" in done.notes[0]


@pytest.mark.parametrize(
    "key", ["", "watched network.relay", "notify", "watched login.default_domain"], ids=repr
)
def test_only_what_is_offered_now_is_done(pages: Pages, key: str) -> None:
    """An old page, or a form that somebody made up, changes nothing."""
    offered = [
        Decision("watched network.cloud", "", "", OFFER),
        Decision("notify", "", "", (Option("There", "/limits"),)),
    ]
    with pages.app.test_request_context("/"), pytest.raises(SettingError):
        do(pages.parts.desk("root"), offered, key)
    assert _stored(pages) == {}


def test_what_is_put_away_stays_away_for_its_visitor(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest come back when there are too many; a store's value has an end."""
    monkeypatch.setattr(decisions_done, "MOST", 3)
    pages.panel.known = None
    with pages.app.test_request_context("/"):
        _be(pages, "karin")
        for mark in ("aaaaaa", "bbbbbb", "aaaaaa", "cccccc", "dddddd"):
            put_away(mark)
        assert dismissed() == ["aaaaaa", "cccccc", "dddddd"]
        _be(pages, "kurt")
        assert dismissed() == []
        _be(pages, "karin")
        show_all()
        assert dismissed() == []


def test_as_many_as_are_kept_fit() -> None:
    """`core.store.preferences` refuses longer values."""
    from core.store.preferences import LONGEST_VALUE, NAMES

    assert decisions_done.MOST * 6 <= LONGEST_VALUE
    assert decisions_done.PREFERENCE in NAMES


def _be(pages: Pages, login: str) -> None:
    """Let the present request be of that administrator."""
    from core.panel import Role, Viewer

    pages.panel.known = Viewer(Role.ADMIN, login)
    g.visitor = recognise(pages.parts)
    assert g.visitor is not None

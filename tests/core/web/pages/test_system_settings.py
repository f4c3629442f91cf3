"""Settings of the server that have no page of their own."""

from __future__ import annotations

from tests.core.web.rig import Pages

SERVER = ("server", "")


def test_settings_are_changed_with_their_trace(pages: Pages) -> None:
    """E21"""
    fields = {
        "field": ["keep-event_days", "login-default_domain"],
        "keep-event_days": "14",
        "login-default_domain": "alpha.example",
    }
    answer = pages.admin.post("/system/settings", fields)
    assert answer.status_code == 303
    stored = pages.parts.store.settings.all()[SERVER]
    assert stored == {"keep.event_days": 14, "login.default_domain": "alpha.example"}
    assert {entry.who for entry in pages.parts.store.audit.find()} == {"root (admin)"}
    assert "entries" in pages.admin.follow(answer).text  # with an undo button


def test_what_is_wrong_is_kept_and_explained(pages: Pages) -> None:
    fields = {"field": "keep-event_days", "keep-event_days": "a year"}
    text = pages.admin.post("/system/settings", fields).text
    assert 'value="a year"' in text
    assert 'id="keep-event_days-fault"' in text
    assert pages.parts.store.settings.all() == {}

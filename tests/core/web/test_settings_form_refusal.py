"""What a refused person would read."""

from __future__ import annotations

import pytest

from core.settings.model import Settings
from core.settings.scope import SERVER_SCOPE, Scope, override
from core.settings.upkeep import Text
from core.web.settings_form_refusal import placeholders, refusal
from tests.core.web.rig import Pages

CONTACT = override(Settings(), {"text.contact": "Jörg"})


def test_is_filled_in() -> None:
    """With the contact as set, and in plain letters for SMTP."""
    found = refusal("text.country", Text().country, CONTACT, SERVER_SCOPE, 0)
    assert found.said == "Logins from France are not permitted; ask Jörg"
    assert found.bare == "Logins from France are not permitted; ask Joerg"
    assert found.code == "5.7.1"


@pytest.mark.parametrize(("answer", "code"), [("temporary", "4.7.1"), ("permanent", "5.7.1")])
def test_blocked_sender(answer: str, code: str) -> None:
    settings = override(Settings(), {"send.answer": answer})
    scope = Scope("domain", "a.example")
    found = refusal("text.send", "{account} until {until}", settings, scope, 0)
    assert (found.said, found.code) == ("anna@a.example until 1970-01-01 06:00 UTC", code)


@pytest.mark.parametrize(
    "text", ["{", "{luck}", "{country.__class__}", "{country:>999999999}", "{country!r}", ""]
)
def test_bad_text_is_shown_as_it_is(text: str) -> None:
    assert refusal("text.country", text, Settings(), SERVER_SCOPE, 0).said == text


def test_every_placeholder_is_explained(pages: Pages) -> None:
    sample = refusal("text.send", "x", Settings(), SERVER_SCOPE, 0).sample
    with pages.app.test_request_context():
        assert set(placeholders()) == {"{" + name + "}" for name in sample}
